import 'reflect-metadata' // before @peculiar/x509, which needs it
import { randomBytes, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** Makes certificates. Apart from those who read them: what it needs is a tenth of what the service would load at each start. */

/** PEM; the key as PKCS#8. */
export interface Made {
	key: string
	cert: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
const authorityDays = 3_650
/** Browsers refuse more. */
const leafDays = 397
x509.cryptoProvider.set(webcrypto as Crypto)

/** An authority of our own, good for ten years. */
export async function makeAuthority(at: number): Promise<Made> {
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
	return { key: await pem(keys.privateKey), cert: certificate.toString('pem') }
}

/** The server's, signed by this authority, for as long as browsers allow. */
export async function makeLeaf(
	authority: Made,
	names: readonly string[],
	addresses: readonly string[],
	at: number,
): Promise<Made> {
	const signer = new x509.X509Certificate(authority.cert)
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
		issuer: signer.subject,
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
			await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
		],
	})
	return { key: await pem(keys.privateKey), cert: certificate.toString('pem') }
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
	return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}

/** Positive, as X.509 wants it. */
const serial = () => `01${randomBytes(15).toString('hex')}`
