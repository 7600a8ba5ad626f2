import type { Logger } from 'pino'
import type { Certificates } from './certificates.ts'

/**
 * A service may run for longer than its certificate, and its addresses change meanwhile: looked at each day, a new one is in
 * force without a restart. So no timer of systemd's is needed, which could only restart the service.
 */

const dayMs = 86_400_000

export interface RenewalOptions {
	current: Certificates
	/** What holds now; made anew where it runs out. */
	open(): Promise<Certificates>
	/** How often it is looked at; each day, where nothing is said. */
	everyMs?: number
	/** Another than before. */
	onRenewed(next: Certificates): void
	log: Pick<Logger, 'info' | 'error'>
}

/** Looks until the function that it returns is called. */
export function keepRenewed({ current, open, onRenewed, log, everyMs = dayMs }: RenewalOptions): () => void {
	let { cert } = current
	async function look() {
		try {
			const next = await open()
			if (next.cert === cert) return
			onRenewed(next)
			cert = next.cert
			log.info('the certificate is a new one')
		} catch (error) {
			// It lasts for weeks yet: tomorrow it is tried again.
			log.error({ reason: String(error) }, 'the certificate could not be renewed')
		}
	}
	const looks = setInterval(() => void look(), everyMs)
	return () => clearInterval(looks)
}
