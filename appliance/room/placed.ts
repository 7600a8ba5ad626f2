import type { Reach } from '../../drivers/reach.ts'
import { hostOf } from '../protocol/host.ts'

/**
 * Addresses of pictures, looked at before anybody connects to them. One gap is known: our own client follows no redirect of a
 * camera, ffmpeg does, to whatever address speaks RTSP; it has no switch against that.
 */

/**
 * The same with the address that its name means now, so that neither we nor ffmpeg ask for the name a second time. Written
 * anew from what was read: nobody reads another host out of it than we did. Rejects as `Reach.addressOf`.
 */
export async function placed(rtsp: string, reach: Reach): Promise<string> {
	return at(rtsp, await reach.addressOf(hostOf(rtsp)))
}

/** At once, where its host is an address that is allowed; null: it is a name, or refused. */
export function placedAtOnce(rtsp: string, reach: Reach): string | null {
	const host = hostOf(rtsp)
	return reach.allows(host) ? at(rtsp, host) : null
}

function at(rtsp: string, address: string): string {
	const url = new URL(rtsp)
	url.hostname = address.includes(':') ? `[${address}]` : address
	return url.href
}
