import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { join } from 'node:path'
import type { Made } from './certificate-making.ts'
import { readSecret, replaceSecret } from './secret-file.ts'

/** HTTPS without anybody's help: an authority of our own, made at first start, and a certificate that it signs; or the city's (own-certificate.ts). */
export interface Certificates {
	key: string
	cert: string
	/** Ours: what machines install. Null: browsers know who signed the certificate. */
	authority: { pem: string; fingerprint: string } | null
	/** SHA-256 of the server's public key in base64, for a Chromium that is to trust this server alone. */
	spki: string
}

export type OurCertificates = Certificates & { authority: NonNullable<Certificates['authority']> }

export interface CertificateOptions {
	dir: string
	names: readonly string[]
	addresses: readonly string[]
	now: () => number
}

const renewMs = 30 * 86_400_000
const making = () => import('./certificate-making.ts')

/**
 * Reads what is there; makes what is missing, runs out, or names other hosts than this machine now has. Rejects when the
 * authority is there and damaged: a new one would have to be installed on every PC again, and that is for a person to say.
 */
export async function openCertificates({ dir, names, addresses, now }: CertificateOptions): Promise<OurCertificates> {
	const authority = readAuthority(dir) ?? store(dir, 'ca', await (await making()).makeAuthority(now()))
	const wanted = [...new Set([...names, ...addresses])]
	const stored = read(dir, 'server')
	const fresh = stored !== 'damaged' && stored !== null && stillGood(stored, authority, wanted, now())
	const leaf = fresh
		? stored
		: store(dir, 'server', await (await making()).makeLeaf(authority, names, addresses, now()))
	return {
		key: leaf.key,
		cert: leaf.cert,
		// The fingerprint as operating systems show it: AB:CD:…
		authority: { pem: authority.cert, fingerprint: authority.certificate.fingerprint256 },
		spki: spkiOf(leaf.certificate),
	}
}

/** SHA-256 of its public key, in base64. */
export function spkiOf({ publicKey }: X509Certificate): string {
	return createHash('sha256')
		.update(publicKey.export({ type: 'spki', format: 'der' }))
		.digest('base64')
}

interface Pair extends Made {
	/** `cert`, read. */
	certificate: X509Certificate
}

function stillGood(leaf: Pair, authority: Pair, wanted: readonly string[], at: number): boolean {
	const { certificate } = leaf
	const covered = wanted.every((name) =>
		isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name, { subject: 'never', wildcards: false }),
	)
	const lasts = certificate.validToDate.getTime() - at > renewMs
	return covered && lasts && certificate.verify(authority.certificate.publicKey)
}

function readAuthority(dir: string): Pair | null {
	const stored = read(dir, 'ca')
	if (stored !== 'damaged') return stored
	throw new Error(
		`The authority in ${dir} is damaged: put ca.key and ca.crt back from a backup, or remove both, and install the new authority on every PC`,
	)
}

/** Null: there is none. 'damaged': it cannot be read, or key and certificate are not of one another. */
function read(dir: string, name: string): Pair | 'damaged' | null {
	const [key, cert] = [readSecret(join(dir, `${name}.key`)), readSecret(join(dir, `${name}.crt`))]
	// The certificate is written last: a key alone is of a start that was interrupted, and nobody has seen it.
	if (cert === null) return null
	if (key === null) return 'damaged'
	try {
		const certificate = new X509Certificate(cert)
		return certificate.checkPrivateKey(createPrivateKey(key)) ? { key, cert, certificate } : 'damaged'
	} catch {
		return 'damaged'
	}
}

function store(dir: string, name: string, { key, cert }: Made): Pair {
	replaceSecret(join(dir, `${name}.key`), key)
	replaceSecret(join(dir, `${name}.crt`), cert, 0o644)
	return { key, cert, certificate: new X509Certificate(cert) }
}
