import { afterEach, describe, expect, it, vi } from 'vitest'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { DeskResult, MeetingMessage, Result } from '../../../appliance/protocol/messages.ts'
import { type DeskConnection, openDesk } from '../../../control-panel/lib/desk/port.svelte.ts'
import { Scene } from '../../../control-panel/lib/desk/scene.svelte.ts'
import { eventually } from '../../eventually.ts'
import { coreOf, deskScene } from './desk-scene.ts'

/** A hub at the socket's seam. */
class Hub {
	readonly heard: MeetingCommand[] = []
	answer: (command: MeetingCommand) => Result | Promise<Result>
	#options: Parameters<DeskConnection['connect']>[0] | null = null
	closed = false

	constructor(scene: DeskResult) {
		this.answer = ({ type }) => ({ ok: true, data: type === 'desk.open' ? scene : {} })
	}

	readonly connect: DeskConnection['connect'] = (options) => {
		this.#options = options
		return {
			send: async (command) => {
				this.heard.push(command)
				return this.answer(command)
			},
			retry() {},
			doubt() {},
			close: () => {
				this.closed = true
			},
		}
	}

	say(message: MeetingMessage) {
		this.#options?.onMessage(message)
	}

	link(status: 'online' | 'away') {
		this.#options?.onStatus(status)
	}

	count(type: string): number {
		return this.heard.filter((command) => command.type === type).length
	}
}

async function opened() {
	const hub = new Hub(deskScene())
	const port = openDesk({ meeting: 'm1', bearer: 't', connect: hub.connect, now: () => 1000 })
	hub.link('online')
	await eventually(() => expect(port.status).toBe('online'))
	return { hub, port, scene: new Scene(port.state) }
}

afterEach(() => vi.useRealTimers())

describe('A desk with a socket of its own', () => {
	it('opens the meeting that it is for, and knows everybody', async () => {
		const { hub, port, scene } = await opened()
		expect(hub.heard[0]).toEqual({ type: 'desk.open', meeting: 'm1' })
		expect(scene.everyone).toHaveLength(84)
		expect(scene.asking[0]?.kind).toBe('order')
		expect(scene.asking.at(-1)?.kind).toBe('respond')
		expect(scene.everyone.map(({ order }) => order)).toEqual(scene.everyone.map((_, index) => index))
		expect(port.awaySince).toBeNull()
	})

	it('is stale from the cut on, and fresh again only with the whole', async () => {
		const { hub, port } = await opened()
		let release: (result: Result) => void = () => {}
		hub.answer = () => new Promise((resolve) => (release = resolve))
		hub.link('away')
		expect(port.status).toBe('away')
		expect(port.awaySince).toBe(1000)
		expect(port.state.core).not.toBeNull() // what was so stays in sight
		hub.link('online')
		hub.say({ type: 'core', core: coreOf(5, { meeting: { ...coreOf(5).meeting, title: 'of an older opening' } }) })
		expect(port.status).toBe('away')
		expect(port.state.core?.meeting.title).toBe('11월 확대간부회의')
		release({ ok: true, data: deskScene() })
		await eventually(() => expect(port.status).toBe('online'))
	})

	it('asks for the whole when a patch is missing', async () => {
		const { hub, port } = await opened()
		hub.say({ type: 'list', list: 'asking', revision: 2, set: [], gone: ['p22'] })
		expect(hub.count('desk.open')).toBe(1)
		hub.say({ type: 'list', list: 'asking', revision: 4, set: [], gone: [] })
		expect(hub.count('desk.open')).toBe(2)
		await eventually(() => expect(port.status).toBe('online'))
	})

	it('shows what is asked as asked until the answer, and asks it once', async () => {
		const { hub, port } = await opened()
		let release: (result: Result) => void = () => {}
		hub.answer = () => new Promise((resolve) => (release = resolve))
		const first = port.press('grant p5', { type: 'floor.grant', who: 'p5' })
		expect(port.asked('grant p5')).toBe(true)
		expect(await port.press('grant p5', { type: 'floor.grant', who: 'p5' })).toMatchObject({ ok: false, code: 'busy' })
		expect(hub.count('floor.grant')).toBe(1)
		release({ ok: false, code: 'suspended', message: '' })
		expect(await first).toMatchObject({ code: 'suspended' })
		expect(port.asked('grant p5')).toBe(false)
	})

	it('gives up where it is not let in, and tries again where the meeting may come', async () => {
		vi.useFakeTimers()
		const hub = new Hub(deskScene())
		hub.answer = () => ({ ok: false, code: 'no-meeting', message: '' })
		const port = openDesk({ meeting: 'm1', bearer: null, connect: hub.connect })
		hub.link('online')
		await vi.advanceTimersByTimeAsync(2000)
		expect(hub.count('desk.open')).toBe(2)
		expect(port.refused).toBe('no-meeting')
		hub.answer = () => ({ ok: false, code: 'not-allowed', message: '' })
		await vi.advanceTimersByTimeAsync(20_000)
		expect(hub.count('desk.open')).toBe(3)
		expect(port.refused).toBe('not-allowed')
	})

	it('says that the meeting is over', async () => {
		const { hub, port } = await opened()
		hub.say({ type: 'desk.ended', code: 'meeting-closed' })
		expect(port.status).toBe('away')
		expect(port.refused).toBe('meeting-closed')
		port.close()
		expect(hub.closed).toBe(true)
	})
})
