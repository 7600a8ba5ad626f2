import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { findSerialPorts } from '../../../drivers/transport/serial-ports.ts'

const folders: string[] = []
afterEach(() => {
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** Links as udev makes them: by-id and by-path, each to a tty. */
function machine(links: Record<string, string>): string {
	const folder = mkdtempSync(join(tmpdir(), 'maru-serial-'))
	folders.push(folder)
	for (const kind of ['by-id', 'by-path']) mkdirSync(join(folder, kind))
	for (const [link, tty] of Object.entries(links)) symlinkSync(`../../${tty}`, join(folder, link))
	return folder
}

it('A serial adapter is found by its serial number', async () => {
	const folder = machine({
		'by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0': 'ttyUSB0',
		'by-path/pci-0000:00:14.0-usb-0:2:1.0-port0': 'ttyUSB0',
		'by-path/pci-0000:00:14.0-usbv2-0:2:1.0-port0': 'ttyUSB0',
	})
	const path = join(folder, 'by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0')
	expect(await findSerialPorts(folder)).toEqual([{ path, name: 'FTDI FT232R USB UART A50285BI' }])
})

it('Two adapters without a serial number are told apart by their sockets', async () => {
	const folder = machine({
		'by-id/usb-1a86_USB_Serial-if00-port0': 'ttyUSB1',
		'by-path/pci-0000:00:14.0-usb-0:2:1.0-port0': 'ttyUSB0',
		'by-path/pci-0000:00:14.0-usb-0:3:1.0-port0': 'ttyUSB1',
	})
	expect(await findSerialPorts(folder)).toEqual([
		{
			path: join(folder, 'by-path/pci-0000:00:14.0-usb-0:2:1.0-port0'),
			name: 'pci-0000:00:14.0-usb-0:2:1.0-port0',
		},
		{ path: join(folder, 'by-path/pci-0000:00:14.0-usb-0:3:1.0-port0'), name: '1a86 USB Serial' },
	])
})

it('A machine that never had an adapter has no serial lines to offer', async () => {
	expect(await findSerialPorts('/nonexistent/serial')).toEqual([])
})
