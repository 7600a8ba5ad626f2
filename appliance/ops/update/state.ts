/**
 * An update as a value: which step is being done, and what follows when that is done, fails, or is cut off by whatever ends
 * this program or the machine. Whichever it is, it ends with the new version whole, or with the old one and its data. Pure.
 */

/** In this order, when all goes well. */
const forward = ['prepare', 'stop', 'save', 'install', 'start', 'watch', 'commit', 'new'] as const
/** In this order, where it doesn't. */
const back = ['undo-stop', 'undo-install', 'undo-data', 'undo-start', 'undo-watch', 'discard', 'old'] as const
/** Where nothing was changed yet. */
const aside = ['drop', 'refused'] as const
/** Stuck: somebody has to look, the old version cannot be put back. It is tried again at the next boot. */
export type Step = (typeof forward)[number] | (typeof back)[number] | (typeof aside)[number] | 'stuck'
export type End = 'new' | 'old' | 'refused' | 'stuck'

/** What went wrong, as a code of `words.ts` and what is filled into its sentence. */
export interface Fault {
	code: string
	detail: string
}

export interface State {
	step: Step
	from: string
	to: string
	/** Milliseconds. */
	began: number
	/** Which of the parts are installed, by name. */
	install: readonly string[]
	/** What the update failed by; null: it hasn't. */
	why: Fault | null
	/** What failed on the way back; null: nothing. */
	unwell: Fault | null
}

export type Event = { type: 'done' } | { type: 'failed'; fault: Fault } | { type: 'interrupted' }

const interruptedFault: Fault = { code: 'interrupted', detail: '' }

/** What is to be done after that. An end stays one, except that a new attempt is made where it was stuck. */
export function next(state: State, event: Event): State {
	if (event.type === 'done') return { ...state, step: following(state.step) }
	const fault = event.type === 'failed' ? event.fault : interruptedFault
	const failed = (step: Step): State => ({ ...state, step, why: state.why ?? fault })
	switch (state.step) {
		case 'prepare':
			return failed('drop')
		case 'stop':
		case 'save':
			return failed('undo-start') // only the service was stopped
		case 'install':
		case 'start':
		case 'watch':
			return failed('undo-stop')
		case 'commit':
			return event.type === 'failed' ? { ...state, step: 'new' } : state // what is left over is taken away next time
		case 'undo-stop':
		case 'undo-install':
		case 'undo-data':
			// Each can be done again from its beginning.
			return event.type === 'failed' ? { ...state, step: 'stuck', unwell: fault } : state
		case 'undo-start':
		case 'undo-watch':
			// The old version and its data are there: there is nothing else that could be put back.
			return event.type === 'failed' ? { ...state, step: 'discard', unwell: fault } : { ...state, step: 'undo-start' }
		case 'discard':
			return event.type === 'failed' ? { ...state, step: 'old' } : state
		case 'drop':
			return event.type === 'failed' ? { ...state, step: 'refused' } : state
		case 'stuck':
			return event.type === 'interrupted' ? { ...state, step: 'undo-stop', unwell: null } : state
		case 'new':
		case 'old':
		case 'refused':
			return state
	}
}

export function isEnd(step: Step): step is End {
	return step === 'new' || step === 'old' || step === 'refused' || step === 'stuck'
}

function following(step: Step): Step {
	for (const way of [forward, back, aside] as readonly (readonly Step[])[]) {
		const at = way.indexOf(step)
		if (at >= 0) return way[at + 1] ?? step
	}
	return step
}
