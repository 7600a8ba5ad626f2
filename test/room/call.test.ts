import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
	attemptMs,
	type Call,
	type CallEvent,
	firstAttempts,
	idleCall,
	leaveMs,
	recovering,
	step,
	wakeAt,
} from '../../appliance/room/call.ts'

const link = 'https://hub.test/attend#a.b.c'
const join: CallEvent = { type: 'join', target: { kind: 'link', link }, wasUp: false }
const proof: CallEvent = { type: 'media', live: true, seen: true }

/** Plays events, each at its time, and tells the call and every effect on the way. */
function play(...script: (CallEvent | [number, CallEvent])[]) {
	let call = idleCall(0)
	let now = 0
	const effects: string[] = []
	const phases: string[] = []
	for (const entry of script) {
		const [at, event] = Array.isArray(entry) ? entry : [now, entry]
		now = at
		const next = step(call, event, now)
		call = next.call
		effects.push(...next.effects.map(({ type }) => type))
		phases.push(call.phase)
	}
	return { call, effects, phases }
}

const up: CallEvent[] = [{ type: 'stageReady' }, join, { type: 'controlJoined' }, { type: 'stageJoined' }, proof]

describe('joining', () => {
	test('goes from idle by starting and joining to the call, and remembers it', () => {
		const { phases, effects } = play(...up)
		expect(phases).toEqual(['idle', 'joining', 'joining', 'joining', 'inCall'])
		expect(effects).toEqual(['connect', 'stageJoin', 'remember'])
	})

	test('is not remembered for the morning check, which ends idle whatever became of it', () => {
		const rehearsal: CallEvent = { type: 'join', target: { kind: 'rehearsal', link }, wasUp: false }
		const begun: CallEvent[] = [{ type: 'stageReady' }, rehearsal, { type: 'controlJoined' }, { type: 'stageJoined' }]
		const { call, effects } = play(...begun, proof)
		expect(call).toMatchObject({ phase: 'inCall', rehearsal: true })
		expect(effects).toEqual(['connect', 'stageJoin'])
		const left = play(...begun, proof, { type: 'leave', reason: null }, { type: 'stageLeft' }).call
		expect(left).toMatchObject({ phase: 'idle', rehearsal: true, target: null })
		expect(play(...begun, { type: 'refused', reason: 'link-refused' }, { type: 'stageLeft' }).call).toMatchObject({
			...{ reason: 'link-refused', rehearsal: true, target: null },
		})
		// What people join afterwards is theirs again.
		expect(step(left, join, 9).call.rehearsal).toBe(false)
	})

	test('waits for the stage when the hub is quicker', () => {
		const { phases, effects } = play(join, { type: 'controlJoined' }, { type: 'stageReady' })
		expect(phases).toEqual(['starting', 'starting', 'joining'])
		expect(effects).toEqual(['connect', 'stageJoin'])
	})

	test('asks the hub for a link where only a meeting is known', () => {
		const { effects } = play({ type: 'stageReady' }, { ...join, target: { kind: 'today', title: null } } as CallEvent, {
			type: 'entered',
			link,
		})
		expect(effects).toEqual(['enter', 'connect'])
	})

	// Each of the four facts alone keeps the call from being called one.
	const without: [string, CallEvent[]][] = [
		['the hub receives our sources', [...up.slice(0, 4), { type: 'media', live: false, seen: true }]],
		['a picture of others is decoded', [...up.slice(0, 4), { type: 'media', live: true, seen: false }]],
		['the stage has joined', [...up.slice(0, 3), proof]],
		['the control connection has joined', [{ type: 'stageReady' }, join, { type: 'stageJoined' }, proof]],
	]
	test.each(without)('is never in the call before %s', (_, events) => {
		expect(play(...events).call.phase).toBe('joining')
	})

	test('takes no second call while there is one', () => {
		const { call, effects } = play(...up, join)
		expect(call.phase).toBe('inCall')
		expect(effects).toEqual(['connect', 'stageJoin', 'remember'])
	})

	test('tries a hub that is away again, later each time', () => {
		const target = { kind: 'today', title: null } as const
		const away: CallEvent = { type: 'enterFailed', reason: 'hub-away', final: false }
		let { call } = step(idleCall(0), { type: 'join', target, wasUp: false }, 0)
		const waits: number[] = []
		let now = 0
		for (let i = 0; i < 4; i++) {
			call = step(call, away, now).call
			expect(call).toMatchObject({ phase: 'starting', reason: 'hub-away' })
			const at = wakeAt(call) ?? 0
			waits.push(at - now)
			expect(step(call, { type: 'tick' }, at - 1).effects).toEqual([])
			const next = step(call, { type: 'tick' }, at)
			expect(next.effects).toEqual([{ type: 'enter', target }])
			call = next.call
			now = at
		}
		expect(waits).toEqual([500, 1000, 2000, 5000])
	})

	test('that a page could not do is tried again by the same page', () => {
		const failed: CallEvent = { type: 'stageFailed', reason: 'ice-failed' }
		const { call, effects } = play(...up.slice(0, 3), [1000, failed], [1500, { type: 'tick' }])
		expect(effects).toEqual(['connect', 'stageJoin', 'stageJoin'])
		expect(call).toMatchObject({ phase: 'joining', reason: 'ice-failed' })
	})
})

