import { createHash, type KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../backup/files.ts'
import type { Found } from './judge.ts'
import { type Manifest, type Part, readManifest } from './manifest.ts'
import { type Signature, signManifest, trustOf } from './sign.ts'

/**
 * A file `maru-VERSION.maru-update`: a line that says how long the manifest and the signatures are, both as JSON, then the
 * parts one after another. `head -3` shows what it is. It is read piece by piece, whatever its size.
 */

const magic = 'maru-update 1'
const mostManifestBytes = 1024 ** 2
const mostSignatureBytes = 16 * 1024
const pieceBytes = 1024 ** 2

/** Writes it, whole or not at all. `pathOf`: where a part lies; `secrets`: private keys as PEM. */
export async function writeUpdate(
	path: string,
	manifest: Manifest,
	secrets: readonly string[],
	pathOf: (part: Part) => string,
): Promise<void> {
	const text = Buffer.from(JSON.stringify(manifest))
	const signatures = Buffer.from(JSON.stringify(secrets.map((secret) => signManifest(text, secret))))
	async function* content() {
		yield Buffer.from(`${magic} ${text.length} ${signatures.length}\n`)
		yield Buffer.concat([text, Buffer.from('\n'), signatures, Buffer.from('\n')])
		for (const part of manifest.parts) yield* createReadStream(pathOf(part), { highWaterMark: pieceBytes })
	}
	await writeWhole(path, content())
}

interface OpenUpdate {
	/** `content` is 'unread', or what its size alone gives away. */
	readonly found: Found
	/** Copies the parts into a folder, on the disk; what they turned out to be. Nothing of them may be used unless 'whole'. */
	extract(folder: string): Promise<Found['content']>
	close(): Promise<void>
}

/** Reads what it says of itself, and by whom that is signed. Throws where the file cannot be read. */
export async function openUpdate(path: string, accepted: readonly KeyObject[]): Promise<OpenUpdate> {
	const file = await open(path)
	try {
		const header = await readHeader(file)
		// Of what nobody known has signed, not even the form is looked at.
		const trust = header ? trustOf(header.text, header.signatures, accepted) : 'good'
		const manifest = header && trust === 'good' ? readManifest(header.text.toString('utf8')) : null
		const parts = manifest?.parts ?? []
		const missing = header
			? header.bytes + parts.reduce((sum, { bytes }) => sum + bytes, 0) - (await file.stat()).size
			: 0
		const content = !manifest || missing === 0 ? 'unread' : missing > 0 ? 'truncated' : 'changed'
		return {
			found: { manifest, trust, content },
			async extract(folder) {
				if (content !== 'unread' || !header) return content
				let at = header.bytes
				for (const part of parts) {
					const said = await copyPart(file, at, part, join(folder, part.name))
					if (said !== 'whole') return said
					at += part.bytes
				}
				return 'whole'
			},
			close: () => file.close(),
		}
	} catch (error) {
		await file.close()
		throw error
	}
}

async function readHeader(file: FileHandle) {
	const start = await readAt(file, 0, 64)
	const line = new RegExp(`^${magic} (\\d{1,8}) (\\d{1,6})\\n`).exec(start.toString('latin1'))
	if (!line) return null
	const [whole, textBytes, signatureBytes] = [line[0].length, Number(line[1]), Number(line[2])]
	if (textBytes > mostManifestBytes || signatureBytes > mostSignatureBytes) return null
	const bytes = whole + textBytes + signatureBytes + 2
	const text = await readAt(file, whole, textBytes)
	const signatures = readSignatures(await readAt(file, whole + textBytes + 1, signatureBytes))
	return signatures && text.length === textBytes ? { text, signatures, bytes } : null
}

function readSignatures(text: Buffer): Signature[] | null {
	try {
		const value: unknown = JSON.parse(text.toString('utf8'))
		if (!Array.isArray(value) || value.length > 100) return null
		return value.every((one) => typeof one?.key === 'string' && typeof one?.value === 'string') ? value : null
	} catch {
		return null
	}
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
	const buffer = Buffer.alloc(bytes)
	return buffer.subarray(0, await fill(file, position, buffer))
}

/** Reads until it is full or nothing more comes; how many bytes came. */
async function fill(file: FileHandle, position: number, buffer: Buffer): Promise<number> {
	let filled = 0
	while (filled < buffer.length) {
		const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled)
		if (bytesRead === 0) break
		filled += bytesRead
	}
	return filled
}

/** What is counted is what was written: a stick that answers otherwise the second time deceives nobody. */
async function copyPart(
	file: FileHandle,
	from: number,
	{ bytes, sha256 }: Part,
	to: string,
): Promise<Found['content']> {
	const hash = createHash('sha256')
	const target = await open(to, 'w', 0o600)
	try {
		const buffer = Buffer.alloc(pieceBytes)
		for (let at = 0; at < bytes; ) {
			const read = await fill(file, from + at, buffer.subarray(0, Math.min(pieceBytes, bytes - at)))
			if (read === 0) return 'truncated'
			const piece = buffer.subarray(0, read)
			hash.update(piece)
			await target.writeFile(piece)
			at += read
		}
		await target.sync()
	} finally {
		await target.close()
	}
	return hash.digest('hex') === sha256 ? 'whole' : 'changed'
}
