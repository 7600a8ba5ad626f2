import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../scene/wait.ts'
import type { Hall } from './hall.ts'
import { known } from './parts.ts'
import type { Fault, Part, Way } from './plan.ts'

/** One failure, and how long until the log knows of it and until everything that hung by it is there again. */
export interface Struck {
	part: Part
	way: Way
	/** By the clock. */
	at: number
	/** Null: nobody is left to notice. */
	noticedMs: number | null
	backMs: number
	/** Of the service: until the panel shows the room again. */
	panelMs: number | null
}

/** Only what never comes back takes so long, however busy the machine. */
const patienceMs = 120_000
/** systemd/maru.service: WatchdogSec, TimeoutAbortSec. */
const watchdogMs = 10_000
const abortMs = 4_000

export async function strike(hall: Hall, { part, way }: Pick<Fault, 'part' | 'way'>): Promise<Struck> {
	if (part === 'service') return strikeService(hall, way)
	const { pids, noticed } = known[part]
	const victims = await until(`${part} to run`, () => {
		const found = pids(hall.service.pid)
		return found.length > 0 ? found : null
	})
	const before = await hall.segment()
	const from = hall.logLength
	const at = Date.now()
	for (const pid of victims) signal(pid, way)
	const said = noticed?.[way]
	const line = await until(
		`the log to say ${said} of ${part} ${way}`,
		() => hall.said(from).find(({ time, msg }) => time >= at && said?.test(msg)),
		patienceMs,
	)
	await isBack(hall, part, at, before?.run ?? null)
	return { part, way, at, noticedMs: line.time - at, backMs: Date.now() - at, panelMs: null }
}

async function isBack(hall: Hall, part: Exclude<Part, 'service'>, at: number, run: string | null): Promise<unknown> {
	switch (part) {
		case 'devices':
			return hall.panel.until(
				'the devices',
				// What was so before is told for a moment yet.
				({ devices, cameras }) =>
					devices.status === 'ready' &&
					devices.since >= at &&
					cameras.some(({ id, status, since }) => id === 'front' && status === 'ready' && since >= at),
				patienceMs,
			)
		case 'programme':
		case 'relay':
			return until(
				'a segment of a new run',
				async () => {
					const now = await hall.segment()
					return now !== null && now.run !== run
				},
				patienceMs,
			)
		case 'worker':
			return Promise.all([hall.picturesMove(), until('all who listen', () => hall.people.areIn, patienceMs)])
		default:
			return hall.picturesMove()
	}
}

/** The scene is its systemd: nothing else would start it again. */
async function strikeService(hall: Hall, way: Way): Promise<Struck> {
	const { service, clerk } = hall
	const at = Date.now()
	let noticedMs: number | null = null
	const closed = clerk.closed.then(() => Date.now() - at)
	signal(service.pid, way)
	if (way === 'killed') noticedMs = await closed
	else {
		await sleep(watchdogMs)
		service.kill('SIGTERM')
		service.kill('SIGCONT')
		const late = setTimeout(() => service.kill('SIGKILL'), abortMs)
		await service.ended
		clearTimeout(late)
	}
	const started = hall.comesBack()
	const { panelAt } = await hall.reconnect()
	await started
	await Promise.all([hall.picturesMove(), until('all who listen', () => hall.people.areIn, patienceMs)])
	return { part: 'service', way, at, noticedMs, backMs: Date.now() - at, panelMs: panelAt - at }
}

function signal(pid: number, way: Way) {
	try {
		process.kill(pid, way === 'killed' ? 'SIGKILL' : 'SIGSTOP')
	} catch {
		// It ended by itself in this moment: as good.
	}
}
