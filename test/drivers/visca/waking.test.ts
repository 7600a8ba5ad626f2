import { describe, expect, it } from 'vitest'
import type { CameraReport } from '../../../appliance/devices/messages.ts'
import { superviseCamera } from '../../../appliance/devices/supervisor.ts'
import type { Camera } from '../../../drivers/camera.ts'
import type { Driver } from '../../../drivers/device.ts'
import { startViscaCamera } from '../../../drivers/virtual/visca-camera.ts'
import { startViscaTcpCamera } from '../../../drivers/virtual/visca-tcp-camera.ts'
import type { Faults } from '../../../drivers/virtual/visca-unit.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import { viscaSerial } from '../../../drivers/visca/serial-driver.ts'
import { viscaTcp } from '../../../drivers/visca/tcp-driver.ts'
import { silentLog, until } from '../wait.ts'
import { startViscaLine } from './specimen.ts'

/** A camera in standby is switched on and waited for, longer than opening usually may take; meanwhile it says why. */

/** How long it is deaf. In the long run so long that no usual deadline would do. */
const bootMs = Number(process.env.MARU_BOOT_MS ?? 3_000)
const host = '127.0.0.1'

interface Asleep {
	driver: Driver<unknown, Camera>
	config: object
	heard: readonly string[]
	close(): Promise<void>
}

const ways: Record<string, (faults: Faults) => Promise<Asleep>> = {
	async UDP(faults) {
		const { port, heard, close } = await startViscaCamera({ host, port: 0, faults })
		return { driver: viscaIp, config: { host, port }, heard, close }
	},
	async TCP(faults) {
		const { port, heard, close } = await startViscaTcpCamera({ host, port: 0, faults })
		return { driver: viscaTcp, config: { host, port }, heard, close }
	},
	async 'a serial line'(faults) {
		const { path, chain, close } = await startViscaLine([{}, faults])
		return { driver: viscaSerial, config: { path, address: 2 }, heard: chain.cameras[1]?.heard ?? [], close }
	},
}

describe.concurrent('A camera in standby', () => {
	it.each(Object.keys(ways))('is switched on and waited for over %s', async (way) => {
		const asleep = await ways[way]?.({ standby: true, bootMs })
		if (!asleep) return
		const reports: CameraReport[] = []
		const supervisor = superviseCamera({
			id: 'a',
			open: (context) => asleep.driver.open(asleep.config, context),
			report: (report) => reports.push(report),
			log: silentLog,
		})
		try {
			await until('it to be switched on', () => asleep.heard.some((packet) => packet.endsWith('01040002ff')))
			await until('the reason to be told', () => reports.at(-1)?.reason === 'waking')
			await until('it to be ready', () => reports.at(-1)?.status === 'ready', bootMs + 30_000)
			// At the first attempt: none was given up.
			expect(reports.map(({ status }) => status)).not.toContain('failed')
			expect(reports.at(-1)).toMatchObject({ reason: null, state: { position: { pan: 0 } } })
		} finally {
			await supervisor.close()
			await asleep.close()
		}
	})
})
