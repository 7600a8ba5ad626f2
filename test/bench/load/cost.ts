import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Generator, Stat } from './generator.ts'

/** What the kernel counts of processes while people talk. */

/** Seconds on a core of all threads of a process, to the nanosecond. */
function cpuSeconds(pid: number): number {
	const tasks = `/proc/${pid}/task`
	const ns = readdirSync(tasks).map((task) => {
		try {
			return Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0])
		} catch {
			return 0 // a thread that ended
		}
	})
	return ns.reduce((sum, one) => sum + one, 0) / 1e9
}

/** Resident memory in kB. */
export function residentKb(pid: number): number {
	return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** Ticks that all cores together were busy, and all ticks. */
function machineTicks(): { busy: number; all: number } {
	const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
	const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
	const all = ticks.reduce((sum, one) => sum + one, 0)
	return { all, busy: all - (ticks[3] ?? 0) - (ticks[4] ?? 0) }
}

/** One measured window. */
export interface Span {
	/** % of a core of each process asked about. */
	cores: number[]
	/** Of the machine, all cores together, whoever kept them so. */
	busyPercent: number
	stat: Stat
}

/** Counts these processes and what the generator sees for so many seconds. */
export async function span(pids: readonly number[], generator: Generator, seconds: number): Promise<Span> {
	generator.order('reset')
	const cpu = pids.map(cpuSeconds)
	const ticks = machineTicks()
	const begun = performance.now()
	await sleep(seconds * 1_000)
	const stat = await generator.stat()
	const took = (performance.now() - begun) / 1_000
	const now = machineTicks()
	return {
		cores: pids.map((pid, i) => ((cpuSeconds(pid) - (cpu[i] ?? 0)) / took) * 100),
		busyPercent: ((now.busy - ticks.busy) / (now.all - ticks.all)) * 100,
		stat,
	}
}
