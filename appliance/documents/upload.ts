import { createHash } from 'node:crypto'
import { open, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { Refusal } from '../protocol/errors.ts'

export const bytesMost = 100 * 1024 * 1024
/** Left for the journal and for everything else on this disk. */
const spareBytes = 1024 * 1024 * 1024
/** Nothing comes for so long: the sender is gone, or does it on purpose. */
const silenceMs = 30_000

/**
 * Writes what comes to a new file, and puts it on the disk. Rejects, and leaves nothing: with a Refusal ('too-large',
 * 'bad-message' when it is empty, 'timeout', 'full'), or with what went wrong. A source that is refused is not destroyed, so
 * that its sender can be answered.
 */
export async function receive(
	source: Readable | Uint8Array,
	path: string,
	signal: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
	const { bavail, bsize } = await statfs(dirname(path))
	if (bavail * bsize < spareBytes + bytesMost) throw new Refusal('full', 'there is no room on the disk for documents')
	const file = await open(path, 'wx', 0o600)
	try {
		const hash = createHash('sha256')
		let bytes = 0
		for await (const chunk of chunksOf(source, signal)) {
			bytes += chunk.length
			if (bytes > bytesMost) throw tooLarge()
			hash.update(chunk)
			await file.appendFile(chunk)
		}
		if (bytes === 0) throw new Refusal('bad-message', 'the file is empty')
		await file.sync()
		return { bytes, sha256: hash.digest('hex') }
	} catch (error) {
		await rm(path, { force: true })
		throw error
	} finally {
		await file.close()
	}
}

export function tooLarge(): Refusal {
	return new Refusal('too-large', `a document has at most ${bytesMost / 1024 / 1024} MiB`)
}

async function* chunksOf(source: Readable | Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array> {
	if (source instanceof Uint8Array) {
		yield source
		return
	}
	const give = (error: Error) => source.destroy(error)
	const abort = () => give(new Refusal('lost', 'the service ends'))
	const timer = setTimeout(() => give(new Refusal('timeout', 'nothing more came')), silenceMs)
	signal.addEventListener('abort', abort)
	if (signal.aborted) abort()
	try {
		for await (const chunk of Readable.prototype.iterator.call(source, { destroyOnReturn: false })) {
			timer.refresh()
			yield chunk as Uint8Array
		}
	} finally {
		clearTimeout(timer)
		signal.removeEventListener('abort', abort)
	}
}
