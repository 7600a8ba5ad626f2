import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Certificates, spkiOf } from './certificates.ts'

/**
 * A certificate that the city has issued, or that certbot keeps new (ACME): two files, read again and again. It is for whoever
 * puts them there to renew them; there is no authority of ours that anybody would have to install.
 */
export interface OwnCertificate {
	/** PEM: the server's certificate, then those between it and the authority. */
	chain: string
	/** PEM, without a password. */
	key: string
}

/** Throws with what is wrong with the files. */
export function readOwnCertificate({ chain, key }: OwnCertificate): Certificates {
	const [cert, secret] = [readFileSync(chain, 'utf8'), readFileSync(key, 'utf8')]
	const leaf = new X509Certificate(cert)
	if (!leaf.checkPrivateKey(createPrivateKey(secret))) throw new Error(`the key in ${key} is not that of ${chain}`)
	return { key: secret, cert, spki: spkiOf(leaf), authority: null }
}
