import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PanelMessage, Result } from '../../../appliance/protocol/messages.ts'
import type { RoomCommand, SettingsCommand } from '../../../appliance/protocol/room-commands.ts'
import { type Failure, RoomClient } from '../../../control-panel/lib/camera/room-client.svelte.ts'
import type { SocketStatus } from '../../../control-panel/lib/socket.ts'
import { chamber } from '../../browser/panel-scene.ts'

let say: (message: PanelMessage) => void
let link: (status: SocketStatus) => void
let sent: { command: RoomCommand | SettingsCommand; answer(result: Result): void }[]
let failures: Failure[]
let room: RoomClient

beforeEach(() => {
	vi.useFakeTimers()
	sent = []
	failures = []
	room = new RoomClient({
		connect({ onMessage, onStatus }) {
			say = onMessage
			link = onStatus
			return {
				send: (command) => new Promise((answer) => sent.push({ command, answer })),
				retry: () => {},
				doubt: () => {},
				close: () => {},
			}
		},
		onFailure: (failure) => failures.push(failure),
	})
})
afterEach(() => {
	room.close()
	vi.useRealTimers()
})

function state(muted: boolean) {
	say({ type: 'state', revision: 1, state: chamber({ muted }) })
}

const mute: RoomCommand = { type: 'room.mute', muted: true }
const settled = () => vi.advanceTimersByTimeAsync(0)

describe('A panel', () => {
	it('shows what was asked as asked, and never as done before the room says so', async () => {
		link('online')
		state(false)
		room.ask('mute', mute, ({ muted }) => muted)
		expect(room.asked('mute')).toBe(true)
		expect(room.state?.muted).toBe(false)
		sent[0]?.answer({ ok: true })
		await settled()
		expect(room.asked('mute')).toBe(true)
		state(true)
		expect(room.asked('mute')).toBe(false)
		expect(failures).toEqual([])
	})

	it('is content when the snapshot came before the answer', async () => {
		state(false)
		room.ask('mute', mute, ({ muted }) => muted)
		state(true)
		sent[0]?.answer({ ok: true })
		await settled()
		expect(room.asked('mute')).toBe(false)
	})

	it('reports what the room accepted but never showed', async () => {
		state(false)
		room.ask('mute', mute, ({ muted }) => muted)
		sent[0]?.answer({ ok: true })
		await vi.advanceTimersByTimeAsync(4000)
		expect(room.asked('mute')).toBe(false)
		expect(failures).toEqual([{ command: 'room.mute', code: 'unconfirmed' }])
	})

	it('reports a refusal with its code and shows the control as it was', async () => {
		state(false)
		room.ask('mute', mute, ({ muted }) => muted)
		sent[0]?.answer({ ok: false, code: 'busy', message: '' })
		await settled()
		expect(room.asked('mute')).toBe(false)
		expect(failures).toEqual([{ command: 'room.mute', code: 'busy' }])
	})

	it('asks once, however often it is pressed meanwhile', async () => {
		room.ask('call', { type: 'room.start' })
		const again = await room.ask('call', { type: 'room.start' })
		expect(again).toMatchObject({ ok: false, code: 'busy' })
		expect(sent).toHaveLength(1)
		expect(failures).toEqual([])
	})

	it('knows since when the room is away, and keeps the last state', () => {
		link('online')
		state(true)
		expect(room.online).toBe(true)
		expect(room.awaySince).toBeNull()
		link('away')
		const since = room.awaySince
		vi.advanceTimersByTime(5000)
		link('away')
		expect(room.awaySince).toBe(since)
		expect(room.online).toBe(false)
		expect(room.state?.muted).toBe(true)
	})

	it('does not count as online again before a fresh snapshot', () => {
		link('online')
		state(true)
		link('away')
		link('online')
		expect(room.online).toBe(false)
		state(false)
		expect(room.online).toBe(true)
	})

	it('learns its own name for leases, and why it is not let in', () => {
		say({ type: 'hello', build: 'x', origin: 'socket-7' })
		expect(room.origin).toBe('socket-7')
		say({ type: 'error', code: 'expired', message: '' })
		expect(room.refused).toBe('expired')
		state(false)
		expect(room.refused).toBeNull()
	})
})
