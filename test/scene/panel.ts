import WebSocket from 'ws'
import type { PanelMessage, Result } from '../../appliance/protocol/messages.ts'
import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import { until } from './wait.ts'

/** A touch panel without a screen: the same socket, the same messages. */
export interface Panel {
	state(): RoomState | null
	command(command: RoomCommand): Promise<Result>
	until(what: string, hold: (state: RoomState) => unknown, ms?: number): Promise<RoomState>
	close(): void
}

export async function openPanel(origin: string, token: string): Promise<Panel> {
	const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws/panel`)
	let state: RoomState | null = null
	let last = 0
	const waiting = new Map<number, (result: Result) => void>()
	socket.on('message', (data) => {
		const message = JSON.parse(String(data)) as PanelMessage
		if (message.type === 'state') state = message.state
		if (message.type === 'result') waiting.get(message.id)?.(message)
	})
	socket.on('error', () => {}) // seen as a close; the scene decides what it means
	socket.on('close', () => {
		for (const answer of waiting.values()) answer({ ok: false, code: 'lost', message: 'the panel socket closed' })
	})
	await new Promise((resolve, reject) => {
		socket.once('open', resolve)
		socket.once('error', reject)
	})
	socket.send(JSON.stringify({ type: 'auth', token }))
	await until('the first snapshot', () => state)
	return {
		state: () => state,
		command: (command) =>
			new Promise((resolve) => {
				const id = ++last
				waiting.set(id, resolve)
				socket.send(JSON.stringify({ type: 'command', id, command }))
			}),
		until: (what, hold, ms) => until(what, () => (state && hold(state) ? state : null), ms),
		close: () => socket.terminate(),
	}
}
