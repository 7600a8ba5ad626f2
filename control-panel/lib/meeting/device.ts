import type { types } from 'mediasoup-client'
import { keepIn } from '../keep.ts'

/** mediasoup's device: what this browser and the hub can do together. To ask the browser takes a slow PC a tenth of a second. */

/** What the hub could do the last time; it changes with versions of Maru only. */
const kept = 'maru.router'
/** A page within another one's frame may be forbidden to remember anything, and joins all the same. */
const keep = keepIn(() => localStorage)
let prepared: { capabilities: string; device: Promise<types.Device> } | null = null

/** Fetches mediasoup-client ahead of time, and has the device ready for a hub that is as it was. */
export async function prepareMedia(): Promise<void> {
	const capabilities = keep.getItem(kept)
	if (capabilities === null) return void (await Promise.all([import('mediasoup-client'), warm().catch(() => {})]))
	prepared = { capabilities, device: Promise.resolve(capabilities).then(JSON.parse).then(load) }
	// Kept by another version, or by hand: the join makes another one.
	await prepared.device.catch(() => {})
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

/** A mediasoup device that knows what this browser and the hub can do together. Rejects where the browser cannot. */
export async function loadDevice(routerRtpCapabilities: object): Promise<types.Device> {
	const capabilities = JSON.stringify(routerRtpCapabilities)
	const ready = prepared?.capabilities === capabilities ? prepared.device.catch(() => null) : null
	prepared = null
	const device = (await ready) ?? (await load(routerRtpCapabilities))
	keep.setItem(kept, capabilities)
	return device
}

async function load(routerRtpCapabilities: object): Promise<types.Device> {
	const { Device } = await import('mediasoup-client')
	const device = await Device.factory()
	await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities })
	return device
}
