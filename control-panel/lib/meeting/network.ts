import type { Readiness as Grade } from '../../../appliance/protocol/floor.ts'

/** How good the way to the hub is, and why, in terms that can be said. */

export interface NetworkFigures {
	grade: Grade
	/** There and back. */
	rttMs: number | null
	lossPercent: number | null
}

/** As speech suffers: ITU-T G.114 puts the limit of good talk near 150 ms one way; Opus hides losses of a few percent. */
const slow = { weakMs: 300, badMs: 600 }
const lossy = { weakPercent: 3, badPercent: 10 }

/** `ice`: the state of the connection itself. */
export function networkGrade(
	{ rttMs, lossPercent }: Pick<NetworkFigures, 'rttMs' | 'lossPercent'>,
	ice: string,
): Grade {
	if (ice === 'failed' || ice === 'disconnected') return 'bad'
	if (rttMs === null && lossPercent === null) return 'unknown'
	if ((rttMs ?? 0) > slow.badMs || (lossPercent ?? 0) > lossy.badPercent) return 'bad'
	return (rttMs ?? 0) > slow.weakMs || (lossPercent ?? 0) > lossy.weakPercent ? 'weak' : 'ok'
}

/** Why it is not good. `broken`: nothing arrives; null: it is good, or nothing is known. */
export type NetworkFault = 'broken' | 'lossy' | 'slow' | null

export function faultOf({ grade, rttMs, lossPercent }: NetworkFigures): NetworkFault {
	if (grade !== 'weak' && grade !== 'bad') return null
	if ((lossPercent ?? 0) > lossy.weakPercent) return 'lossy'
	return (rttMs ?? 0) > slow.weakMs ? 'slow' : 'broken'
}
