import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VirtualPhone } from '../../../drivers/virtual/phone.ts'

/** A sysfs of our own, as the kernel lays it out for HID devices on USB. */

export interface Described {
	name: string
	vendorId: number
	productId: number
	/** bcdDevice. */
	version: number
	descriptor: Uint8Array
	serial?: string
	/** Its place on the bus; default 1-1. */
	port?: string
	/** Null: the kernel ignores its HID. Default 0. */
	hidraw?: number | null
}

export interface Sysfs {
	readonly root: string
	/** Returns the way to take it away again. */
	plug(device: Described): () => void
	end(): void
}

const hex = (value: number) => value.toString(16).toUpperCase().padStart(4, '0')

export function makeSysfs(): Sysfs {
	const root = mkdtempSync(join(tmpdir(), 'maru-sysfs-'))
	for (const folder of ['class/hidraw', 'bus/usb/devices', 'devices/pci/usb1'])
		mkdirSync(join(root, folder), { recursive: true })
	let instance = 0
	return {
		root,
		plug({ name, vendorId, productId, version, descriptor, serial, port = '1-1', hidraw = 0 }) {
			const usb = join(root, 'devices/pci/usb1', port)
			mkdirSync(usb, { recursive: true })
			const files = { idVendor: vendorId, idProduct: productId, bcdDevice: version }
			for (const [file, value] of Object.entries(files)) writeFileSync(join(usb, file), `${hex(value).toLowerCase()}\n`)
			if (serial) writeFileSync(join(usb, 'serial'), `${serial}\n`)
			const links = [join(root, 'bus/usb/devices', port)]
			symlinkSync(usb, links[0] as string)
			if (hidraw !== null) {
				const bus = `0003:${hex(vendorId)}:${hex(productId)}.${hex(++instance)}`
				const hid = join(usb, `${port}:1.3`, bus)
				mkdirSync(hid, { recursive: true })
				const id = `0003:0000${hex(vendorId)}:0000${hex(productId)}`
				writeFileSync(
					join(hid, 'uevent'),
					`DRIVER=hid-generic\nHID_ID=${id}\nHID_NAME=${name}\nHID_UNIQ=${serial ?? ''}\n`,
				)
				writeFileSync(join(hid, 'report_descriptor'), descriptor)
				const node = join(hid, 'hidraw', `hidraw${hidraw}`)
				mkdirSync(node, { recursive: true })
				symlinkSync(hid, join(node, 'device'))
				links.push(join(root, `class/hidraw/hidraw${hidraw}`))
				symlinkSync(node, links[1] as string)
			}
			return () => {
				for (const path of [...links.reverse(), usb]) rmSync(path, { recursive: true, force: true })
			}
		},
		end: () => rmSync(root, { recursive: true, force: true }),
	}
}

export const described = ({ model, descriptor }: VirtualPhone): Described => ({
	...{ name: model.name, vendorId: model.vendorId, productId: model.productId, version: model.version },
	descriptor,
})
