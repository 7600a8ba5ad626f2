import { describe, expect, test } from 'vitest'
import { follow, type Motion, type MotionEvent } from '../../appliance/room/motion.ts'

/** [milliseconds, event] → what a panel shows after each, as 'state' or 'state reason'. */
type Step = [at: number, event: MotionEvent, shown: string]

const drive = (fault: string | null = null): MotionEvent => ({ type: 'ordered', kind: 'drive', fault })
const journey = (fault: string | null = null): MotionEvent => ({ type: 'ordered', kind: 'journey', fault })
const moving = (reason: string | null = null): MotionEvent => ({ type: 'report', status: 'moving', reason })
const ready = (reason: string | null = null): MotionEvent => ({ type: 'report', status: 'ready', reason })
const stale = (reason: string | null = 'lost'): MotionEvent => ({ type: 'report', status: 'stale', reason })
const refused = (reason: string): MotionEvent => ({ type: 'refused', reason })
const arrived: MotionEvent = { type: 'arrived' }
const stopped: MotionEvent = { type: 'stopped' }
const due: MotionEvent = { type: 'due' }

const courses: [string, Step[]][] = [
	[
		'nothing was asked: nothing is shown',
		[
			[0, moving(), 'nothing'],
			[1, ready(), 'nothing'],
			[2, stale(), 'nothing'],
		],
	],
	[
		'a finger: requested at once, moving when the camera says so, stopped when it is let go',
		[
			[0, drive(), 'requested'],
			[5, ready(), 'requested'], // where it stood before the order
			[20, moving(), 'moving'],
			[150, drive(), 'moving'],
			[300, drive(), 'moving'],
			[350, stopped, 'stopped'],
			[360, moving(), 'stopped'], // it brakes
			[500, ready(), 'stopped'],
		],
	],
	[
		'a finger that nobody renews: the dead-man stops it, and the camera tells',
		[
			[0, drive(), 'requested'],
			[20, moving(), 'moving'],
			[450, ready(), 'stopped'],
		],
	],
	[
		'a camera that does not move: the failure stays while the finger does, and after it',
		[
			[0, drive(), 'requested'],
			[10, moving(), 'moving'],
			[150, drive(), 'moving'],
			[500, drive(), 'moving'],
			[800, drive(), 'moving'],
			[850, moving('no-motion'), 'failed no-motion'],
			[900, drive('no-motion'), 'failed no-motion'],
			[1_050, stopped, 'failed no-motion'],
			[1_100, ready('no-motion'), 'failed no-motion'],
		],
	],
	[
		'a failure is proven wrong by the camera itself',
		[
			[0, drive(), 'requested'],
			[850, moving('no-motion'), 'failed no-motion'],
			[1_000, moving(), 'moving'],
			[1_200, stopped, 'stopped'],
		],
	],
	[
		'a fault from before: not held against what is asked now until it stays',
		[
			[0, drive('no-motion'), 'requested'],
			[10, moving('no-motion'), 'requested'],
			[600, moving(), 'moving'],
		],
	],
	[
		'a fault from before that stays',
		[
			[0, drive('wrong-direction'), 'requested'],
			[10, moving('wrong-direction'), 'requested'],
			[1_200, due, 'failed wrong-direction'],
			[1_300, moving('wrong-direction'), 'failed wrong-direction'],
		],
	],
	[
		'all is well: nothing is due',
		[
			[0, drive(), 'requested'],
			[20, moving(), 'moving'],
			[1_200, due, 'moving'],
		],
	],
	[
		'a journey: arrived when the camera has proven it',
		[
			[0, journey(), 'requested'],
			[20, moving(), 'moving'],
			[900, ready(), 'moving'],
			[901, arrived, 'arrived'],
			[2_000, moving(), 'arrived'], // by another's hand
		],
	],
	[
		'a journey to where it stands',
		[
			[0, journey(), 'requested'],
			[20, arrived, 'arrived'],
		],
	],
	[
		'a journey that is not taken: what was seen is told, not what came of it',
		[
			[0, journey(), 'requested'],
			[850, moving('no-motion'), 'failed no-motion'],
			[1_700, refused('timeout'), 'failed no-motion'],
		],
	],
	[
		'a journey that is refused',
		[
			[0, journey(), 'requested'],
			[20, refused('rejected'), 'failed rejected'],
		],
	],
	[
		'a journey that is stopped by hand',
		[
			[0, journey(), 'requested'],
			[20, moving(), 'moving'],
			[400, stopped, 'stopped'],
		],
	],
	[
		'a journey that a finger ends',
		[
			[0, journey(), 'requested'],
			[20, moving(), 'moving'],
			[400, drive(), 'requested'],
			[420, moving(), 'moving'],
		],
	],
	[
		'a camera that ignores its stop, and then does not',
		[
			[0, drive(), 'requested'],
			[20, moving(), 'moving'],
			[300, stopped, 'stopped'],
			[700, moving('still-moving-after-stop'), 'failed still-moving-after-stop'],
			[1_500, ready(), 'stopped'],
		],
	],
	[
		'a connection that is lost in the midst of it',
		[
			[0, drive(), 'requested'],
			[20, moving(), 'moving'],
			[300, stale(), 'failed lost'],
			[3_000, ready(), 'failed lost'],
		],
	],
	[
		'a connection that is lost long after',
		[
			[0, journey(), 'requested'],
			[20, arrived, 'arrived'],
			[900, stale(), 'arrived'],
		],
	],
	[
		'orders that fail one after the other: one failure, not a flicker',
		[
			[0, drive(), 'requested'],
			[5, refused('lost'), 'failed lost'],
			[150, drive(), 'failed lost'],
			[155, refused('lost'), 'failed lost'],
			[300, drive(), 'failed lost'],
			[320, moving(), 'moving'],
		],
	],
	[
		'a second touch after a failure is something newer',
		[
			[0, drive(), 'requested'],
			[850, moving('no-motion'), 'failed no-motion'],
			[900, stopped, 'failed no-motion'],
			[950, drive('no-motion'), 'requested'],
		],
	],
	[
		'a journey after a failure, too',
		[
			[0, drive(), 'requested'],
			[5, refused('timeout'), 'failed timeout'],
			[9, journey(), 'requested'],
		],
	],
	[
		'an answer to what is over says nothing',
		[
			[0, journey(), 'requested'],
			[5, stopped, 'stopped'],
			[9, arrived, 'stopped'],
		],
	],
]

describe('What became of a movement', () => {
	test.each(courses)('%s', (_, steps) => {
		let motion: Motion | null = null
		const seen = steps.map(([at, event]) => {
			motion = follow(motion, event, at)
			const { state = 'nothing', reason = null } = (motion as Motion | null)?.view ?? {}
			return [at, event, reason === null ? state : `${state} ${reason}`]
		})
		expect(seen).toEqual(steps)
	})

	test('says since when, and is not told again while nothing changes', () => {
		const asked = follow(null, drive(), 100)
		const moves = follow(asked, moving(), 120)
		const still = follow(moves, moving(), 140)
		expect(asked?.view.since).toBe(100)
		expect(moves?.view.since).toBe(120)
		expect(still?.view).toBe(moves?.view)
		expect(follow(still, drive(), 250)?.view).toBe(moves?.view)
	})
})
