import type { types } from 'mediasoup-client'
import { keepIn } from '../keep.ts'

/** mediasoup's device: what this browser and the hub can do together. To ask the browser takes a slow PC a tenth of a second. */

/** What the hub could do the last time; it changes with versions of Maru only. */
const kept = 'maru.router'
/** A page within another one's frame may be forbidden to remember anything, and joins all the same. */
const keep = keepIn(() => localStorage)
/** What the page has: it comes back sooner after a loss. */
let known: { capabilities: string; device: Promise<types.Device> } | null = null

/** Fetches mediasoup-client ahead of time, and has the device ready for a hub that is as it was. */
export async function prepareMedia(): Promise<void> {
	const capabilities = keep.getItem(kept)
	if (capabilities === null) return void (await Promise.all([import('mediasoup-client'), warm().catch(() => {})]))
	const device = Promise.resolve(capabilities).then(JSON.parse).then(load)
	known = { capabilities, device }
	// Kept by another version, or by hand: the join makes another one.
	await device.catch(() => {})
}

/** The browser's first connection is the one that takes long: it loads its codecs and starts its threads. None is made. */
async function warm(): Promise<void> {
	const connection = new RTCPeerConnection()
	try {
		for (const kind of ['audio', 'video']) connection.addTransceiver(kind)
		await connection.createOffer()
	} finally {
		connection.close()
	}
}

/**
 * A mediasoup device that knows what this browser and the hub can do together: the same one for each join of a page, as long
 * as the hub can do the same. Rejects where the browser cannot.
 */
export async function loadDevice(routerRtpCapabilities: object): Promise<types.Device> {
	const capabilities = JSON.stringify(routerRtpCapabilities)
	if (known?.capabilities !== capabilities) known = { capabilities, device: load(routerRtpCapabilities) }
	// What could not be made ahead of time may be made now.
	known.device = known.device.catch(() => load(routerRtpCapabilities))
	const device = await known.device
	keep.setItem(kept, capabilities)
	return device
}

async function load(routerRtpCapabilities: object): Promise<types.Device> {
	const { Device } = await import('mediasoup-client')
	const device = await Device.factory()
	await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities })
	return device
}
