import { createHash } from 'node:crypto'
import {
	createReadStream,
	existsSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { startFfmpeg } from '../ffmpeg/process.ts'
import { type FileTexts, ffmetadata } from './chapters.ts'
import { Fmp4Reader } from './fmp4.ts'
import { partStart } from './recorder.ts'

/** What was recorded, as one file that every player plays and seeks in. Nothing is encoded anew. */

export interface Finished {
	bytes: number
	/** Of the file: what lies between two parts is not in it. */
	durationMs: number
	sha256: string
}

/** A part, and where it stands in the whole. */
export interface Part {
	name: string
	/** Milliseconds since 1970. */
	startsAtMs: number
	durationMs: number
	/** In the one file. */
	fromMs: number
}

export const wholeName = 'recording.mp4'
/** Where each part stands in the whole. */
const partsName = 'parts.json'
/** For ffmpeg. */
const [listName, textsName] = ['parts.txt', 'chapters.txt']

/** The parts of a recording that is not written any more, in their order. Those in which nothing can be played are left out. */
export async function partsOf(dir: string): Promise<Part[]> {
	if (!existsSync(dir)) return []
	const names = readdirSync(dir).flatMap((name) => {
		const startsAtMs = partStart(name)
		return startsAtMs === null ? [] : [{ name, startsAtMs }]
	})
	const parts: Part[] = []
	let fromMs = 0
	for (const { name, startsAtMs } of names.sort((a, b) => a.startsAtMs - b.startsAtMs)) {
		const durationMs = await wholeOf(join(dir, name))
		if (durationMs === 0) continue
		parts.push({ name, startsAtMs, durationMs, fromMs })
		fromMs += durationMs
	}
	return parts
}

/** Where each part of a finished recording stands in it. Empty: it was not put together here. */
export function partsIn(dir: string): Part[] {
	const told = join(dir, partsName)
	return existsSync(told) ? (JSON.parse(readFileSync(told, 'utf8')) as Part[]) : []
}

/**
 * Makes the one file, beside its parts, which are then removed. `textsOf`: what stands in it besides pictures and sound.
 * Null: nothing was recorded. Rejects where ffmpeg fails.
 */
export async function finish(
	dir: string,
	log: Logger,
	textsOf: (parts: readonly Part[]) => FileTexts,
): Promise<(Finished & { parts: Part[] }) | null> {
	const whole = join(dir, wholeName)
	// Cut off behind its last step: the parts that are left are in it already.
	const parts = existsSync(whole) ? partsIn(dir) : await partsOf(dir)
	if (parts.length === 0 && existsSync(whole)) throw new Error(`what ${whole} is made of is not known`)
	if (parts.length === 0) return null
	if (!existsSync(whole)) await putTogether(dir, parts, textsOf(parts), log)
	await putOnDisk(dir)
	for (const name of [...parts.map(({ name }) => name), listName, textsName]) rmSync(join(dir, name), { force: true })
	const last = parts.at(-1)
	const durationMs = last ? last.fromMs + last.durationMs : 0
	return { bytes: statSync(whole).size, durationMs, sha256: await hashOf(whole), parts }
}

async function putTogether(dir: string, parts: readonly Part[], texts: FileTexts, log: Logger): Promise<void> {
	const list = join(dir, listName)
	const metadata = join(dir, textsName)
	const making = join(dir, 'making.mp4')
	writeFileSync(list, parts.map(({ name, durationMs }) => `file '${name}'\nduration ${durationMs / 1_000}\n`).join(''))
	writeFileSync(metadata, ffmetadata(texts))
	const ffmpeg = startFfmpeg(
		[
			...['-nostdin', '-nostats', '-y', '-f', 'concat', '-safe', '1', '-i', list, '-f', 'ffmetadata', '-i', metadata],
			...['-map', '0', '-map_metadata', '1', '-map_chapters', '1', '-c', 'copy', '-movflags', '+faststart', making],
		],
		log,
	)
	const code = await ffmpeg.ended
	if (code !== 0) throw new Error(`ffmpeg could not put the recording together (${code ?? 'killed'})`)
	writeFileSync(join(dir, partsName), JSON.stringify(parts))
	// A name is on the disk long before its bytes are: a power cut would leave neither the parts nor the whole.
	for (const path of [making, join(dir, partsName)]) await putOnDisk(path)
	renameSync(making, join(dir, wholeName))
}

async function putOnDisk(path: string): Promise<void> {
	const file = await open(path, 'r')
	try {
		await file.sync()
	} finally {
		await file.close()
	}
}

/** A crash leaves the beginning of a fragment at the end, which would be read as sound that is none: it is cut off. */
async function wholeOf(file: string): Promise<number> {
	const reader = new Fmp4Reader()
	let [seconds, bytes] = [0, 0]
	for await (const chunk of createReadStream(file)) {
		for (const output of reader.push(chunk as Buffer)) {
			if (output.type === 'init') bytes += output.init.bytes.length
			if (output.type !== 'fragment') continue
			bytes += output.fragment.bytes.length
			seconds += output.fragment.durationS
		}
	}
	if (bytes < statSync(file).size) truncateSync(file, bytes)
	return Math.round(seconds * 1_000)
}

async function hashOf(file: string): Promise<string> {
	const hash = createHash('sha256')
	for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
	return hash.digest('hex')
}
