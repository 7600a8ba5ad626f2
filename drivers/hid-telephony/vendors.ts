/**
 * Makers of speakerphones: names, ids and notes, for udev's rules and for people. How a device speaks is no part of this;
 * any device whose descriptor has a telephone in it works.
 */
interface Vendor {
	readonly name: string
	/** USB, as in usb.ids. */
	readonly id: number
	/** It makes keyboards and mice too, which are nobody's business here. */
	readonly makesKeyboards: boolean
	readonly note: string
}

const vendors: readonly Vendor[] = [
	{
		name: 'Jabra (GN)',
		id: 0x0b0e,
		makesKeyboards: false,
		note: 'Speak, Evolve, PanaCast; falls back after about 2 s',
	},
	{
		name: 'Poly (Plantronics)',
		id: 0x047f,
		makesKeyboards: false,
		note: 'Sync, Calisto; may have a report for each key',
	},
	{ name: 'Yealink', id: 0x6993, makesKeyboards: false, note: 'CP700, CP900, SP92' },
	{ name: 'Logitech', id: 0x046d, makesKeyboards: true, note: 'MeetUp, Group, Rally Speakerphone' },
	{ name: 'EPOS (Sennheiser)', id: 0x1395, makesKeyboards: false, note: 'EXPAND SP' },
	{ name: 'Cisco', id: 0x05a6, makesKeyboards: false, note: 'Headset 500, 700' },
]

/**
 * The kernel ignores the HID of these below this bcdDevice (hid-quirks.c): they sound, and no key or lamp of theirs works.
 */
export const oldFirmware = [
	{ name: 'Jabra Speak 410', vendorId: 0x0b0e, productId: 0x0412, good: 0x0111 },
	{ name: 'Jabra Speak 510', vendorId: 0x0b0e, productId: 0x0420, good: 0x0214 },
] as const

const known = (id: number) => vendors.some((vendor) => vendor.id === id)

/** Whether what this maker plugs in is likely to be a speakerphone. */
export const makesSpeakerphones = (id: number) => vendors.some((vendor) => vendor.id === id && !vendor.makesKeyboards)

const hex = (id: number) => id.toString(16).toUpperCase().padStart(4, '0')

/**
 * Rules that let a group speak with them, and keep desktops from making key presses of their keys, which would act twice.
 * `others`: ids of vendors that are not in the table.
 */
export function udevRules(group: string, others: readonly number[] = []): string {
	const all = [
		...vendors,
		...others
			.filter((id) => !known(id))
			.map((id) => ({ name: `0x${hex(id)}`, id, makesKeyboards: true, note: 'as configured' })),
	]
	const lines = all.flatMap(({ name, id, makesKeyboards, note }) => {
		const device = `KERNELS=="0003:${hex(id)}:*"`
		// What has a sound interface as well is no keyboard.
		const sound = makesKeyboards ? 'IMPORT{builtin}="usb_id", ENV{ID_USB_INTERFACES}=="*:0101*", ' : ''
		return [
			`# ${name}: ${note}`,
			`SUBSYSTEM=="hidraw", ${device}, ${sound}GROUP="${group}", MODE="0660"`,
			`SUBSYSTEM=="input", ${device}, ${sound}ENV{LIBINPUT_IGNORE_DEVICE}="1"`,
		]
	})
	return [
		'# Speakerphones: call control for Maru. Written by `maru udev-rules`; belongs in /etc/udev/rules.d/70-maru.rules.',
		...lines,
		'',
	].join('\n')
}

/** The command that gives this machine the rules, whoever types it; `group` of those who are to speak with the devices. */
export function udevCommand(vendorId: number, group: number): string {
	const vendor = known(vendorId) ? '' : ` --vendor ${hex(vendorId)}`
	return `maru udev-rules --group ${group}${vendor} | sudo tee /etc/udev/rules.d/70-maru.rules && sudo udevadm control --reload && sudo udevadm trigger`
}
