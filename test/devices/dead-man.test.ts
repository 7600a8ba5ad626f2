import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeadMan } from '../../appliance/devices/dead-man.ts'

type Step =
	| ['beat', number]
	| ['move', number, string, number]
	| ['journey', number, string]
	| ['focus', number, string, number]
	| ['focused', number, string]
	| ['seen', number, string, boolean]
	| ['confirm', number]
	| ['fail', number]
	| ['end', number]

/** Plays steps, asks every millisecond, and answers with the stops as [time, camera]. */
function play(steps: Step[], untilMs: number): [number, string][] {
	const deadMan = new DeadMan(0)
	const stops: [number, string][] = []
	let last = deadMan.stopping('nobody')
	for (let now = 0; now <= untilMs; now++) {
		for (const step of steps) {
			if (step[1] !== now) continue
			if (step[0] === 'beat') deadMan.beat(now)
			if (step[0] === 'move') deadMan.moved(step[2], now + step[3])
			if (step[0] === 'journey') deadMan.moved(step[2], Number.POSITIVE_INFINITY)
			if (step[0] === 'focus') deadMan.moved(step[2], now + step[3], 'lens')
			if (step[0] === 'focused') deadMan.confirmed(deadMan.stopping(step[2], 'lens'))
			if (step[0] === 'seen') deadMan.seen(step[2], step[3])
			if (step[0] === 'confirm') deadMan.confirmed(last)
			if (step[0] === 'fail') deadMan.unconfirmed(last, now)
			if (step[0] === 'end') deadMan.end()
		}
		for (const stop of deadMan.due(now)) {
			stops.push([now, stop.camera])
			last = stop
		}
	}
	return stops
}

const beats = (untilMs: number): Step[] => Array.from({ length: untilMs / 100 + 1 }, (_, i) => ['beat', i * 100])

