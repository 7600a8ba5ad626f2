import 'reflect-metadata' // before @peculiar/x509, which needs it
import { webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate as cameras carry it: signed by nobody but themselves. PEM. */
export async function selfSigned(host: string): Promise<{ key: string; cert: string }> {
	x509.cryptoProvider.set(webcrypto as Crypto)
	const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
	const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		name: `CN=${host}`,
		notBefore: new Date(Date.now() - 86_400_000),
		notAfter: new Date(Date.now() + 365 * 86_400_000),
		keys: keys as CryptoKeyPair,
		signingAlgorithm: algorithm,
	})
	const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
	return { key, cert: certificate.toString('pem') }
}