describe('a first join without success', () => {
	const reasons: [string, CallEvent[]][] = [
		['hub-away', [{ type: 'stageReady' }, join]],
		['stage-failed', [join, { type: 'controlJoined' }]],
		['ice-failed', [{ type: 'stageReady' }, join, { type: 'controlJoined' }]],
		['media-missing', [...up.slice(0, 4)]],
	]
	test.each(reasons)('is given up with the reason %s', (reason, events) => {
		let { call } = play(...events)
		const effects: string[] = []
		let deadlines = 0
		for (; call.target !== null && deadlines < 10; deadlines++) {
			const next = step(call, { type: 'tick' }, wakeAt(call) ?? 0)
			effects.push(...next.effects.map(({ type }) => type))
			// The stage comes up anew and gets as far as before.
			call = next.call
			if (next.effects.some(({ type }) => type === 'stageRestart')) {
				call = step(call, { type: 'stageReady' }, call.since).call
				if (reason === 'media-missing') call = step(call, { type: 'stageJoined' }, call.since).call
			}
		}
		expect(deadlines).toBe(firstAttempts)
		expect(effects).toContain('disconnect')
		expect(effects).toContain('forget')
		if (call.phase === 'leaving') call = step(call, { type: 'stageLeft' }, call.since).call
		expect(call).toMatchObject({ phase: 'failed', reason, target: null })
		expect(wakeAt(call)).toBeNull()
	})
})

describe('a call that is up', () => {
	const losses: [string, CallEvent, string | null][] = [
		['its stage', { type: 'stageAway' }, 'stage-failed'],
		['its control connection', { type: 'controlAway' }, 'hub-away'],
		['the media of the SFU', { type: 'mediaLost' }, null],
		['its page, which loaded anew', { type: 'stageReady' }, null],
		['its connection, says the limit', { type: 'limit', reason: 'ice-failed' }, 'ice-failed'],
	]
	test.each(losses)('that loses %s is being recovered, and in the call only with a new proof', (_, loss, reason) => {
		let { call } = play(...up)
		call = step(call, loss, 1000).call
		expect(call.phase).not.toBe('inCall')
		expect(call.reason).toBe(reason)
		expect(recovering(call)).toBe(true)
		const again: CallEvent[] = [{ type: 'controlJoined' }, { type: 'stageReady' }, { type: 'stageJoined' }]
		if (loss.type === 'mediaLost' || loss.type === 'controlAway') again.splice(1, 2) // the page is as it was
		for (const event of again) call = step(call, event, 2000).call
		expect(call.phase).not.toBe('inCall')
		call = step(call, proof, 3000).call
		expect(call).toMatchObject({ phase: 'inCall', reason: null, since: 3000 })
		expect(recovering(call)).toBe(false)
	})

	test('is never given up, and interrupts itself less and less often', () => {
		let { call } = play(...up)
		call = step(call, { type: 'limit', reason: 'media-missing' }, 0).call
		const gaps: number[] = []
		let now = 0
		for (let i = 0; i < 10; i++) {
			call = step(call, { type: 'stageReady' }, now).call
			call = step(call, { type: 'stageJoined' }, now).call
			const at = wakeAt(call) ?? Number.NaN
			const next = step(call, { type: 'tick' }, at)
			expect(next.effects.map(({ type }) => type)).toEqual(['stageRestart'])
			gaps.push(at - now)
			call = next.call
			now = at
		}
		expect(recovering(call)).toBe(true)
		expect(gaps[0]).toBe(attemptMs)
		expect(gaps.slice(1).every((gap, i) => gap >= (gaps[i] ?? 0))).toBe(true)
		expect(gaps.at(-1)).toBe(attemptMs * 32)
	})

	test('that falters stays a call; that is for the limits', () => {
		expect(play(...up, { type: 'media', live: false, seen: false }).call.phase).toBe('inCall')
	})

	test('from before a restart of the service is being recovered from the first moment', () => {
		const { call } = play({ ...join, wasUp: true })
		expect(call.phase).toBe('starting')
		expect(recovering(call)).toBe(true)
	})
})

