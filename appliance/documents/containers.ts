import type { FileHandle } from 'node:fs/promises'

/** The names inside of files that hold files: ZIP, and Microsoft's compound files (OLE2). Nothing is unpacked. */

const namesMost = 4_000
const directoryMost = 4 * 1024 * 1024

/** Up to `length` bytes from `at`; fewer at the end of the file. */
async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at)
	return buffer.subarray(0, bytesRead)
}

/**
 * The names in a ZIP's central directory (APPNOTE 4.3.12), and what its first entry says if that is a stored 'mimetype'
 * (OpenDocument 1.3 part 2 §3.3; HWPX does the same). Null: it has no directory that can be read.
 */
export async function readZip(file: FileHandle): Promise<{ names: Set<string>; mimetype: string | null } | null> {
	const { size } = await file.stat()
	const tailAt = Math.max(0, size - 65_557)
	const tail = await read(file, tailAt, size - tailAt)
	const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
	if (end < 0 || end + 22 > tail.length) return null
	const directory = await read(file, tail.readUInt32LE(end + 16), Math.min(directoryMost, tail.readUInt32LE(end + 12)))
	const names = new Set<string>()
	for (let at = 0; at + 46 <= directory.length && names.size < namesMost; ) {
		if (directory.readUInt32LE(at) !== 0x02014b50) break
		const length = directory.readUInt16LE(at + 28)
		names.add(directory.toString('utf8', at + 46, at + 46 + length))
		at += 46 + length + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32)
	}
	return { names, mimetype: await readMimetype(file) }
}

async function readMimetype(file: FileHandle): Promise<string | null> {
	const head = await read(file, 0, 256)
	if (head.length < 38 || head.readUInt16LE(8) !== 0 || head.toString('latin1', 30, 38) !== 'mimetype') return null
	const start = 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
	return head.toString('latin1', start, start + Math.min(100, head.readUInt32LE(18)))
}

const endOfChain = 0xfffffffa
const none = 0xffffffff

interface OleEntry {
	name: string
	left: number
	right: number
	child: number
	start: number
}

/**
 * The names at the top of a compound file, and the first 32 bytes of its stream 'FileHeader' ([MS-CFB] 2.2, 2.6). Null: it
 * cannot be read. Only the first 109 sectors of the allocation table are followed: the directory lies before.
 */
export async function readOle(file: FileHandle): Promise<{ names: Set<string>; header: Buffer } | null> {
	const head = await read(file, 0, 512)
	if (head.length < 512) return null
	const shift = head.readUInt16LE(30)
	if (shift !== 9 && shift !== 12) return null
	const size = 1 << shift
	const sector = (n: number) => read(file, (n + 1) * size, size)

	async function after(n: number): Promise<number> {
		const table = Math.floor((n * 4) / size)
		if (table >= 109) return none
		const entry = await read(file, (head.readUInt32LE(76 + 4 * table) + 1) * size + ((n * 4) % size), 4)
		return entry.length === 4 ? entry.readUInt32LE() : none
	}

	const entries: OleEntry[] = []
	for (let n = head.readUInt32LE(48), steps = 0; n < endOfChain && steps < 256; n = await after(n), steps++) {
		const data = await sector(n)
		for (let at = 0; at + 128 <= data.length; at += 128) entries.push(entryAt(data, at))
	}
	const [root] = entries
	if (!root) return null

	// The names at the top are a tree of siblings; what lies in embedded objects hangs below them.
	const top: OleEntry[] = []
	const seen = new Set<number>([none])
	const waiting = [root.child]
	for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) {
		const entry = entries[n]
		if (seen.has(n) || !entry) continue
		seen.add(n)
		top.push(entry)
		waiting.push(entry.left, entry.right)
	}

	// A stream this small lies in the mini stream, which is the root's own: pieces of 64 bytes.
	const fileHeader = top.find(({ name }) => name === 'FileHeader')
	let header: Buffer = Buffer.alloc(0)
	if (fileHeader) {
		const at = fileHeader.start * 64
		let n = root.start
		for (let steps = Math.floor(at / size); steps > 0 && n < endOfChain; steps--) n = await after(n)
		if (n < endOfChain) header = (await sector(n)).subarray(at % size, (at % size) + 32)
	}
	return { names: new Set(top.map(({ name }) => name)), header }
}

function entryAt(data: Buffer, at: number): OleEntry {
	const length = Math.min(64, data.readUInt16LE(at + 64))
	return {
		name: data.toString('utf16le', at, at + Math.max(0, length - 2)),
		left: data.readUInt32LE(at + 68),
		right: data.readUInt32LE(at + 72),
		child: data.readUInt32LE(at + 76),
		start: data.readUInt32LE(at + 116),
	}
}
