import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SealBroken, seal, unseal } from '../../../appliance/ops/backup/seal.ts'

/** What lies in somebody else's cupboard for years: read again whole, or not at all. */

const secret = 'k'.repeat(43)
const mib = 1 << 20
const headerBytes = 24

async function* pieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
	for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
	const parts: Buffer[] = []
	for await (const part of stream) parts.push(part)
	return Buffer.concat(parts)
}

const sealed = (content: Buffer, size = 65_536) => whole(seal(pieces(content, size), secret))
const opened = (content: Buffer, under = secret, size = 65_536) => whole(unseal(pieces(content, size), under))

it.each([0, 1, mib - 1, mib, mib + 1, 3 * mib])('gives back %i bytes as they were', async (length) => {
	const content = randomBytes(length)
	for (const size of [4_096, 5 * mib]) {
		expect((await opened(await sealed(content, size), secret, 1_000_003)).equals(content)).toBe(true)
	}
})

it('gives nothing to who has another secret, and nothing of it can be read', async () => {
	const content = Buffer.from('홍길동 '.repeat(100))
	const closed = await sealed(content)
	expect(closed.includes(Buffer.from('홍길동'))).toBe(false)
	await expect(opened(closed, 'x'.repeat(43))).rejects.toThrow(SealBroken)
})

it('finds every byte that was changed, wherever it is', async () => {
	const closed = await sealed(randomBytes(500))
	await fc.assert(
		fc.asyncProperty(fc.nat(closed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
			const changed = Buffer.from(closed)
			changed[at] = (changed[at] ?? 0) ^ by
			await expect(opened(changed)).rejects.toThrow(SealBroken)
		}),
		{ numRuns: 30 },
	)
})

it('finds that it was cut off, also between two chunks, and that chunks have changed places', async () => {
	const closed = await sealed(randomBytes(2 * mib + 100))
	const chunk = mib + 16
	for (const length of [
		0,
		5,
		headerBytes,
		headerBytes + 20,
		headerBytes + chunk,
		headerBytes + 2 * chunk,
		closed.length - 1,
	]) {
		await expect(opened(closed.subarray(0, length)), `${length}`).rejects.toThrow(SealBroken)
	}
	const part = (n: number) => closed.subarray(headerBytes + n * chunk, headerBytes + (n + 1) * chunk)
	const swapped = Buffer.concat([closed.subarray(0, headerBytes), part(1), part(0), part(2)])
	await expect(opened(swapped)).rejects.toThrow(SealBroken)
})

it('says of what is no backup that it is none', async () => {
	await expect(opened(Buffer.from('# a text of somebody’s, long enough'))).rejects.toThrow(/no backup/)
})
