import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { CameraConfig } from '../../appliance/devices/messages.ts'
import type { Kind } from '../devices/hardware-kinds.ts'

/** The far end: a process with two cameras, one for us and one for the bare transport, which says when each drive has arrived. */
export async function farEnd(kind: Kind) {
	const program = join(import.meta.dirname, '../devices/hardware.ts')
	// By token, so that both log in the same way.
	const faults = kind === 'onvif' ? { auth: 'ws' } : {}
	const pair = ['a', 'b'].map((id) => ({ id, kind, faults }))
	const child = spawn(process.execPath, [program, JSON.stringify(pair), 'arrivals'], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const lines = createInterface({ input: child.stdout })
	const [first] = await once(lines, 'line')
	const [config, other] = (JSON.parse(String(first)) as { configs: CameraConfig[] }).configs
	let hear: (at: number) => void = () => {}
	lines.on('line', (line: string) => hear(Number(line) / 1e6))
	return {
		config: config as CameraConfig,
		other: other as CameraConfig,
		/** In the machine's monotonic milliseconds. */
		onArrival(listener: (at: number) => void) {
			hear = listener
		},
		close: () => child.stdin.end(),
	}
}
