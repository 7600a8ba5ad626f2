import type { Readiness, ReadinessView } from '../../../../appliance/protocol/floor.ts'

/** The readiness wall: what is wrong with whom before a meeting, from what their pages found and what they are to present. */

export const checks = ['microphone', 'camera', 'network', 'slides'] as const
export type Check = (typeof checks)[number]

/** Somebody of the board. `slides` is known of those, too, who have not come yet. */
interface Checked {
	/** Null: their page has told nothing. */
	view: ReadinessView | null
	slides: Readiness
	/** They are in the meeting. */
	here: boolean
	/** They sit in the hall, whose microphone is theirs. */
	seated: boolean
	/** Nobody waits for them. */
	excused: boolean
}

export type Trouble = Check | 'away'

/** Without a camera one can take part; without a microphone or slides one cannot report. */
export function isTrouble(check: Check, state: Readiness, seated = false): boolean {
	if (state === 'bad' || state === 'weak') return true
	return state === 'none' && (check === 'slides' || (check === 'microphone' && !seated))
}

export function troublesOf({ view, slides, here, seated, excused }: Checked): Trouble[] {
	const of = (check: Check) => (check === 'slides' ? slides : (view?.[check] ?? 'unknown'))
	const away: Trouble[] = view === null && !here && !seated && !excused ? ['away'] : []
	return [...away, ...checks.filter((check) => isTrouble(check, of(check), seated))]
}

/** How much there is to worry about: 0 all well, more is worse. What does not work is worse than whoever has not come. */
export function worry(one: Checked): number {
	const { view, slides } = one
	const weights = troublesOf(one).map((trouble) => {
		if (trouble === 'away') return 3
		return (trouble === 'slides' ? slides : view?.[trouble]) === 'bad' ? 10 : 4
	})
	return weights.reduce((sum, weight) => sum + weight, 0)
}
