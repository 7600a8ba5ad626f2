import type { CameraStatus, CameraView } from '../protocol/room-state.ts'

/**
 * What became of the last thing that was asked of a camera, for those who look at a panel and not at the camera. Pure:
 * fed with what was ordered, answered and reported, it answers with what to show.
 *
 * A failure stays until something newer is asked, or until the camera proves it wrong; letting go of a button is neither.
 */

type MotionView = NonNullable<CameraView['motion']>

export interface Motion {
	readonly view: MotionView
	readonly kind: 'drive' | 'journey'
	/** When it was asked for, the last time: a finger that stays down asks every 150 ms for one and the same movement. */
	readonly orderedAt: number
	/** A fault that the camera told before this was asked. It says nothing of this movement until it has stayed too long. */
	readonly old: string | null
	/** Nothing more is expected of it. */
	readonly over: boolean
}

export type MotionEvent =
	/** `fault`: what the camera tells of itself at this moment. */
	| { type: 'ordered'; kind: Motion['kind']; fault: string | null }
	| { type: 'arrived' }
	| { type: 'refused'; reason: string }
	/** The camera has confirmed a stop. */
	| { type: 'stopped' }
	| { type: 'report'; status: CameraStatus; reason: string | null }
	/** So long after the order that a fault which is still told is of this movement. */
	| { type: 'due' }

/** Movements less than this apart are one: the life of a movement that nobody renews. */
const renewalMs = 400
/** Heads get going within 0.8 s, which is when a driver judges. */
export const dueMs = 1_200
const unstoppable = 'still-moving-after-stop'

/** What is known after this event; the same object when it says nothing new. */
export function follow(motion: Motion | null, event: MotionEvent, at: number): Motion | null {
	if (event.type === 'ordered') return ordered(motion, event, at)
	if (motion === null) return null
	const shown = (state: MotionView['state'], reason: string | null, rest: Partial<Motion>): Motion => {
		const { view } = motion
		const same = view.state === state && view.reason === reason
		return { ...motion, view: same ? view : { state, reason, since: at }, ...rest }
	}
	const failedAlready = motion.view.state === 'failed'
	switch (event.type) {
		case 'arrived':
			return motion.over ? motion : shown('arrived', null, { over: true })
		case 'refused':
			// What the camera's own positions said is told rather than what came of it.
			if (motion.over) return motion
			return failedAlready ? { ...motion, over: true } : shown('failed', event.reason, { over: true })
		case 'stopped': {
			const ended = { over: true, orderedAt: Number.NEGATIVE_INFINITY }
			if (motion.over) return { ...motion, ...ended }
			return failedAlready ? { ...motion, ...ended } : shown('stopped', null, ended)
		}
		case 'due':
			if (motion.over || motion.old === null) return motion
			return shown('failed', motion.old, { old: null })
		case 'report':
			return reported(motion, event, shown)
	}
}

function ordered(
	before: Motion | null,
	{ kind, fault }: Extract<MotionEvent, { type: 'ordered' }>,
	at: number,
): Motion {
	const renewed = kind === 'drive' && before?.kind === 'drive' && at - before.orderedAt <= renewalMs
	// A hand that only goes on asking has not asked for anything newer.
	if (renewed && before.view.state !== 'stopped') return { ...before, orderedAt: at, over: false }
	return { view: { state: 'requested', reason: null, since: at }, kind, orderedAt: at, old: fault, over: false }
}

function reported(
	motion: Motion,
	{ status, reason }: Extract<MotionEvent, { type: 'report' }>,
	shown: (state: MotionView['state'], reason: string | null, rest: Partial<Motion>) => Motion,
): Motion {
	const { view, kind, old, over } = motion
	const connected = status === 'ready' || status === 'moving'
	if (!connected) return over ? motion : shown('failed', reason ?? 'lost', { over: true })
	if (over) {
		if (view.state === 'stopped' && reason === unstoppable) return shown('failed', reason, {})
		if (view.reason === unstoppable && reason === null) return shown('stopped', null, {})
		return motion
	}
	const ended = kind === 'drive' && status === 'ready'
	if (reason !== null) {
		// The camera tells an old fault until a movement is right: neither a failure of this one nor a proof of it.
		if (reason !== old) return shown('failed', reason, { old: null })
		return motion
	}
	if (status === 'moving') return shown('moving', null, { old: null })
	// A position from before the order says nothing; a journey ends with its answer.
	if (!ended || view.state === 'requested') return old === null ? motion : { ...motion, old: null }
	return shown('stopped', null, { old: null, over: true })
}
