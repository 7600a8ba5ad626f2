import { join } from 'node:path'
import { certificateNames } from '../config-ports.ts'
import { type Certificates, openCertificates } from '../identity/certificates.ts'
import { readOwnCertificate } from '../identity/own-certificate.ts'
import { keepRenewed } from '../identity/renewal.ts'
import type { House } from './house.ts'

/** What the HTTPS listener shows: the city's certificate where maru.yaml names one, else ours. */
export interface ShownCertificate {
	/** As it is now: another one after it was renewed. */
	readonly current: Certificates
	/** Looks for a new one, and tells of it, until the function that it returns is called. */
	keepRenewed(onRenewed: (next: Certificates) => void): () => void
}

/** Whoever renews a certificate of the city's does so days before: this is soon enough. */
const ownCertificateMs = 3_600_000

export async function openCertificate({ config, dataDir, outside, now, log }: House): Promise<ShownCertificate> {
	const { certificate: files } = config
	const ours = () => openCertificates({ dir: join(dataDir, 'certificates'), ...certificateNames(outside), now })
	const open = files ? async () => readOwnCertificate(files) : ours
	let current: Certificates = await open().catch((error: unknown) => {
		if (!files) throw error
		// Panels and stage need none, and whoever joins is warned of any other as well.
		log.error({ reason: String(error) }, 'the certificate of maru.yaml cannot be used, ours is shown instead')
		return ours()
	})
	return {
		get current() {
			return current
		},
		keepRenewed: (onRenewed) =>
			keepRenewed({
				...{ current, open, log: log.child({ module: 'certificates' }) },
				...(files && { everyMs: ownCertificateMs }),
				onRenewed(next) {
					current = next
					onRenewed(next)
				},
			}),
	}
}
