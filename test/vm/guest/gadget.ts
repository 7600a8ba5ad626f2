import { execFileSync } from 'node:child_process'
import {
	closeSync,
	existsSync,
	mkdirSync,
	openSync,
	rmdirSync,
	symlinkSync,
	unlinkSync,
	writeFileSync,
	writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { readFrom } from './reader.ts'

/**
 * A virtual phone as a USB device that this machine is itself, on a cable to its own host controller (dummy_hcd): it is
 * really plugged in, enumerated and pulled out. The device's end of its HID interface is /dev/hidg0.
 */
export interface Gadget {
	/** Resolves when the phone's own end is there. The host takes a moment longer. */
	plug(): Promise<void>
	unplug(): void
	/** Takes the device apart, so that another can be made. It must be unplugged. */
	close(): void
}

const folder = '/sys/kernel/config/usb_gadget/phone'
const controller = 'dummy_udc.0'
const node = '/dev/hidg0'
/** By this link the function is a part of the device. */
const part = 'configs/c.1/hid.0'
const waitMs = 5_000

/** The longest report, with its id. */
const packetBytes = 64

/**
 * Root's to do. `outputBytes`: of its output reports, with their id. It can't be a sound card as well: this controller
 * has no isochronous endpoint.
 */
export function createGadget(phone: VirtualPhone, outputBytes: number): Gadget {
	execFileSync('modprobe', ['-a', 'dummy_hcd', 'libcomposite'])
	describe(phone)
	let fd = -1
	let stop = () => {}

	return {
		async plug() {
			writeFileSync(join(folder, 'UDC'), controller)
			for (const until = Date.now() + waitMs; !existsSync(node); await sleep(5)) {
				if (Date.now() > until) throw new Error(`${node} did not appear`)
			}
			fd = openSync(node, 'r+')
			phone.emit = (report) => void writeSync(fd, report)
			stop = readFrom(fd, (bytes) => {
				for (let at = 0; at < bytes.length; at += outputBytes) phone.onOutput(bytes.subarray(at, at + outputBytes))
			})
		},
		unplug() {
			phone.powerOff()
			writeFileSync(join(folder, 'UDC'), '\n')
			stop()
			closeSync(fd)
		},
		close() {
			unlinkSync(join(folder, part))
			const folders = ['functions/hid.0', 'configs/c.1/strings/0x409', 'configs/c.1', 'strings/0x409', '']
			for (const name of folders) rmdirSync(join(folder, name))
		},
	}
}

/** As configfs wants it: an attribute is a file. */
function describe({ model, descriptor }: VirtualPhone): void {
	const hex = (value: number) => `0x${value.toString(16)}`
	for (const part of ['strings/0x409', 'configs/c.1/strings/0x409', 'functions/hid.0']) {
		mkdirSync(join(folder, part), { recursive: true })
	}
	const attributes: Record<string, string | Uint8Array> = {
		idVendor: hex(model.vendorId),
		idProduct: hex(model.productId),
		bcdDevice: hex(model.version),
		'strings/0x409/serialnumber': 'MARU0001',
		'strings/0x409/product': model.name,
		'functions/hid.0/report_length': `${packetBytes}`,
		'functions/hid.0/report_desc': descriptor,
	}
	for (const [name, value] of Object.entries(attributes)) writeFileSync(join(folder, name), value)
	symlinkSync(join(folder, 'functions/hid.0'), join(folder, part))
}
