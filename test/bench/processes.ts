import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSite } from '../scene/appliance.ts'
import { startCameras } from '../scene/cameras.ts'
import { openPanel } from '../scene/panel.ts'
import { descendants } from '../scene/processes.ts'
import { type Figure, figure } from './figures.ts'

const windowMs = 10_000

/** Whose process this is, by its command line; null for those that are nobody's concern (wrappers). */
function kindOf(command: string): string | null {
	if (command.includes('ops/cli.ts')) return 'maru'
	if (command.includes('devices/process.ts')) return 'devices'
	if (command.includes('mediasoup-worker')) return 'sfu worker'
	if (command.includes('chromium')) return 'stage browser'
	if (command.includes('ffmpeg')) return 'ffmpeg'
	return null
}

/** Seconds on a core of all threads, and resident bytes that belong to this process alone (Pss), in MB. */
function cost(pid: number): { cpu: number; memory: number } {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
		const pss = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
		return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(pss?.[1] ?? 0) / 1024 }
	} catch {
		return { cpu: 0, memory: 0 } // it ended
	}
}

type Costs = Map<string, { cpu: number; memory: number }>

/** % of a core over the window, and MB at its end, by kind of process. */
async function measure(root: number): Promise<Costs> {
	const entries = [{ pid: root, command: 'ops/cli.ts' }, ...descendants(root)]
	const before = entries.map(({ pid }) => cost(pid))
	await sleep(windowMs)
	const sums: Costs = new Map()
	entries.forEach(({ pid, command }, i) => {
		const kind = kindOf(command)
		if (!kind) return
		const now = cost(pid)
		const sum = sums.get(kind) ?? { cpu: 0, memory: 0 }
		sum.cpu += Math.max(0, ((now.cpu - (before[i]?.cpu ?? 0)) / windowMs) * 100_000)
		sum.memory += now.memory
		sums.set(kind, sum)
	})
	return sums
}

/** A Node that does nothing but beat ten times a second: no process of ours could be smaller. */
async function emptyNode(): Promise<{ cpu: number; memory: number }> {
	const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 100)'])
	await sleep(500)
	const before = cost(child.pid ?? 0)
	await sleep(windowMs)
	const after = cost(child.pid ?? 0)
	child.kill()
	return { cpu: ((after.cpu - before.cpu) / windowMs) * 100_000, memory: after.memory }
}

/** CPU and memory of each process, idle and in a call, against an empty Node in the same run. */
export async function costOfProcesses(port: number): Promise<Figure[]> {
	const cameras = await startCameras(['front'])
	const site = await openSite(cameras, port)
	try {
		const floor = await emptyNode()
		const appliance = await site.start()
		const panel = await openPanel(appliance.origin, appliance.token('panel'))
		await panel.until('the stage to be ready', (state) => state.stage.status === 'ready', 30_000)
		await sleep(3_000)
		const idle = await measure(appliance.pid)
		await panel.command({ type: 'room.start' })
		await panel.until('the call', (state) => state.call.phase === 'inCall', 30_000)
		await sleep(3_000)
		const called = await measure(appliance.pid)
		panel.close()
		const figures: Figure[] = []
		for (const [when, costs] of [
			['idle', idle],
			['in call', called],
		] as const) {
			for (const [kind, { cpu, memory }] of costs) {
				figures.push(figure(`${kind}, ${when}`, '% core', cpu, Math.max(floor.cpu, 0.1), 'an empty Node', null))
				figures.push(figure(`${kind}, ${when}`, 'MB', memory, floor.memory, 'an empty Node', null))
			}
		}
		return figures
	} finally {
		await site.close()
		await cameras.close()
	}
}
