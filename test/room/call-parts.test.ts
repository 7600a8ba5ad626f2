import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Source } from '../../appliance/protocol/media.ts'
import { type Call, idleCall } from '../../appliance/room/call.ts'
import { CallMedia } from '../../appliance/room/call-media.ts'
import { CallMicrophone } from '../../appliance/room/call-microphone.ts'
import { answerOf, CallWaiters } from '../../appliance/room/call-waiters.ts'
import { wholePeople } from '../../appliance/room/people.ts'
import { refused } from '../../appliance/room/result.ts'
import { leadsAstray } from '../../appliance/room/targets.ts'
import { somebody } from '../meeting/core.ts'

const wanted: Call = { ...idleCall(0), phase: 'joining', target: { kind: 'today', title: null } }

describe('Who asked to join', () => {
	it('waits while the hub has said neither yes nor no, and while a call ends', () => {
		expect(answerOf(wanted, null)).toBeNull()
		expect(answerOf({ ...idleCall(0), phase: 'leaving' }, null)).toBeNull()
	})

	it('is told yes once the hub has let the room in', () => {
		expect(answerOf({ ...wanted, control: 'joined' }, null)).toEqual({ ok: true })
	})

	it('is told why there is no call, in the words of the hub where it said any', () => {
		const no = refused('expired', 'too late')
		expect(answerOf({ ...idleCall(0), phase: 'failed' }, no)).toEqual(no)
		expect(answerOf({ ...idleCall(0), phase: 'failed' }, null)).toMatchObject({ ok: false, code: 'hub-away' })
	})

	it('is not told what was refused to a call before', async () => {
		const waiters = new CallWaiters()
		waiters.refuse(refused('expired', 'too late'))
		waiters.begin()
		const answer = waiters.wait()
		waiters.look(idleCall(0))
		expect(await answer).toMatchObject({ code: 'hub-away' })
	})
})

describe('A link', () => {
	const own = { url: 'ws://[::1]:8080/ws/meeting', origins: ['https://here.example'] }
	const nowhere = () => false

	it('leads astray where it names an address at which no hub may be', () => {
		expect(leadsAstray('http://192.0.2.7/attend/#token', own, nowhere)).toBe(true)
		expect(leadsAstray('http://192.0.2.7/attend/#token', own, () => true)).toBe(false)
	})

	it('never leads astray to our own hub, by a name, or where every address is allowed', () => {
		expect(leadsAstray('https://here.example/attend/#token', own, nowhere)).toBe(false)
		expect(leadsAstray('https://elsewhere.example/attend/#token', own, nowhere)).toBe(false)
		expect(leadsAstray('http://192.0.2.7/attend/#token', own, undefined)).toBe(false)
	})
})

describe('The microphone in the call', () => {
	const gates: [string[], boolean][] = []
	const page: boolean[] = []
	let closed = false
	let obeyed = 0
	let media: CallMedia
	let microphone: CallMicrophone

	/** As the hub tells it. */
	function hubSays(muted: boolean) {
		const source = { id: 'm', kind: 'audio', use: 'microphone', label: 'm', muted, open: true, live: true } as const
		media.people = wholePeople(1, [somebody('us', { sources: [source satisfies Source] })])
	}

	beforeEach(() => {
		vi.useFakeTimers()
		gates.length = 0
		page.length = 0
		closed = false
		obeyed = 0
		media = new CallMedia(() => ({ microphone: true, cameras: 0, feeds: [], opening: 0 }))
		media.own = 'us'
		microphone = new CallMicrophone({
			closed: () => closed,
			media,
			mutePage: (muted) => page.push(muted),
			setGates: (sources, muted) => gates.push([[...sources], muted]),
			onMutedFromAfar: () => (closed = true),
			memory: { mutesObeyed: () => obeyed, setMutesObeyed: (_, mutes) => (obeyed = mutes) },
		})
	})
	afterEach(() => void vi.useRealTimers())

	it('is shut at the hub at once where the room holds it shut', () => {
		closed = true
		hubSays(false)
		microphone.agree()
		expect(gates).toEqual([[['m'], true]])
	})

	it('is opened at the hub only when no word of a mute from afar has come meanwhile', () => {
		hubSays(true)
		microphone.agree()
		expect(gates).toEqual([])
		vi.runAllTimers()
		expect(gates).toEqual([[['m'], false]])

		microphone.agree()
		closed = true
		vi.runAllTimers()
		expect(gates).toHaveLength(1)
	})

	it('opens in a page that shut it by itself, but not while the hub has it muted', () => {
		hubSays(true)
		microphone.keepOpen(true)
		expect(page).toEqual([])
		hubSays(false)
		microphone.keepOpen(true)
		expect(page).toEqual([false])
	})

	it('obeys each mute from afar once', () => {
		const core = { meeting: { id: 'today' }, hall: { mutes: 2 } } as Parameters<CallMicrophone['obey']>[0]
		microphone.obey(core)
		expect(closed).toBe(true)
		closed = false
		microphone.obey(core)
		expect(closed).toBe(false)
	})
})
