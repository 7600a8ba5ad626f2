import type { Devices } from '../devices/client.ts'
import type { Hub } from '../hub/hub.ts'
import type { Sfu } from '../media/sfu.ts'
import type { Figures } from '../ops/metrics.ts'
import { runningVersion } from '../ops/version.ts'
import type { Readings } from '../ops/vigil.ts'
import type { SegmentFiles } from '../relay/segment-files.ts'
import type { Room } from '../room/room.ts'

/** How this house is, as it stands at the moment of asking: for the health page, for Prometheus, for systemd. */
export interface Condition {
	health(): object
	figures(): Promise<Figures>
	readings(): Omit<Readings, 'lateMs'>
}

interface Parts {
	build: string
	hub: Hub
	sfu: Sfu
	room: Room
	devices: Devices
	segmentFiles: SegmentFiles | null
}

export function conditionOf({ build, hub, sfu, room, devices, segmentFiles }: Parts): Condition {
	const version = runningVersion()
	return {
		health: () => ({
			...{ version, stage: room.health(), sfu: sfu.health(), devices: devices.pid !== null },
			...(segmentFiles && { segmentFiles: segmentFiles.fault ?? 'ok' }),
		}),
		async figures() {
			const { cameras, call, muted, stage, devices: process } = room.state().state
			return {
				...hub.figures(),
				...{ build, workers: await sfu.usage(), cameras: cameras.map(({ status }) => status) },
				...{ inCall: call.phase === 'inCall', muted },
				...{ stageReady: stage.status === 'ready', devicesRun: process.status === 'ready' },
			}
		},
		readings() {
			const { workers } = sfu.health()
			const { devices: process, stage } = room.state().state
			return {
				workers: { places: workers.length, running: workers.filter(({ pid }) => pid !== null).length },
				devicesUp: process.status === 'ready',
				stageUp: stage.status === 'ready' && room.health().running,
				stageTurn: stage.since,
			}
		},
	}
}