describe('leaving', () => {
	test('waits for the page and forgets the call', () => {
		const { phases, effects } = play(...up, { type: 'leave', reason: null }, { type: 'stageLeft' })
		expect(phases.slice(-2)).toEqual(['leaving', 'idle'])
		expect(effects.slice(-3)).toEqual(['disconnect', 'forget', 'stageLeave'])
	})

	test('ends the browser of a page that does not leave', () => {
		const leave: [number, CallEvent] = [1000, { type: 'leave', reason: 'alone' }]
		const { call, effects } = play(...up, leave, [1000 + leaveMs, { type: 'tick' }])
		expect(call).toMatchObject({ phase: 'idle', reason: 'alone' })
		expect(effects.at(-1)).toBe('stageRestart')
	})

	test('before the stage was reached is done at once', () => {
		expect(play(join, { type: 'leave', reason: null }).call).toMatchObject({
			phase: 'idle',
			reason: null,
			target: null,
		})
	})

	const ends: [string, CallEvent, Partial<Call>][] = [
		['closed meeting', { type: 'refused', reason: 'meeting-closed' }, { phase: 'idle', reason: 'meeting-closed' }],
		['revoked link', { type: 'refused', reason: 'link-refused' }, { phase: 'failed', reason: 'link-refused' }],
	]
	test.each(ends)('follows a %s', (_, event, state) => {
		const { call, phases } = play(...up, event, { type: 'stageLeft' })
		expect(phases.at(-2)).toBe('leaving')
		expect(call).toMatchObject(state)
	})

	test('a failure dismisses it', () => {
		const refused: CallEvent = { type: 'refused', reason: 'link-refused' }
		const { phases } = play(join, refused, { type: 'leave', reason: null })
		expect(phases).toEqual(['starting', 'failed', 'idle'])
	})
})

test('no order of events brings an unproven call up, or an unwanted one to life', () => {
	const events: CallEvent[] = [
		...up,
		...(['controlAway', 'stageAway', 'stageLeft', 'mediaLost', 'tick'] as const).map((type) => ({ type })),
		{ type: 'leave', reason: null },
		{ type: 'refused', reason: 'link-refused' },
		{ type: 'media', live: false, seen: true },
		{ type: 'limit', reason: 'ice-failed' },
		{ type: 'stageFailed', reason: 'ice-failed' },
		{ type: 'enterFailed', reason: 'hub-away', final: true },
	]
	let calls = 0
	const someOrder = fc.array(fc.constantFrom(...up, ...events), { minLength: 300, maxLength: 400 })
	const property = fc.property(someOrder, (order) => {
		let call = idleCall(0)
		order.forEach((event, index) => {
			const before = call
			call = step(call, event, index * 1000).call
			if (call.phase === 'inCall' && before.phase !== 'inCall') {
				calls++
				expect(call).toMatchObject({ control: 'joined', stage: 'joined', live: true, seen: true })
			}
			const phases = call.target === null ? ['idle', 'failed', 'leaving'] : ['starting', 'joining', 'inCall']
			expect(phases).toContain(call.phase)
		})
	})
	fc.assert(property, { numRuns: 200 })
	expect(calls).toBeGreaterThan(0)
})
