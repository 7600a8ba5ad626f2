import { randomUUID } from 'node:crypto'
import {
	closeSync,
	fsyncSync,
	linkSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Files that hold keys. A reader sees all of one or nothing, also beside a second writer and after a power cut. */

/** What the file holds; null where there is none. */
export function readSecret(file: string): string | null {
	try {
		return readFileSync(file, 'utf8')
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return null
		throw error
	}
}

/** Readable by its owner alone unless `mode` says otherwise. */
export function replaceSecret(file: string, text: string, mode = 0o600): void {
	renameSync(written(file, text, mode), file)
	nameOnDisk(file)
}

/** Writes the file unless somebody was first, and answers what it holds then. */
export function makeSecret(file: string, text: string): string {
	const own = written(file, text, 0o600)
	try {
		linkSync(own, file)
		nameOnDisk(file)
		return text
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error
		return readFileSync(file, 'utf8')
	} finally {
		rmSync(own)
	}
}

/** A file beside it with this text, on the disk. */
function written(file: string, text: string, mode: number): string {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
	const name = `${file}.${randomUUID()}`
	const handle = openSync(name, 'wx', mode)
	try {
		writeSync(handle, text)
		fsyncSync(handle)
	} finally {
		closeSync(handle)
	}
	return name
}

/** What it is called is written down in its folder. */
function nameOnDisk(file: string): void {
	const folder = openSync(dirname(file), 'r')
	try {
		fsyncSync(folder)
	} finally {
		closeSync(folder)
	}
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : null)
