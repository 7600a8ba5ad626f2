import { afterEach, describe, expect, it } from 'vitest'
import { startDevices } from '../../appliance/devices/client.ts'
import type { SpeakerphoneReport } from '../../appliance/devices/messages.ts'
import type { Log } from '../../drivers/device.ts'
import { VirtualPhone } from '../../drivers/virtual/phone.ts'
import { phoneModels } from '../../drivers/virtual/phone-models.ts'
import { servePhone } from '../../drivers/virtual/phone-server.ts'
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
		process.kill(devices.pid ?? Number.NaN, 'SIGKILL')
		await until('the search', looked)
		expect(reports.every(({ status }) => status === 'none')).toBe(true)
		expect(errors).toEqual([])
	})

	it('with a driver that does not exist says so', async () => {
		const { reports } = start({ driver: 'carrier-pigeon' })
		await until('the reason', () => reports.at(-1)?.reason === 'unsupported')
	})

	it('is pressed and shows its lamps through the process, also after that was killed', async () => {
		const phone = new VirtualPhone(phoneModels[1])
		const served = await servePhone(phone)
		running.push(served.close)
		const { devices, reports, errors } = start({ driver: 'virtual-phone', host: served.host, port: served.port })
		const events: object[] = []
		devices.speakerphone.onEvent((event) => events.push(event))
		devices.speakerphone.show({ ...lamps, muted: false })
		await until('it is off hook', () => phone.hook)
		phone.press('mute')
		await until('the press', () => events.length > 0)
		expect(events).toEqual([{ type: 'mute', muted: true }])
		devices.speakerphone.show(lamps)
		await until('the lamp', () => phone.muted)
		process.kill(devices.pid ?? Number.NaN, 'SIGKILL')
		await until('the loss', () => reports.at(-1)?.status === 'lost')
		phone.powerOff()
		await until('its return', () => reports.at(-1)?.status === 'ready')
		expect(phone).toMatchObject({ hook: true, muted: true })
		expect(errors).toEqual([])
	})
})
