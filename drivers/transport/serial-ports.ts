import { readdir, readlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export interface SerialPortFound {
	/** Stays the same after a restart, and when other adapters come and go. */
	path: string
	/** From the adapter's own words where it has any. */
	name: string
}

interface PortLink {
	path: string
	link: string
	device: string
}

/**
 * The serial adapters of this machine, by the links that udev keeps below /dev/serial. Lines on the board have no such
 * links, and most of those that the kernel counts lead nowhere: who has one knows its path.
 */
export async function findSerialPorts(folder = '/dev/serial'): Promise<SerialPortFound[]> {
	const [byId, byPath] = await Promise.all([links(join(folder, 'by-id')), links(join(folder, 'by-path'))])
	const devices = [...new Set([...byId, ...byPath].map(({ device }) => device))]
	// Adapters without a serial number share one id, which leads to whichever came last: then only the socket tells them apart.
	const unique = byPath.every(({ device }) => byId.some((one) => one.device === device))
	const found = devices.flatMap((device) => {
		const id = byId.find((one) => one.device === device)
		const socket = byPath.find((one) => one.device === device)
		const best = unique ? (id ?? socket) : (socket ?? id)
		return best ? [{ path: best.path, name: nameOf((id ?? best).link) }] : []
	})
	return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** None where there is no such folder: no adapter was ever plugged in. */
async function links(folder: string): Promise<PortLink[]> {
	const names = await readdir(folder).catch(() => [])
	const read = names.sort().map(async (link): Promise<PortLink[]> => {
		const path = join(folder, link)
		const target = await readlink(path).catch(() => null)
		return target === null ? [] : [{ path, link, device: resolve(folder, target) }]
	})
	return (await Promise.all(read)).flat()
}

/** 'usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0' → 'FTDI FT232R USB UART A50285BI'. */
function nameOf(link: string): string {
	return link
		.replace(/^usb-/, '')
		.replace(/-if00(-port0)?$/, '')
		.replaceAll('_', ' ')
}
