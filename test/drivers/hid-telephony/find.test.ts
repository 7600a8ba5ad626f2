import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findHid, findSpeakerphone } from '../../../drivers/hid-telephony/find.ts'
import { udevRules } from '../../../drivers/hid-telephony/vendors.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { bytes } from '../hex.ts'
import { described, makeSysfs, type Sysfs } from './sysfs.ts'

/** Devices as sysfs tells of them. */

const [plain, jabra, , , , switchMute] = phoneModels.map((model) => described(new VirtualPhone(model)))
if (!plain || !jabra || !switchMute) throw new Error('no phones')
/** HID 1.11, E.10: a mouse. */
const mouse = {
	...{ name: 'Mouse', vendorId: 0x046d, productId: 0xc077, version: 0x7200 },
	descriptor: bytes(
		'05 01 09 02 A1 01 09 01 A1 00 05 09 19 01 29 03 15 00 25 01 95 03 75 01 81 02 95 01 75 05 81 03 05 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 06 C0 C0',
	),
}
let sysfs: Sysfs
beforeEach(() => {
	sysfs = makeSysfs()
})
afterEach(() => sysfs.end())

const found = (match: Parameters<typeof findSpeakerphone>[0] = 'auto') => findSpeakerphone(match, sysfs.root)

describe('A speakerphone', () => {
	it('is found with its name, serial number, firmware and place on the bus', async () => {
		sysfs.plug({ ...jabra, serial: '50C9711D1DA4', port: '1-2.4', hidraw: 3 })
		expect(await found()).toMatchObject({
			path: '/dev/hidraw3',
			model: {
				...{
					name: 'SPEAK-like 510 USB',
					vendorId: 0x0b0e,
					productId: 0x0422,
					serial: '50C9711D1DA4',
					firmware: '2.14',
				},
				usb: join(sysfs.root, 'devices/pci/usb1/1-2.4'),
			},
			layout: { capabilities: { hook: 'level', mute: 'one-shot' } },
		})
	})

	it('is none of the mice and keyboards', async () => {
		sysfs.plug({ ...mouse, hidraw: 0 })
		await expect(found()).rejects.toMatchObject({ code: 'unreachable', fault: 'none-found' })
		await expect(found({ vendorId: 0x046d })).rejects.toMatchObject({ code: 'unsupported', fault: 'no-telephony' })
		expect(await findHid(sysfs.root)).toHaveLength(1)
	})

	it('of several is the one that can do most, then the one at the first port, however they are counted', async () => {
		sysfs.plug({ ...mouse, port: '1-1', hidraw: 0 })
		sysfs.plug({ ...plain, port: '1-10', hidraw: 1 })
		const out = sysfs.plug({ ...jabra, port: '1-9', hidraw: 2 })
		expect((await found()).path).toBe('/dev/hidraw2')
		out()
		expect((await found()).path).toBe('/dev/hidraw1')
	})

	it('is the one that the configuration names', async () => {
		sysfs.plug({ ...jabra, serial: 'A', port: '1-1', hidraw: 0 })
		sysfs.plug({ ...jabra, serial: 'B', port: '1-2', hidraw: 1 })
		sysfs.plug({ ...plain, port: '1-3', hidraw: 2 })
		expect((await found({ vendorId: 0x0b0e })).path).toBe('/dev/hidraw0')
		expect((await found({ vendorId: 0x0b0e, productId: 0x0422, serial: 'B' })).path).toBe('/dev/hidraw1')
		expect((await found({ vendorId: plain.vendorId })).path).toBe('/dev/hidraw2')
		await expect(found({ vendorId: 0x0b0e, serial: 'C' })).rejects.toMatchObject({ fault: 'none-found' })
		await expect(found({ vendorId: 0x0b0e, productId: 1 })).rejects.toMatchObject({ fault: 'none-found' })
	})

	it.each([
		['Jabra Speak 410', 0x0412, 0x0110, '1.11'],
		['Jabra Speak 510', 0x0420, 0x0213, '2.14'],
	])('of old firmware is named: %s, of which the kernel shows no hidraw', async (name, productId, version, good) => {
		sysfs.plug({ ...jabra, productId, version, hidraw: null })
		await expect(found()).rejects.toMatchObject({
			...{ code: 'unsupported', fault: 'old-firmware', detail: good },
			message: expect.stringContaining(name),
		})
		await expect(found({ vendorId: 0x047f })).rejects.toMatchObject({ fault: 'none-found' })
	})

	it('of firmware that is good is not', async () => {
		sysfs.plug({ ...jabra, productId: 0x0420, version: 0x0214, hidraw: null })
		await expect(found()).rejects.toMatchObject({ fault: 'none-found' })
	})

	it('that describes itself wrongly is named with the fault, unless another one works', async () => {
		sysfs.plug({ ...jabra, descriptor: jabra.descriptor.subarray(0, 40), port: '1-1', hidraw: 0 })
		await expect(found()).rejects.toMatchObject({ fault: 'malformed-descriptor', detail: 'cut-short' })
		sysfs.plug({ ...plain, port: '1-2', hidraw: 1 })
		expect((await found()).path).toBe('/dev/hidraw1')
	})

	it('is not what any other device is that describes itself wrongly', async () => {
		sysfs.plug({ ...mouse, vendorId: 0x1234, descriptor: mouse.descriptor.subarray(0, 20), hidraw: 0 })
		await expect(found()).rejects.toMatchObject({ fault: 'none-found' })
		await expect(found({ vendorId: 0x1234 })).rejects.toMatchObject({ fault: 'malformed-descriptor' })
	})

	it('is not looked for where there is no HID at all, or where a device goes while it is read', async () => {
		await expect(findSpeakerphone('auto', '/nowhere')).rejects.toMatchObject({ fault: 'none-found' })
		sysfs.plug({ ...jabra, hidraw: 0 })
		const { place } = await found()
		writeFileSync(join(place, 'uevent'), '')
		await expect(found()).rejects.toMatchObject({ fault: 'none-found' })
	})
})

describe('udev’s rules', () => {
	it('let a group speak with each maker’s devices, and keep desktops from their keys', () => {
		const rules = udevRules('maru', [0x0b0e, 0xabc])
		expect(rules).toContain('SUBSYSTEM=="hidraw", KERNELS=="0003:0B0E:*", GROUP="maru", MODE="0660"\n')
		expect(rules).toContain('SUBSYSTEM=="input", KERNELS=="0003:0B0E:*", ENV{LIBINPUT_IGNORE_DEVICE}="1"\n')
		expect(rules.match(/0003:0B0E/g)).toHaveLength(2)
		expect(rules).toMatch(/hidraw", KERNELS=="0003:0ABC:\*", .*ID_USB_INTERFACES}=="\*:0101\*", GROUP/)
	})

	it('leave keyboards alone, also those of a maker of both', () => {
		for (const line of udevRules('maru')
			.split('\n')
			.filter((line) => line.includes('046D'))) {
			expect(line).toContain('ID_USB_INTERFACES')
		}
	})
})
