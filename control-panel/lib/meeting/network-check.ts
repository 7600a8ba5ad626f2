import { openMeetingSocket } from './socket.ts'

/** How long an answer of the hub takes, asked over the way that the meeting will use. Nothing of the meeting changes by it. */

const questions = 5
const answerMs = 4000
/** As long as an unreachable hub is waited for before it is said. */
const reachMs = 6000

export type Reach = 'good' | 'weak' | 'bad'

/** As for speech (network.ts); a hub of the same city answers within 50 ms. */
export function reachOf(rttMs: number): Reach {
	if (rttMs > 600) return 'bad'
	return rttMs > 300 ? 'weak' : 'good'
}

function medianOf(values: readonly number[]): number | null {
	const sorted = [...values].sort((a, b) => a - b)
	return sorted[Math.floor(sorted.length / 2)] ?? null
}

/** Answers the median round trip in milliseconds; null: out of reach. */
export async function measureReach(url: string, token: string): Promise<number | null> {
	const { promise: online, resolve } = Promise.withResolvers<boolean>()
	const socket = openMeetingSocket(url, token, {
		onMessage: () => {},
		onStatus: (status) => {
			if (status === 'online') resolve(true)
		},
	})
	const late = setTimeout(() => resolve(false), reachMs)
	try {
		if (!(await online)) return null
		const times: number[] = []
		for (let asked = 0; asked < questions; asked++) {
			const begun = performance.now()
			// Refused, because nobody has joined; a refusal takes as long as an answer.
			const result = await socket.send({ type: 'media.show', wanted: { audio: false, video: [] } }, answerMs)
			if (!result.ok && (result.code === 'timeout' || result.code === 'lost')) break
			times.push(performance.now() - begun)
		}
		const median = medianOf(times)
		return median === null ? null : Math.max(1, Math.round(median))
	} finally {
		clearTimeout(late)
		socket.close()
	}
}
