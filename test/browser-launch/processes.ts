import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ProcessView {
	pid: number
	group: number
	uid: number
	/** 2: system calls are filtered. */
	seccomp: number
	pidNamespace: string
}

/** Every process of a process group, as the kernel tells it. */
export function processesOf(group: number): ProcessView[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map((name) => look(Number(name)))
		.filter((view): view is ProcessView => view !== null && view.group === group)
}

function look(pid: number): ProcessView | null {
	try {
		const [state, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
		if (state === 'Z') return null
		const status = readFileSync(`/proc/${pid}/status`, 'utf8')
		const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
		return {
			pid,
			group: Number(group),
			uid: field('Uid'),
			seccomp: field('Seccomp'),
			pidNamespace: readlinkSync(`/proc/${pid}/ns/pid`),
		}
	} catch {
		return null // it ended while we looked
	}
}

/** Milliseconds until the condition holds; throws after the limit. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<number> {
	const start = performance.now()
	while (!(await condition())) {
		if (performance.now() - start > limitMs) throw new Error(`not so after ${limitMs} ms: ${condition}`)
		await sleep(20)
	}
	return performance.now() - start
}
