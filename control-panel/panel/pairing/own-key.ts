/**
 * The key of this browser. Its private half can be used here and read nowhere, not even by this page: whoever overhears a
 * code, or reads the storage, cannot be taken for this tablet.
 */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
const [database, store, name] = ['maru-panel', 'keys', 'own']

/** The one it has, or a new one; where nothing can be kept, one for as long as the page lives. */
export async function ownKey(): Promise<CryptoKeyPair> {
	const keys = await open().catch(() => null)
	const known = keys
		? await done<CryptoKeyPair | undefined>(keys.transaction(store).objectStore(store).get(name))
		: undefined
	if (known) return known
	const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
	if (keys) await done(keys.transaction(store, 'readwrite').objectStore(store).put(made, name)).catch(() => {})
	return made
}

/** The public half, as the room takes it. */
export async function coordinates({ publicKey }: CryptoKeyPair): Promise<{ x: string; y: string }> {
	const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', publicKey)
	return { x, y }
}

export async function sign({ privateKey }: CryptoKeyPair, text: string): Promise<string> {
	const bytes = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, new TextEncoder().encode(text))
	return btoa(String.fromCharCode(...new Uint8Array(bytes)))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replaceAll('=', '')
}

function open(): Promise<IDBDatabase> {
	const request = indexedDB.open(database, 1)
	request.onupgradeneeded = () => request.result.createObjectStore(store)
	return done(request)
}

function done<T>(request: IDBRequest<T>): Promise<T> {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result)
		request.onerror = () => reject(request.error)
	})
}
