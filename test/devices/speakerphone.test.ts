import { afterEach, describe, expect, it } from 'vitest'
import { startDevices } from '../../appliance/devices/client.ts'
import type { SpeakerphoneReport } from '../../appliance/devices/messages.ts'
import type { Log } from '../../drivers/device.ts'
import { until } from '../scene/wait.ts'

/** The speakerphone through the devices process. Devices that come and go: test/drivers/hid-telephony/replug.test.ts. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

function start(speakerphone: Parameters<typeof startDevices>[0]['speakerphone']) {
	const errors: string[] = []
	const quiet = () => {}
	const log: Log = {
		...{ trace: quiet, debug: quiet, info: quiet, warn: quiet },
		error: (_, text) => errors.push(text ?? ''),
	}
	const devices = startDevices({ cameras: [], log, ...(speakerphone === undefined ? {} : { speakerphone }) })
	running.push(() => devices.close())
	const reports: SpeakerphoneReport[] = []
	devices.speakerphone.watch((report) => reports.push(report))
	return { devices, reports, errors }
}

/** No maker has this id: what is plugged in here is left alone. */
const nobodys = { driver: 'hid-telephony', match: { vendorId: 0xfffe } }
const lamps = { offHook: true, muted: true, ringing: false, held: false }

describe('A speakerphone', () => {
	it('is none where none is configured, and may be told of the call all the same', () => {
		const { devices, reports } = start(undefined)
		devices.speakerphone.show(lamps)
		expect(reports).toMatchObject([{ status: 'none', reason: null, model: null, state: null }])
	})

	it('is none where none is plugged in, before and after the devices process was killed', async () => {
		const { devices, reports, errors } = start(nobodys)
		const looked = () => reports.some(({ reason }) => reason === 'none-found')
		await until('the search', looked)
		devices.speakerphone.show(lamps)
		reports.splice(0)
		process.kill(devices.pid ?? 0, 'SIGKILL')
		await until('the search', looked)
		expect(reports.every(({ status }) => status === 'none')).toBe(true)
		expect(errors).toEqual([])
	})

	it('with a driver that does not exist says so', async () => {
		const { reports } = start({ driver: 'carrier-pigeon' })
		await until('the reason', () => reports.at(-1)?.reason === 'unsupported')
	})
})
