import { closeSync, openSync, writeSync } from 'node:fs'
import type { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { readFrom } from './reader.ts'

/**
 * A socket that virtual phones are plugged into, and the kernel takes them for real: /dev/uhid, which speaks in
 * `struct uhid_event` (packed, see linux/uhid.h). A device made so has no USB device above it, and so no sound card.
 */
export interface Uhid {
	/** One at a time. */
	plug(phone: VirtualPhone, serial?: string): void
	unplug(): void
	close(): void
}

const types = {
	destroy: 1,
	output: 6,
	getReport: 9,
	getReportReply: 10,
	create: 11,
	input: 12,
	setReport: 13,
	setReportReply: 14,
}
const eventBytes = 4380 // sizeof(struct uhid_event)
const busUsb = 3
const notSupported = 95 // EOPNOTSUPP

/** Root's to do; what is open stays usable when the process becomes another user. */
export function openUhid(): Uhid {
	const fd = openSync('/dev/uhid', 'r+')
	let plugged: VirtualPhone | null = null
	let rest = Buffer.alloc(0)
	const stop = readFrom(fd, (bytes) => {
		rest = Buffer.concat([rest, bytes])
		for (; rest.length >= eventBytes; rest = rest.subarray(eventBytes)) hear(rest.subarray(0, eventBytes))
	})

	function hear(event: Buffer): void {
		const id = event.readUInt32LE(4)
		switch (event.readUInt32LE(0)) {
			case types.output: // u8 data[4096], u16 size, u8 rtype
				obey(event.subarray(4, 4 + event.readUInt16LE(4 + 4096)))
				break
			case types.setReport: // u32 id, u8 rnum, u8 rtype, u16 size, u8 data[]
				obey(event.subarray(12, 12 + event.readUInt16LE(10)))
				say(types.setReportReply, number(id, 4), number(0, 2))
				break
			case types.getReport:
				say(types.getReportReply, number(id, 4), number(notSupported, 2), number(0, 2))
		}
	}

	function obey(report: Buffer): void {
		// Where a device has no ids, hidraw's callers begin with a 0, which a USB driver takes away and uhid does not.
		const numbered = plugged?.model.inputBytes[0] === undefined
		plugged?.onOutput(numbered ? report : report.subarray(1))
	}

	function say(type: number, ...parts: Uint8Array[]): void {
		writeSync(fd, Buffer.concat([number(type, 4), ...parts]))
	}

	return {
		plug(phone, serial = '') {
			plugged = phone
			phone.emit = (report) => say(types.input, number(report.length, 2), report)
			const { name, vendorId, productId, version } = phone.model
			const data = Buffer.alloc(4096)
			data.set(phone.descriptor)
			say(
				types.create,
				...[text(name, 128), text('', 64), text(serial, 64), number(phone.descriptor.length, 2), number(busUsb, 2)],
				...[number(vendorId, 4), number(productId, 4), number(version, 4), number(0, 4), data],
			)
		},
		unplug() {
			plugged?.powerOff()
			plugged = null
			say(types.destroy)
		},
		close() {
			stop()
			closeSync(fd)
		},
	}
}

function number(value: number, bytes: 2 | 4): Buffer {
	const buffer = Buffer.alloc(bytes)
	buffer.writeUIntLE(value, 0, bytes)
	return buffer
}

function text(value: string, bytes: number): Buffer {
	const buffer = Buffer.alloc(bytes)
	buffer.write(value, 0, bytes - 1)
	return buffer
}