describe('The dead-man', () => {
	it.each<[string, Step[], [number, string][]]>([
		['stops a movement that is not renewed', [...beats(900), ['move', 10, 'a', 400]], [[410, 'a']]],
		[
			'lets a renewed movement live',
			[...beats(900), ['move', 10, 'a', 400], ['move', 160, 'a', 400], ['move', 310, 'a', 400]],
			[[710, 'a']],
		],
		[
			'takes the newest movement, also when it is the shorter one',
			[...beats(900), ['move', 10, 'a', 800], ['move', 50, 'a', 100]],
			[[150, 'a']],
		],
		[
			'knows each camera by itself',
			[...beats(900), ['move', 0, 'a', 300], ['move', 0, 'b', 500]],
			[
				[300, 'a'],
				[500, 'b'],
			],
		],
		['leaves a journey alone while the room lives', [...beats(900), ['journey', 0, 'a']], []],
		[
			'stops everything when the room falls silent',
			[
				['beat', 100],
				['journey', 0, 'a'],
				['move', 500, 'b', 400],
			],
			[
				[600, 'a'],
				[600, 'b'],
			],
		],
		[
			'stops what another hand moves when the room falls silent',
			[
				['beat', 0],
				['seen', 50, 'a', true],
			],
			[[500, 'a']],
		],
		[
			'does not stop a camera that stands',
			[
				['beat', 0],
				['seen', 50, 'a', true],
				['seen', 90, 'a', false],
			],
			[],
		],
		[
			'asks once and waits for the confirmation',
			[
				['beat', 0],
				['move', 0, 'a', 100],
				['confirm', 800],
			],
			[[100, 'a']],
		],
		[
			'asks again when the stop failed',
			[...beats(900), ['move', 0, 'a', 100], ['fail', 130], ['fail', 250], ['confirm', 360]],
			[
				[100, 'a'],
				[230, 'a'],
				[350, 'a'],
			],
		],
		['stops a lens that is not renewed', [...beats(900), ['focus', 10, 'a', 400]], [[410, 'a']]],
		[
			'keeps no forgotten lens running for a hand that turns the head',
			[...beats(900), ['focus', 0, 'a', 400], ['move', 0, 'a', 400], ['move', 150, 'a', 400], ['move', 300, 'a', 400]],
			[[400, 'a']],
		],
		[
			'keeps no forgotten head turning for a hand on the lens',
			[...beats(900), ['move', 0, 'a', 400], ['focus', 150, 'a', 400], ['focus', 300, 'a', 400]],
			[[400, 'a']],
		],
		[
			'asks once for both',
			[
				['beat', 0],
				['focus', 0, 'a', 900],
				['journey', 0, 'a'],
			],
			[[500, 'a']],
		],
		[
			'lets the head turn on when the lens was stopped',
			[...beats(900), ['focus', 0, 'a', 400], ['move', 0, 'a', 700], ['focused', 100, 'a']],
			[[700, 'a']],
		],
		[
			'knows of a lens when the head has arrived',
			[...beats(900), ['journey', 0, 'a'], ['focus', 50, 'a', 400], ['seen', 100, 'a', false]],
			[[450, 'a']],
		],
		['stops at once when all ends', [...beats(900), ['journey', 0, 'a'], ['end', 300]], [[300, 'a']]],
		[
			'does not hammer a camera that refuses while the room is silent',
			[
				['move', 0, 'a', 100],
				['fail', 600],
				['fail', 750],
			],
			[
				[100, 'a'],
				[700, 'a'],
				[850, 'a'],
			],
		],
	])('%s', (_, steps, stops) => {
		expect(play(steps, 900)).toEqual(stops)
	})

	it('refuses movements from 500 ms of silence until the next beat', () => {
		const deadMan = new DeadMan(1000)
		expect([1499, 1500, 1900].map((now) => deadMan.silent(now))).toEqual([false, true, true])
		deadMan.beat(2000)
		expect(deadMan.silent(2001)).toBe(false)
	})

	it('does not take the confirmation of an old stop for one of a newer movement', () => {
		const deadMan = new DeadMan(0)
		deadMan.moved('a', 100)
		const [old = deadMan.stopping('a')] = deadMan.due(100)
		deadMan.moved('a', 500)
		deadMan.confirmed(old)
		expect(deadMan.busy).toBe(true)
		expect(deadMan.due(499)).toEqual([])
		expect(deadMan.due(500).map(({ camera }) => camera)).toEqual(['a'])
	})

	it('gives up on a camera that refuses ten times', () => {
		const deadMan = new DeadMan(0)
		deadMan.moved('a', 0)
		let now = 0
		let asked = 0
		for (; now < 5000; now++) {
			deadMan.beat(now)
			for (const stop of deadMan.due(now)) {
				asked++
				deadMan.unconfirmed(stop, now)
			}
		}
		expect(asked).toBe(10)
		expect(deadMan.busy).toBe(false)
	})

	it('wakes when something is due, and never sleeps past it', () => {
		const event = fc.record({
			at: fc.integer({ min: 0, max: 2000 }),
			what: fc.constantFrom<'beat' | 'move' | 'focus' | 'journey' | 'confirm' | 'fail'>(
				'beat',
				'move',
				'focus',
				'journey',
				'confirm',
				'fail',
			),
			camera: fc.constantFrom('a', 'b'),
			lifeMs: fc.integer({ min: 1, max: 600 }),
		})
		fc.assert(
			fc.property(fc.array(event, { maxLength: 30 }), (events) => {
				const deadMan = new DeadMan(0)
				let last = deadMan.stopping('a')
				for (let now = 0; now < 3000; now++) {
					const wakeAt = deadMan.wakeAt()
					const due = deadMan.due(now)
					expect(due.length > 0).toBe(wakeAt !== null && wakeAt <= now)
					for (const stop of due) last = stop
					for (const { what, camera, lifeMs } of events.filter(({ at }) => at === now)) {
						if (what === 'beat') deadMan.beat(now)
						if (what === 'move') deadMan.moved(camera, now + lifeMs)
						if (what === 'focus') deadMan.moved(camera, now + lifeMs, 'lens')
						if (what === 'journey') deadMan.moved(camera, Number.POSITIVE_INFINITY)
						if (what === 'confirm') deadMan.confirmed(last)
						if (what === 'fail') deadMan.unconfirmed(last, now)
					}
				}
			}),
		)
	})
})
