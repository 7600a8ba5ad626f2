import {
	createHash,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	sign,
	verify,
} from 'node:crypto'

/** Who made an update: Ed25519 over what the manifest says, by one key or more, of which one has to be known here. */

export interface Signature {
	/** Which key, by its fingerprint. */
	key: string
	/** Base64. */
	value: string
}

export type Trust = 'good' | 'unsigned' | 'unknown' | 'wrong'

/** What is signed says what it is: a signature under something else is none under an update. */
const context = Buffer.from('maru-update 1\n')

/** A new pair, as PEM. */
export function makeKeys(): { secret: string; open: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ed25519')
	return {
		secret: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
		open: publicKey.export({ type: 'spki', format: 'pem' }) as string,
	}
}

/** The public half, as PEM. */
export function openHalf(secretPem: string): string {
	return createPublicKey(createPrivateKey(secretPem)).export({ type: 'spki', format: 'pem' }) as string
}

/** All public keys of a file: one PEM block after another. What stands between them says whose they are. */
export function readKeys(text: string): KeyObject[] {
	const blocks = text.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []
	return blocks.map((pem) => createPublicKey(pem)).filter((key) => key.asymmetricKeyType === 'ed25519')
}

export function fingerprint(key: KeyObject): string {
	return createHash('sha256')
		.update(key.export({ type: 'spki', format: 'der' }))
		.digest('hex')
		.slice(0, 16)
}

export function signManifest(manifest: Buffer, secretPem: string): Signature {
	const secret = createPrivateKey(secretPem)
	const value = sign(null, Buffer.concat([context, manifest]), secret)
	return { key: fingerprint(createPublicKey(secret)), value: value.toString('base64') }
}

/** `good` where one of the accepted keys has signed it; a signature of theirs that is not right makes it `wrong`. */
export function trustOf(manifest: Buffer, signatures: readonly Signature[], accepted: readonly KeyObject[]): Trust {
	if (signatures.length === 0) return 'unsigned'
	const known = signatures.flatMap(({ key, value }) => {
		const by = accepted.find((one) => fingerprint(one) === key)
		if (!by) return []
		const bytes = Buffer.from(value, 'base64')
		// Base64 has several ways to write the same: only one of them is taken.
		return [bytes.toString('base64') === value && verify(null, Buffer.concat([context, manifest]), by, bytes)]
	})
	if (known.length === 0) return 'unknown'
	return known.every(Boolean) ? 'good' : 'wrong'
}
