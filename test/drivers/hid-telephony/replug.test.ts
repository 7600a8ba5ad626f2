import { closeSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { SpeakerphoneReport } from '../../../appliance/devices/messages.ts'
import { openSpeakerphone, type RoomSpeakerphone } from '../../../appliance/devices/speakerphone.ts'
import { DeviceError } from '../../../drivers/device.ts'
import { hidTelephony } from '../../../drivers/hid-telephony/driver.ts'
import type { CallLamps, SpeakerphoneEvent } from '../../../drivers/speakerphone.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { type PhoneCable, plugIn } from '../../../drivers/virtual/phone-cable.ts'
import { type PhoneModel, phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { limitOf } from '../../scene/wait.ts'
import { silentLog, until } from '../wait.ts'
import { described, makeSysfs } from './sysfs.ts'

/** The supervision of the devices process over a sysfs of our own, with phones that come and go. */

const cycles = Number(process.env.MARU_REPLUGS ?? 50)
const call: CallLamps = { offHook: true, muted: true, ringing: false, held: false }
const quick = { stableMs: 15, lookMs: 15 }

const ends: (() => unknown)[] = []
afterEach(async () => {
	for (const end of ends.splice(0).reverse()) await end()
})

/** A room with sockets: a phone in one of them is at /dev/hidrawN. */
function room({ stableMs, lookMs }: { stableMs?: number; lookMs?: number }) {
	const sysfs = makeSysfs()
	ends.push(sysfs.end)
	const cables = new Map<string, PhoneCable>()
	const reports: SpeakerphoneReport[] = []
	const events: SpeakerphoneEvent[] = []
	const errors: unknown[] = []
	let refuse: DeviceError | null = null
	const speakerphone: RoomSpeakerphone = openSpeakerphone({
		lamps: null,
		connect: (lamps, signal) =>
			hidTelephony.open(
				{
					...{ config: { driver: 'hid-telephony', match: 'auto' }, lamps, sys: sysfs.root },
					...(stableMs === undefined ? {} : { stableMs }),
					async openPort(path) {
						if (refuse) throw refuse
						const cable = cables.get(path)
						if (!cable) throw new DeviceError('lost', 'it is gone')
						const port = cable.open()
						// As an open /dev/hidraw does it takes a file descriptor until it is let go.
						const file = openSync('/dev/null', 'r')
						let open = true
						return {
							...{ write: port.write, onReport: port.onReport, lost: port.lost },
							async [Symbol.asyncDispose]() {
								if (open) closeSync(file)
								open = false
								await port[Symbol.asyncDispose]()
							},
						}
					},
				},
				{ signal, log: silentLog },
			),
		report: (report) => reports.push(report),
		onEvent: (event) => events.push(event),
		log: { ...silentLog, error: (detail) => errors.push(detail) },
		random: () => 0,
		...(lookMs === undefined ? {} : { lookMs }),
	})
	ends.push(() => speakerphone.close())
	return {
		...{ speakerphone, sysfs, reports, events, errors },
		last: () => reports.at(-1),
		refuse: (error: DeviceError | null) => {
			refuse = error
		},
		plug(model: PhoneModel, hidraw = 0) {
			const phone = new VirtualPhone(model)
			const cable = plugIn(phone)
			cables.set(`/dev/hidraw${hidraw}`, cable)
			const out = sysfs.plug({ ...described(phone), hidraw, port: `1-${hidraw + 1}` })
			return {
				phone,
				unplug() {
					out()
					cables.delete(`/dev/hidraw${hidraw}`)
					cable.unplug()
				},
			}
		},
	}
}

const files = () => readdirSync(join('/proc', String(process.pid), 'fd')).length

describe('The room’s speakerphone', () => {
	it(`is unplugged and plugged in ${cycles} times: muted each time before anything else, and nothing leaks`, async () => {
		const { speakerphone, plug, last, events, errors } = room(quick)
		speakerphone.show(call)
		let before = 0
		for (let cycle = 0; cycle < cycles; cycle++) {
			const model = phoneModels[cycle % phoneModels.length] as PhoneModel
			const { phone, unplug } = plug(model)
			// Somebody plays with its keys while it starts.
			const first = setTimeout(() => phone.press('hook'), cycle % 40)
			await until('the speakerphone', () => last()?.status === 'ready')
			clearTimeout(first)
			const [told] = phone.outputs
			// The lamps of the call, and not those of nobody's call first.
			const lit = model.inputBytes[0] === undefined ? told?.subarray(1) : told
			expect(
				lit?.some((byte) => byte !== 0),
				`${model.kind} ${cycle} ${phone.outputs.map((it) => it.join())}`,
			).toBe(true)
			await until('its lamps', () => phone.hook && phone.muted && last()?.state?.offHook && last()?.state?.muted)
			expect(last()).toMatchObject({ reason: null, state: { offHook: true, muted: true } })
			unplug()
			await until('the loss', () => last()?.status === 'lost')
			if (cycle === 4) before = files()
			if (cycle > 4) expect(files()).toBeLessThanOrEqual(before + 1)
		}
		expect(events.filter((event) => event.type === 'mute')).toEqual([])
		expect(errors).toEqual([])
	})

	it('is back within three seconds with the times that it has in a room', async () => {
		const { speakerphone, plug, last } = room({})
		speakerphone.show(call)
		const { unplug } = plug(phoneModels[1])
		await until('the speakerphone', () => last()?.status === 'ready')
		unplug()
		await until('the loss', () => last()?.status === 'lost')
		const begin = performance.now()
		const { phone } = plug(phoneModels[1])
		await until('its lamps', () => phone.hook && phone.muted)
		expect(performance.now() - begin).toBeLessThan(limitOf(3_000))
	})

	it('is the next one while the first is away', async () => {
		const { speakerphone, plug, last } = room(quick)
		speakerphone.show(call)
		const jabra = plug(phoneModels[1], 0)
		const poly = plug(phoneModels[3], 1)
		await until('the first', () => last()?.model?.name === jabra.phone.model.name)
		expect(poly.phone.outputs).toEqual([])
		jabra.unplug()
		await until('the second', () => last()?.status === 'ready' && last()?.model?.name === poly.phone.model.name)
		await until('its lamps', () => poly.phone.hook && poly.phone.muted)
	})

	it('tells what was pressed, and shows what the room says', async () => {
		const { speakerphone, plug, last, events } = room(quick)
		const { phone } = plug(phoneModels[0])
		await until('the speakerphone', () => last()?.status === 'ready')
		phone.press('hook')
		await until('the press', () => events.length === 1)
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		speakerphone.show(call)
		await until('the lamps', () => phone.hook && phone.muted)
	})

	it('is dark when the room lets it go', async () => {
		const { speakerphone, plug } = room(quick)
		speakerphone.show(call)
		const { phone } = plug(phoneModels[0])
		await until('the lamps', () => phone.hook && phone.muted)
		await speakerphone.close()
		await until('no lamps', () => !phone.hook && !phone.muted)
	})

	it('is none, lost or malformed, each with its reason, and none of it is an error', async () => {
		const { plug, last, sysfs, refuse, errors } = room(quick)
		await until('none', () => last()?.status === 'none' && last()?.reason === 'none-found')
		const phone = new VirtualPhone(phoneModels[1])
		const out = sysfs.plug({
			...described(phone),
			descriptor: phone.descriptor.subarray(0, 41),
			hidraw: 7,
			port: '2-1',
		})
		await until('the fault', () => last()?.reason === 'malformed-descriptor')
		expect(last()).toMatchObject({ status: 'lost', state: null })
		out()
		refuse(new DeviceError('unauthorized', 'not ours'))
		plug(phoneModels[1])
		await until('the permission', () => last()?.reason === 'no-permission')
		expect(last()?.detail).toMatch(/^maru udev-rules .*\/etc\/udev\/rules\.d/)
		refuse(null)
		await until('the speakerphone', () => last()?.status === 'ready')
		expect(last()).toMatchObject({ reason: null, detail: null })
		expect(errors).toEqual([])
	})
})
