import { readdir, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Speakerphone, SpeakerphoneError } from '../speakerphone.ts'
import type { HidTelephonyConfig } from './config.ts'
import { DescriptorError, type DescriptorFault, parseDescriptor } from './descriptor.ts'
import { type Layout, layoutOf } from './layout.ts'
import { makesSpeakerphones, oldFirmware } from './vendors.ts'

/**
 * The HID devices of this machine, from sysfs. Each stands there once, however many usages it has on its top level (by
 * which libraries list it several times). Descriptors come from there alone: the ioctl for them is out of Node's reach,
 * and every kernel that has hidraw has the file.
 */

export interface FoundDevice {
	/** /dev/hidraw0: another one after the next plug. */
	path: string
	/** Where the device itself is in sysfs: never used twice while the machine runs. */
	place: string
	model: Speakerphone['model']
	/** What it has of a telephone; null: nothing; or why that cannot be read. */
	layout: Layout | DescriptorFault | null
}

type Match = HidTelephonyConfig['match']

/** The one to use. Throws a SpeakerphoneError that says why there is none. */
export async function findSpeakerphone(match: Match, sys = '/sys'): Promise<FoundDevice & { layout: Layout }> {
	const matching = (await findHid(sys)).filter(({ model }) => matches(match, model))
	const [best] = matching
		.flatMap((device) => (isLayout(device.layout) ? [{ ...device, layout: device.layout }] : []))
		.sort(byRank)
	if (best) return best
	const malformed = matching.find(({ layout, model }) => {
		return typeof layout === 'string' && (match !== 'auto' || makesSpeakerphones(model.vendorId))
	})
	if (malformed && typeof malformed.layout === 'string') {
		const { name } = malformed.model
		const message = `${name} describes itself wrongly: ${malformed.layout}`
		throw new SpeakerphoneError('unsupported', 'malformed-descriptor', message, malformed.layout)
	}
	const old = await findOldFirmware(match, sys)
	if (old) throw old
	const [other] = matching
	if (other && match !== 'auto') {
		throw new SpeakerphoneError(
			'unsupported',
			'no-telephony',
			`${other.model.name} has neither keys nor lamps of a telephone`,
		)
	}
	throw new SpeakerphoneError('unreachable', 'none-found', 'no speakerphone is plugged in')
}

const isLayout = (layout: FoundDevice['layout']): layout is Layout => layout !== null && typeof layout !== 'string'

function matches(
	match: Match,
	{ vendorId, productId, serial }: Pick<Speakerphone['model'], 'vendorId' | 'productId' | 'serial'>,
) {
	if (match === 'auto') return true
	const product = match.productId === undefined || match.productId === productId
	return match.vendorId === vendorId && product && (match.serial === undefined || match.serial === serial)
}

/** Who can do more comes first, then who is plugged in nearer to the first port: the same after every start. */
function byRank(one: FoundDevice & { layout: Layout }, other: FoundDevice & { layout: Layout }): number {
	return (
		abilities(other.layout) - abilities(one.layout) || portOf(one).localeCompare(portOf(other), 'en', { numeric: true })
	)
}

const portOf = ({ model, place }: FoundDevice) => `${model.usb ?? ''} ${place}`

function abilities({ capabilities: { hook, mute, lamps } }: Layout): number {
	return [hook !== null, mute !== null, lamps.offHook, lamps.mute].filter(Boolean).length
}

export async function findHid(sys: string): Promise<FoundDevice[]> {
	const folder = join(sys, 'class/hidraw')
	const names = await readdir(folder).catch(() => [])
	const found = await Promise.all(names.map((name) => readHid(folder, name).catch(() => null)))
	return found.filter((device) => device !== null)
}

/** Rejects, or null: it has just been unplugged, or is none. */
async function readHid(folder: string, name: string): Promise<FoundDevice | null> {
	const place = await realpath(join(folder, name, 'device'))
	const event = Object.fromEntries(
		(await readFile(join(place, 'uevent'), 'utf8')).split('\n').map((line) => {
			const [key = '', ...value] = line.split('=')
			return [key, value.join('=').trim()]
		}),
	)
	const [, vendor, product] = /^[0-9A-F]+:([0-9A-F]+):([0-9A-F]+)$/i.exec(event.HID_ID ?? '') ?? []
	if (vendor === undefined || product === undefined) return null
	const usb = await usbAbove(place)
	return {
		...{ path: `/dev/${name}`, place },
		model: {
			...{
				name: event.HID_NAME || name,
				vendorId: Number.parseInt(vendor, 16),
				productId: Number.parseInt(product, 16),
			},
			serial: event.HID_UNIQ || (usb && (await readText(join(usb, 'serial')))) || null,
			firmware: firmwareOf(usb && (await readText(join(usb, 'bcdDevice')))),
			usb,
		},
		layout: read(await readFile(join(place, 'report_descriptor'))),
	}
}

function read(descriptor: Uint8Array): FoundDevice['layout'] {
	try {
		return layoutOf(parseDescriptor(descriptor))
	} catch (error) {
		if (error instanceof DescriptorError) return error.fault
		throw error
	}
}

/** The USB device that it is an interface of; null: it is none (Bluetooth, uhid). */
async function usbAbove(place: string): Promise<string | null> {
	for (
		let folder = dirname(place);
		basename(folder) !== 'devices' && folder !== dirname(folder);
		folder = dirname(folder)
	) {
		if ((await readText(join(folder, 'idVendor'))) !== null) return folder
	}
	return null
}

/** One that the kernel ignores: it is plugged in, and has no hidraw. */
async function findOldFirmware(match: Match, sys: string): Promise<SpeakerphoneError | null> {
	const folder = join(sys, 'bus/usb/devices')
	for (const name of (await readdir(folder).catch(() => [])).sort()) {
		const number = async (file: string) => Number.parseInt((await readText(join(folder, name, file))) ?? '', 16)
		const [vendorId, productId, version] = [
			await number('idVendor'),
			await number('idProduct'),
			await number('bcdDevice'),
		]
		const old = oldFirmware.find(
			(one) => one.vendorId === vendorId && one.productId === productId && version < one.good,
		)
		if (!old || !matches(match, { vendorId, productId, serial: await readText(join(folder, name, 'serial')) })) continue
		const good = firmwareOf(old.good.toString(16))
		const message = `the firmware of ${old.name} is too old (${firmwareOf(version.toString(16))}): ${good} is needed`
		return new SpeakerphoneError('unsupported', 'old-firmware', message, good)
	}
	return null
}

/** bcdDevice '0214' → '2.14'. */
function firmwareOf(bcd: string | null): string | null {
	if (bcd === null || !/^[0-9a-f]{1,4}$/i.test(bcd)) return null
	const [major, minor] = [bcd.slice(0, -2), bcd.slice(-2)]
	return `${Number.parseInt(major || '0', 16).toString(16)}.${minor.padStart(2, '0')}`
}

async function readText(file: string): Promise<string | null> {
	return readFile(file, 'utf8').then(
		(text) => text.trim() || null,
		() => null,
	)
}
