import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
	beginWay,
	type Choice,
	choices,
	nextWay,
	type WayEvent,
	type WayState,
	wantedOf,
} from '../../../control-panel/watch/way.ts'

const both = { webrtc: true, http: true }
const onAir: WayEvent = { type: 'on-air', on: true }

/** What happened, each at its time in seconds; `tick` is asked at the same times. */
function happened(
	events: readonly (readonly [seconds: number, event: WayEvent])[],
	{ choice = 'auto' as Choice, can = both, chance = 0.5 } = {},
): WayState {
	return events.reduce(
		(state, [seconds, event]) => nextWay(state, event, seconds * 1000, chance),
		beginWay(choice, can),
	)
}
const shown = (state: WayState) => wantedOf(state).shown

describe('The way', () => {
	it('is WebRTC, and HTTP costs nothing as long as it plays', () => {
		expect(wantedOf(happened([]))).toEqual({ connected: true, webrtc: false, http: false, shown: 'webrtc' })
		const playing = happened([
			[0, onAir],
			[1, { type: 'playing' }],
			[600, { type: 'tick' }],
		])
		expect(wantedOf(playing)).toEqual({ connected: true, webrtc: true, http: false, shown: 'webrtc' })
	})

	it('is HTTP when no picture has come by WebRTC in five seconds, and the socket is given back', () => {
		const before = happened([
			[0, onAir],
			[4.9, { type: 'tick' }],
		])
		expect(shown(before)).toBe('webrtc')
		const past = nextWay(before, { type: 'tick' }, 5000, 0.5)
		expect(wantedOf(past)).toEqual({ connected: false, webrtc: false, http: true, shown: 'http' })
	})

	it('is HTTP where the hub has no place', () => {
		expect(
			shown(
				happened([
					[1, onAir],
					[1, { type: 'refused' }],
				]),
			),
		).toBe('http')
		// Also before anything is on air: then nothing plays yet, and the socket is left to others.
		expect(wantedOf(happened([[1, { type: 'refused' }]]))).toMatchObject({ connected: false, http: false })
		expect(
			wantedOf(
				happened([
					[1, { type: 'refused' }],
					[9, onAir],
				]),
			),
		).toMatchObject({ connected: true, webrtc: true })
	})

	it('stays WebRTC over one loss, and changes with the second within two minutes', () => {
		const once: [number, WayEvent][] = [
			[0, onAir],
			[1, { type: 'playing' }],
			[50, { type: 'lost' }],
			[53, { type: 'playing' }],
		]
		expect(shown(happened(once))).toBe('webrtc')
		expect(shown(happened([...once, [100, { type: 'lost' }]]))).toBe('http')
		expect(shown(happened([...once, [200, { type: 'lost' }]]))).toBe('webrtc')
		expect(shown(happened([...once, [200, { type: 'lost' }], [205, { type: 'tick' }]]))).toBe('http')
	})

	it('goes back to WebRTC after some minutes, not for all at once, and HTTP plays until it is there', () => {
		const gone: [number, WayEvent][] = [
			[0, onAir],
			[5, { type: 'tick' }],
		]
		for (const [chance, seconds] of [
			[0, 135],
			[0.5, 180],
			[1, 225],
		] as const) {
			const waits = happened([...gone, [5 + seconds - 1, { type: 'tick' }]], { chance })
			expect(wantedOf(waits).connected).toBe(false)
			const tries = nextWay(waits, { type: 'tick' }, (5 + seconds) * 1000, chance)
			expect(wantedOf(tries)).toEqual({ connected: true, webrtc: true, http: true, shown: 'http' })
			expect(wantedOf(nextWay(tries, { type: 'playing' }, (6 + seconds) * 1000, chance))).toMatchObject({
				http: false,
				shown: 'webrtc',
			})
		}
	})

	it('waits longer after each failure in a row, up to 48 minutes', () => {
		let state = happened([[0, onAir]])
		let now = 0
		const pauses: number[] = []
		for (let i = 0; i < 7; i++) {
			state = nextWay(state, { type: 'tick' }, now + 5000, 0.5)
			if (state.webrtc.at !== 'given-up') throw new Error('not given up')
			pauses.push((state.webrtc.until - now - 5000) / 60_000)
			now = state.webrtc.until
			state = nextWay(state, { type: 'tick' }, now, 0.5)
		}
		expect(pauses).toEqual([3, 6, 12, 24, 48, 48, 48])
	})

	it('is tried within half a minute again where one asked for the shortest delay', () => {
		const state = happened(
			[
				[0, onAir],
				[5, { type: 'tick' }],
			],
			{ choice: 'short' },
		)
		expect(wantedOf(nextWay(state, { type: 'tick' }, 25_000, 0.5))).toMatchObject({ webrtc: true, http: true })
	})

	it('is HTTP for whoever looks at what was, and WebRTC again with LIVE, with HTTP until it plays', () => {
		const back = happened([
			[0, onAir],
			[1, { type: 'playing' }],
			[60, { type: 'back' }],
			[300, { type: 'tick' }],
		])
		expect(wantedOf(back)).toEqual({ connected: true, webrtc: false, http: true, shown: 'http' })
		const live = nextWay(back, { type: 'live' }, 301_000, 0.5)
		expect(wantedOf(live)).toEqual({ connected: true, webrtc: true, http: true, shown: 'http' })
		expect(shown(nextWay(live, { type: 'playing' }, 302_000, 0.5))).toBe('webrtc')
	})

	it('is what was chosen by hand', () => {
		const steady = happened([[0, onAir]], { choice: 'steady' })
		expect(wantedOf(steady)).toEqual({ connected: false, webrtc: false, http: true, shown: 'http' })
		const short = nextWay(steady, { type: 'choose', choice: 'short' }, 1000, 0.5)
		expect(wantedOf(short)).toEqual({ connected: true, webrtc: true, http: true, shown: 'http' })
		const playing = nextWay(short, { type: 'playing' }, 2000, 0.5)
		expect(wantedOf(nextWay(playing, { type: 'choose', choice: 'auto' }, 3000, 0.5)).http).toBe(false)
		expect(wantedOf(nextWay(playing, { type: 'choose', choice: 'steady' }, 3000, 0.5))).toMatchObject({
			connected: false,
			shown: 'http',
		})
	})

	it('is the only one that a browser has', () => {
		const webrtcOnly = { webrtc: true, http: false }
		const stuck = happened(
			[
				[0, onAir],
				[5, { type: 'tick' }],
				[5, { type: 'back' }],
			],
			{ can: webrtcOnly },
		)
		expect(wantedOf(stuck)).toEqual({ connected: true, webrtc: true, http: false, shown: 'webrtc' })
		expect(nextWay(stuck, { type: 'choose', choice: 'steady' }, 6000, 0.5).choice).toBe('auto')
		const httpOnly = happened([[0, onAir]], { can: { webrtc: false, http: true } })
		expect(wantedOf(httpOnly)).toEqual({ connected: false, webrtc: false, http: true, shown: 'http' })
	})

	it('is both where HTTP brings nothing either', () => {
		const state = happened([
			[0, onAir],
			[5, { type: 'tick' }],
			[7, { type: 'http-failed' }],
		])
		expect(wantedOf(state)).toEqual({ connected: true, webrtc: true, http: true, shown: 'http' })
	})

	it('ends with the relay; what HTTP has left is played to its end', () => {
		const back = happened([
			[0, onAir],
			[1, { type: 'playing' }],
			[2, { type: 'back' }],
			[9, { type: 'on-air', on: false }],
		])
		expect(wantedOf(back)).toMatchObject({ webrtc: false, http: true, shown: 'http' })
		for (const type of ['http-ended', 'http-failed'] as const) {
			expect(wantedOf(nextWay(back, { type }, 10_000, 0.5))).toMatchObject({ http: false, webrtc: false })
		}
	})

	it('a refusal that comes when nobody wants WebRTC any more changes nothing', () => {
		for (const [choice, can] of [
			['steady', both],
			['auto', { webrtc: false, http: true }],
		] as const) {
			const calm = nextWay(beginWay(choice, can), onAir, 0, 0.5)
			const refused = nextWay(calm, { type: 'refused' }, 1, 0.5)
			const later = nextWay(refused, { type: 'tick' }, 1_000_000, 0.5)
			expect(wantedOf(nextWay(later, { type: 'playing' }, 1_000_001, 0.5))).toEqual(wantedOf(calm))
		}
	})

	it('whatever happens: something plays while it is on air, and HTTP alone is never heard beside WebRTC', () => {
		const event: fc.Arbitrary<WayEvent> = fc.oneof(
			fc.constantFrom<WayEvent[]>(
				{ type: 'playing' },
				{ type: 'lost' },
				{ type: 'refused' },
				{ type: 'http-failed' },
				{ type: 'http-ended' },
				{ type: 'back' },
				{ type: 'live' },
				{ type: 'tick' },
			),
			fc.record({ type: fc.constant('choose' as const), choice: fc.constantFrom(...choices) }),
		)
		const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 400_000 }), event), { maxLength: 60 })
		const can = fc.constantFrom(both, { webrtc: true, http: false }, { webrtc: false, http: true })
		fc.assert(
			fc.property(can, fc.constantFrom(...choices), steps, (can, choice, steps) => {
				let now = 0
				let state = nextWay(beginWay(can.http ? choice : 'auto', can), onAir, now, 0.5)
				for (const [ms, event] of steps) {
					now += ms
					state = nextWay(state, event, now, 0.5)
					const wanted = wantedOf(state)
					expect(wanted.webrtc || wanted.http).toBe(true)
					expect(wanted[wanted.shown]).toBe(true)
					if (state.back) expect(wanted).toMatchObject({ webrtc: false, shown: 'http' })
					if (wanted.webrtc) expect(wanted.connected).toBe(true)
				}
			}),
		)
	})
})
