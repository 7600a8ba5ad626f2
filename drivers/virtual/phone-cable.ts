import { DeviceError } from '../device.ts'
import type { HidPort } from '../transport/hidraw.ts'
import type { VirtualPhone } from './phone.ts'

/** A USB cable in memory: what the kernel's hidraw would be between a host and a virtual phone. */
export interface PhoneCable {
	/** What the host opens, each time anew. */
	open(): HidPort
	/** Pulls the plug: every open port is lost, and the phone remembers nothing. */
	unplug(): void
	/** From now on reports are taken and nothing of them arrives, as with a device whose firmware hangs. */
	hang(): void
}

/** A transfer takes a turn of the bus. */
const transferMs = 1

/** Reports arrive in order, each way, after a millisecond. */
export function plugIn(phone: VirtualPhone, transfer = transferMs): PhoneCable {
	const ports = new Set<{ hear(report: Uint8Array): void; lose(reason: DeviceError | undefined): void }>()
	let hung = false
	let out = false
	phone.emit = (report) => {
		setTimeout(() => {
			if (!out) for (const port of ports) port.hear(report)
		}, transfer)
	}

	return {
		open() {
			if (out) throw new DeviceError('lost', 'it is unplugged')
			const { promise: lost, resolve } = Promise.withResolvers<DeviceError | undefined>()
			let listener: ((report: Uint8Array) => void) | null = null
			const port = {
				hear: (report: Uint8Array) => listener?.(report),
				lose(reason: DeviceError | undefined) {
					ports.delete(port)
					resolve(reason)
				},
			}
			ports.add(port)
			return {
				lost,
				write(report) {
					if (out || !ports.has(port)) return Promise.reject(new DeviceError('lost', 'cannot write to hid device'))
					if (hung) return new Promise(() => {})
					return new Promise((written, fail) => {
						setTimeout(() => {
							if (out) return fail(new DeviceError('lost', 'cannot write to hid device'))
							// The kernel takes away an id of 0, which stands for none.
							phone.onOutput(report[0] === 0 ? report.subarray(1) : report)
							written()
						}, transfer)
					})
				},
				onReport(next) {
					listener = next
				},
				async [Symbol.asyncDispose]() {
					port.lose(undefined)
				},
			}
		},
		unplug() {
			out = true
			for (const port of [...ports]) port.lose(new DeviceError('lost', 'could not read from HID device'))
			phone.powerOff()
		},
		hang() {
			hung = true
		},
	}
}
