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
const waitMs = 5_000

/** The longest report, with its id. */
const packetBytes = 64

/**
 * Root's to do. `outputBytes`: of its output reports, with their id. `functions`: what it is besides, by the kernel's
 * names for it ('uac1': sound).
 */
export function createGadget(phone: VirtualPhone, outputBytes: number, functions: readonly string[] = []): Gadget {
	execFileSync('modprobe', ['-a', 'dummy_hcd', 'libcomposite'])
	describe(phone)
	for (const name of ['hid', ...functions]) link(`${name}.0`)
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
			const parts = ['hid', ...functions].map((name) => `${name}.0`)
			for (const part of parts) unlinkSync(join(folder, 'configs/c.1', part))
			const folders = [
				...parts.map((part) => `functions/${part}`),
				'configs/c.1/strings/0x409',
				'configs/c.1',
				'strings/0x409',
			]
			for (const path of [...folders, '']) rmdirSync(join(folder, path))
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
}

/** A function becomes a part of the device by a link. */
function link(name: string): void {
	mkdirSync(join(folder, 'functions', name), { recursive: true })
	symlinkSync(join(folder, 'functions', name), join(folder, 'configs/c.1', name))
}
