import 'reflect-metadata' // before @peculiar/x509, which needs it
import { createHash, createPrivateKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
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

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
const authorityDays = 3_650
/** Browsers refuse more. */
const leafDays = 397
const renewDays = 30

/**
 * Reads what is there; makes what is missing, runs out, or names other hosts than this machine now has. Rejects when the
 * authority is there and damaged: a new one would have to be installed on every PC again, and that is for a person to say.
 */
export async function openCertificates({ dir, names, addresses, now }: CertificateOptions): Promise<OurCertificates> {
	x509.cryptoProvider.set(webcrypto as Crypto)
	const authority = readAuthority(dir) ?? store(dir, 'ca', await makeAuthority(now()))
	const wanted = [...new Set([...names, ...addresses])]
	const stored = read(dir, 'server')
	const fresh = stored !== 'damaged' && stored !== null && stillGood(stored, authority, wanted, now())
	const leaf = fresh ? stored : store(dir, 'server', await makeLeaf(authority, names, addresses, now()))
	const spki = createHash('sha256').update(Buffer.from(leaf.certificate.publicKey.rawData)).digest('base64')
	return {
		key: leaf.key,
		cert: leaf.certificate.toString('pem'),
		authority: {
			pem: authority.certificate.toString('pem'),
			// As operating systems show it: AB:CD:…
			fingerprint: createHash('sha256')
				.update(Buffer.from(authority.certificate.rawData))
				.digest('hex')
				.toUpperCase()
				.replace(/..(?!$)/g, '$&:'),
		},
		spki,
	}
}

interface Pair {
	/** PKCS#8, PEM. */
	key: string
	certificate: x509.X509Certificate
}

async function makeAuthority(at: number): Promise<Pair> {
	const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serial(),
		// Its own name in each house, so that two appliances' authorities are told apart in a list.
		name: `CN=Maru ${randomBytes(3).toString('hex')}`,
		notBefore: new Date(at - dayMs),
		notAfter: new Date(at + authorityDays * dayMs),
		keys: keys as CryptoKeyPair,
		signingAlgorithm: algorithm,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as CryptoKey),
		],
	})
	return { key: await pem(keys.privateKey), certificate }
}

async function makeLeaf(
	authority: Pair,
	names: readonly string[],
	addresses: readonly string[],
	at: number,
): Promise<Pair> {
	const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
	const signingKey = await webcrypto.subtle.importKey(
		'pkcs8',
		x509.PemConverter.decodeFirst(authority.key),
		algorithm,
		false,
		['sign'],
	)
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: serial(),
		subject: `CN=${names[0] ?? addresses[0] ?? 'maru'}`,
		issuer: authority.certificate.subject,
		notBefore: new Date(at - dayMs),
		notAfter: new Date(at + leafDays * dayMs),
		publicKey: keys.publicKey as CryptoKey,
		signingKey: signingKey as CryptoKey,
		signingAlgorithm: algorithm,
		extensions: [
			new x509.BasicConstraintsExtension(false, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
			new x509.SubjectAlternativeNameExtension([
				...names.map((value) => ({ type: 'dns', value }) as const),
				...addresses.map((value) => ({ type: 'ip', value }) as const),
			]),
			await x509.AuthorityKeyIdentifierExtension.create(authority.certificate.publicKey),
		],
	})
	return { key: await pem(keys.privateKey), certificate }
}

function stillGood(leaf: Pair, authority: Pair, wanted: string[], at: number): boolean {
	const { certificate } = leaf
	const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? []
	const covered = wanted.every((name) => names.some(({ value }) => value === name))
	const lasts = certificate.notAfter.getTime() - at > renewDays * dayMs
	return covered && lasts && parsed(certificate).verify(parsed(authority.certificate).publicKey)
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
	const [key, text] = [readSecret(join(dir, `${name}.key`)), readSecret(join(dir, `${name}.crt`))]
	// The certificate is written last: a key alone is of a start that was interrupted, and nobody has seen it.
	if (text === null) return null
	if (key === null) return 'damaged'
	try {
		const certificate = new x509.X509Certificate(text)
		return parsed(certificate).checkPrivateKey(createPrivateKey(key)) ? { key, certificate } : 'damaged'
	} catch {
		return 'damaged'
	}
}

/** As Node has it, which can check signatures and keys without waiting. */
const parsed = (certificate: x509.X509Certificate) => new X509Certificate(Buffer.from(certificate.rawData))

function store(dir: string, name: string, pair: Pair): Pair {
	replaceSecret(join(dir, `${name}.key`), pair.key)
	replaceSecret(join(dir, `${name}.crt`), pair.certificate.toString('pem'), 0o644)
	return pair
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
	return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

/** Positive, as X.509 wants it. */
const serial = () => `01${randomBytes(15).toString('hex')}`
