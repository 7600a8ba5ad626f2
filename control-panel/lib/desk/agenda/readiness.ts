import type { ReadinessView } from '../../../../appliance/protocol/floor.ts'

export const checks = ['microphone', 'camera', 'network', 'slides'] as const

/** How much there is to worry about: 0 all well, more is worse; nobody heard of counts as a problem of its own. */
export function worry(view: ReadinessView | null): number {
	if (view === null) return 3
	return checks.reduce((sum, check) => {
		const state = view[check]
		return sum + (state === 'bad' ? 10 : state === 'weak' ? 2 : state === 'unknown' ? 1 : 0)
	}, 0)
}
