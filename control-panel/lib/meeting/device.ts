import type { types } from 'mediasoup-client'

/** Fetches mediasoup-client ahead of time, so that a join does not wait for it. */
export function fetchMedia(): Promise<unknown> {
	return import('mediasoup-client')
}

/** A mediasoup device that knows what this browser and the hub can do together. Rejects where the browser cannot. */
export async function loadDevice(routerRtpCapabilities: object): Promise<types.Device> {
	const { Device } = await import('mediasoup-client')
	const device = await Device.factory()
	await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities })
	return device
}
