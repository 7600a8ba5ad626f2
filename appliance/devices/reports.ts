import { isDeepStrictEqual } from 'node:util'
import { type CameraConfig, type CameraReport, noAnswer } from './messages.ts'

/** What the room was told of each camera last, from the configuration that it gave. */
export interface Reports {
	/** Tells what became of it: gone, new, or to be opened anew. */
	configure(cameras: readonly CameraConfig[]): void
	hear(report: CameraReport): void
	/** Nothing that was told holds any more. */
	lost(): void
	has(id: string): boolean
	all(): CameraReport[]
	/** How often a camera was opened anew since it was configured, by whichever process. */
	reconnects(id: string): number
	/** As it was given last. */
	readonly configured: readonly CameraConfig[]
}

interface Known {
	config: CameraConfig
	report: CameraReport
	opened: number
}

export type Told = ({ type: 'camera' } & CameraReport) | { type: 'gone'; id: string }

export function createReports(tell: (event: Told) => void): Reports {
	const known = new Map<string, Known>()
	let configured: readonly CameraConfig[] = []

	function show(camera: Known, report: CameraReport): void {
		if (isOpen(report) && !isOpen(camera.report)) camera.opened += 1
		camera.report = report
		tell({ type: 'camera', ...report })
	}

	return {
		configure(given) {
			// As the process reads it, so that both see the same differences: what is undefined here is absent there.
			const cameras: CameraConfig[] = JSON.parse(JSON.stringify(given))
			configured = cameras
			const ids = new Set(cameras.map(({ id }) => id))
			for (const id of known.keys()) {
				if (ids.has(id)) continue
				known.delete(id)
				tell({ type: 'gone', id })
			}
			for (const config of cameras) {
				const { id } = config
				const before = known.get(id)
				if (before && sameDevice(before.config, config)) before.config = config
				else {
					const report: CameraReport = { id, status: 'off', reason: null, state: null, capabilities: null }
					known.set(id, { config, report, opened: 0 })
					tell({ type: 'camera', ...report })
				}
			}
		},
		hear(report) {
			// What was said of a camera before it was gone may be read after that.
			const camera = known.get(report.id)
			if (camera) show(camera, report)
		},
		lost() {
			for (const camera of known.values()) {
				if (isOpen(camera.report)) show(camera, { ...camera.report, status: 'stale', reason: 'lost' })
			}
		},
		has: (id) => known.has(id),
		all: () => [...known.values()].map(({ report }) => report),
		reconnects: (id) => Math.max(0, (known.get(id)?.opened ?? 0) - 1),
		get configured() {
			return configured
		},
	}
}

const isOpen = ({ status, reason }: CameraReport) => status === 'ready' || status === 'moving' || reason === noAnswer

/** Whether a connection to the one is good for the other too. How it answers to a hand is not the connection's matter. */
export function sameDevice({ feel: _, ...one }: CameraConfig, { feel: __, ...other }: CameraConfig): boolean {
	return isDeepStrictEqual(one, other)
}
