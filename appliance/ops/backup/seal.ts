import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/**
 * A stream under a secret: AES-256-GCM in chunks, so that gigabytes need no memory and nothing is given out that was not
 * looked at. Each chunk's nonce counts up and tells the last one (the STREAM construction, Hoang, Reyhanitabar, Rogaway,
 * Vizár 2015): chunks that were changed, moved, left out or cut off at the end are found.
 */

const magic = Buffer.from('MARUBAK1')
const saltBytes = 16
const tagBytes = 16
const chunkBytes = 1 << 20

/** It is not whole, or not under this secret. */
export class SealBroken extends Error {}

export async function* seal(source: AsyncIterable<Buffer>, secret: string): AsyncGenerator<Buffer> {
	const header = Buffer.concat([magic, randomBytes(saltBytes)])
	const key = keyOf(secret, header)
	yield header
	let count = 0
	for await (const { chunk, last } of chunksOf(source, chunkBytes)) {
		const cipher = createCipheriv('aes-256-gcm', key, nonce(count++, last)).setAAD(header)
		yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
	}
}

/** Throws SealBroken; what was given out before that was right. */
export async function* unseal(source: AsyncIterable<Buffer>, secret: string): AsyncGenerator<Buffer> {
	const from = reader(source)
	const header = await from.take(magic.length + saltBytes)
	if (header.length < magic.length + saltBytes || !header.subarray(0, magic.length).equals(magic)) {
		throw new SealBroken('this is no backup of Maru')
	}
	const key = keyOf(secret, header)
	let count = 0
	for await (const { chunk, last } of chunksOf(from.rest(), chunkBytes + tagBytes)) {
		try {
			const decipher = createDecipheriv('aes-256-gcm', key, nonce(count, last))
			decipher.setAAD(header).setAuthTag(chunk.subarray(-tagBytes))
			yield Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()])
		} catch {
			const fault = count === 0 ? 'is not under this secret, or its beginning was changed' : 'was changed or is cut off'
			throw new SealBroken(`the backup ${fault} (at ${count} MiB)`)
		}
		count++
	}
}

/** The secret is as random as a key: there is nothing to be slow for. */
function keyOf(secret: string, header: Buffer): Buffer {
	return Buffer.from(hkdfSync('sha256', secret, header.subarray(magic.length), magic, 32))
}

function nonce(count: number, last: boolean): Buffer {
	const bytes = Buffer.alloc(12)
	bytes.writeBigUInt64BE(BigInt(count), 3)
	bytes[11] = Number(last)
	return bytes
}

/** Chunks of this size, the last one shorter; one at least, which may be empty. */
async function* chunksOf(source: AsyncIterable<Buffer>, size: number) {
	let parts: Buffer[] = []
	let length = 0
	for await (const piece of source) {
		parts.push(piece)
		length += piece.length
		// More than one chunk must be there before the first of them is known not to be the last.
		if (length <= size) continue
		const all = Buffer.concat(parts)
		let at = 0
		for (; all.length - at > size; at += size) yield { chunk: all.subarray(at, at + size), last: false }
		parts = [all.subarray(at)]
		length = all.length - at
	}
	yield { chunk: Buffer.concat(parts), last: true }
}

function reader(source: AsyncIterable<Buffer>) {
	const pieces = source[Symbol.asyncIterator]()
	let left: Buffer = Buffer.alloc(0)
	return {
		/** So many bytes, or fewer where there are no more. */
		async take(bytes: number): Promise<Buffer> {
			while (left.length < bytes) {
				const { value, done } = await pieces.next()
				if (done) break
				left = Buffer.concat([left, value])
			}
			const taken = left.subarray(0, bytes)
			left = left.subarray(bytes)
			return taken
		},
		async *rest() {
			yield left
			for (;;) {
				const { value, done } = await pieces.next()
				if (done) return
				yield value
			}
		},
	}
}
