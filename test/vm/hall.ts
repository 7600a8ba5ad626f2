/** What the service of the virtual machine is configured for. The tests bring its devices. */

export const adapterSerial = 'MARU1'
/** The service has no other speakerphone, whatever else is plugged in at the same time. */
export const phoneSerial = 'HALL'

export const hall = {
	cameras: [
		{
			...{ id: 'front', name: '정면', driver: 'visca-serial', address: 1 },
			path: `/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_${adapterSerial}-if00-port0`,
		},
	],
	speakerphone: { driver: 'hid-telephony', match: { vendorId: 0x0b0e, serial: phoneSerial } },
}
