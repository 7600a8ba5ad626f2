import type { Fault } from './state.ts'

/** Whether a version that was just started is well: it is ready in time, it is the one that was installed, and it stays so. Pure. */

/** What the service was seen to be at one moment. */
export interface Sample {
	/** What it says of its health; null: it doesn't answer. */
	health: Readonly<Record<string, unknown>> | null
	/** How often systemd has started it anew. */
	restarts: number
}

export interface Promised {
	version: string
	/** So long it may take to be ready. */
	readyMs: number
	/** So long it has to stay so. */
	steadyMs: number
	/** What was not right before the update already. */
	before: readonly string[]
}

interface Watching {
	began: number
	/** Since when it is well; null: it isn't. */
	since: number | null
	/** What was last seen to be missing. */
	lacks: Fault
}

type Verdict = { type: 'waiting'; watching: Watching } | { type: 'passed' } | { type: 'failed'; fault: Fault }

export function beginWatching(now: number): Watching {
	return { began: now, since: null, lacks: { code: 'no-answer', detail: '' } }
}

/** After each look at it. */
export function look(watching: Watching, sample: Sample, promised: Promised, now: number): Verdict {
	if (sample.restarts > 0) return { type: 'failed', fault: { code: 'ended', detail: String(sample.restarts) } }
	const lacks = lacking(sample, promised)
	if (lacks === null) {
		const since = watching.since ?? now
		if (now - since >= promised.steadyMs) return { type: 'passed' }
		return { type: 'waiting', watching: { ...watching, since } }
	}
	if (now - watching.began >= promised.readyMs) return { type: 'failed', fault: lacks }
	return { type: 'waiting', watching: { ...watching, since: null, lacks } }
}

function lacking({ health }: Sample, { version, before }: Promised): Fault | null {
	if (health === null) return { code: 'no-answer', detail: '' }
	if (health.version !== version) return { code: 'other-version', detail: String(health.version ?? '?') }
	const faults = healthFaults(health).filter((name) => !before.includes(name))
	return faults.length > 0 ? { code: 'unwell', detail: faults.join(', ') } : null
}

/** What of its health is not right, by name: what is `false`, and media workers that don't run. */
export function healthFaults(health: Readonly<Record<string, unknown>>): string[] {
	const faults = Object.entries(health).flatMap(([name, value]) => (value === false ? [name] : []))
	const workers = (health.sfu as { workers?: { pid: number | null }[] } | undefined)?.workers ?? []
	return workers.some(({ pid }) => pid === null) ? [...faults, 'sfu'] : faults
}
