/**
 * What the appliance has told somebody outside to be done: each as a line that whoever reads its disk writes in the same
 * words. Pure.
 */
export interface Ledger {
	/** By kind, the first word of a line: how many. */
	counts(): Record<string, number>
	acknowledge(line: string): void
	/** Those that begin so. */
	lines(beginning: string): string[]
	/** Of what was acknowledged, what is not in `found`. Each is told once, and not looked for again. */
	missing(found: ReadonlySet<string>): string[]
}

export function openLedger(): Ledger {
	const lines = new Set<string>()
	const told: Record<string, number> = {}
	return {
		counts: () => ({ ...told }),
		acknowledge(line) {
			if (lines.has(line)) throw new Error(`acknowledged twice: ${line}`)
			lines.add(line)
			const [kind = ''] = line.split(' ')
			told[kind] = (told[kind] ?? 0) + 1
		},
		lines: (beginning) => [...lines].filter((line) => line.startsWith(beginning)),
		missing(found) {
			const lost = [...lines].filter((line) => !found.has(line))
			for (const line of lost) lines.delete(line)
			return lost
		},
	}
}

/** How the lines are written. */
export const lineOf = {
	/** A meeting is planned, opened… */
	step: (meeting: string, step: string) => `step ${meeting} ${step}`,
	note: (meeting: string, text: string) => `note ${meeting} ${text}`,
	chat: (id: string) => `chat ${id}`,
	vote: (meeting: string, title: string, what: 'opened' | 'closed') => `vote ${meeting} ${title} ${what}`,
	document: (id: string, sha256: string) => `document ${id} ${sha256}`,
	/** The n-th request of this kind. What a meeting's own people do stands in its journal alone. */
	audit: (what: string, times: number) => `audit ${what} #${times}`,
}
