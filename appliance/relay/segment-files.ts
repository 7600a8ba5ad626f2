import { lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs'
import { open, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { isFull, type RecorderFault } from './recorder.ts'

/**
 * Segments as plain files, for a web server that gives them by itself: nginx/maru-relay.conf finds `MEETING.NAME`. All lie in one
 * folder, so that whoever made it decides by its group who reads them (set-group-ID), and nothing here has to. A file is there
 * as a whole or not at all. What is not there, because the disk is full, slow or not ours, is asked of the appliance: that
 * costs more and nobody sees it, so it is said once.
 */

export interface SegmentFilesOptions {
	/** Absolute. Made when it is missing. */
	dir: string
	/** Bytes that are left to others there: a folder in memory is of the same memory as all else. */
	reserveBytes: number
	log: Logger
}

/** The files of one meeting. */
export interface MeetingFiles {
	/** By a name that is never given twice; there soon. */
	put(name: string, bytes: Uint8Array): void
	/** Names that were put; gone soon. Others are nothing. */
	drop(names: Iterable<string>): void
	/** All that there is of it. */
	clear(): void
}

/** Both sizes bring two files a second; whatever takes longer than this for them is no use. */
const mostWaiting = 16
/** So many in a row, half a minute's, until all is well again: a disk that is nearly full changes its mind with each. */
const wellAfter = 60
const mode = 0o640
const unfinished = '.new'
/** As `SealedNames` seals them, behind a meeting. Nobody else names a file like this. */
const ours = /^[A-Za-z0-9_-]{1,64}\.[a-z]+(?:-init)?-\d{1,15}-[0-9a-f]{32}\.(?:m4s|mp4)(?:\.new)?$/

export class SegmentFiles {
	readonly #options: SegmentFilesOptions
	/** What is to be done next by each file, oldest first: to be written, or null: to be removed. */
	readonly #tasks = new Map<string, Uint8Array | null>()
	/** What was begun to be written and is not yet removed. */
	readonly #there = new Set<string>()
	#working: Promise<void> | null = null
	#fault: RecorderFault | null = null
	#well = 0

	/** Removes what an earlier life left, if that had no time to. */
	constructor(options: SegmentFilesOptions) {
		this.#options = options
		try {
			mkdirSync(options.dir, { recursive: true, mode: 0o750 })
			sweep(options.dir)
		} catch (error) {
			this.#fail(error)
		}
	}

	/** Null: all is well. */
	get fault(): RecorderFault | null {
		return this.#fault
	}

	/** Nothing is left to be done. */
	get idle(): boolean {
		return this.#working === null
	}

	of(meeting: string): MeetingFiles {
		const put = new Set<string>()
		const drop = (names: Iterable<string>) => {
			for (const name of names) if (put.delete(name)) this.#remove(`${meeting}.${name}`)
		}
		return {
			put: (name, bytes) => {
				put.add(name)
				this.#write(`${meeting}.${name}`, bytes)
			},
			drop,
			clear: () => drop([...put]),
		}
	}

	/** Removes all that there is. */
	async close(): Promise<void> {
		for (const file of [...this.#tasks.keys(), ...this.#there]) this.#remove(file)
		await this.#working
	}

	#write(file: string, bytes: Uint8Array) {
		const waiting = [...this.#tasks.values()].filter((task) => task !== null).length
		if (waiting >= mostWaiting) return this.#fail(new Error('the disk is too slow'))
		this.#tasks.set(file, bytes)
		this.#work()
	}

	#remove(file: string) {
		this.#tasks.delete(file)
		this.#tasks.set(file, null)
		this.#work()
	}

	#work() {
		this.#working ??= this.#perform()
	}

	/** One after the other: none overtakes another of the same name. */
	async #perform(): Promise<void> {
		for (let [next] = this.#tasks; next; [next] = this.#tasks) {
			const [file, bytes] = next
			this.#tasks.delete(file)
			try {
				if (bytes === null) await this.#delete(file)
				else await this.#create(file, bytes)
			} catch (error) {
				if (bytes !== null) this.#there.delete(file)
				this.#fail(error)
			}
		}
		this.#working = null
	}

	async #create(file: string, bytes: Uint8Array): Promise<void> {
		const { dir, reserveBytes } = this.#options
		const path = join(dir, file)
		const aside = path + unfinished
		this.#there.add(file)
		const { bavail, bsize } = await statfs(dir)
		if (bavail * bsize - bytes.length < reserveBytes) throw Object.assign(new Error('no room'), { code: 'ENOSPC' })
		// 'wx' follows no link and opens nothing that was there.
		const handle = await open(aside, 'wx', mode)
		try {
			await handle.writeFile(bytes)
			await handle.chmod(mode) // whatever the service's umask keeps from others
			await rename(aside, path)
		} catch (error) {
			await rm(aside, { force: true })
			throw error
		} finally {
			await handle.close()
		}
		if (this.#fault === null || ++this.#well < wellAfter) return
		this.#fault = null
		this.#options.log.info('segments of the relay are files again')
	}

	async #delete(file: string): Promise<void> {
		if (!this.#there.has(file)) return
		await rm(join(this.#options.dir, file), { force: true })
		this.#there.delete(file)
	}

	#fail(error: unknown) {
		this.#well = 0
		const fault = isFull(error) ? 'disk-full' : 'disk-failed'
		if (this.#fault === fault) return
		this.#fault = fault
		const { log, dir } = this.#options
		// No more of the error: it quotes a name, which is a right.
		const { code = null } = error as { code?: string }
		log.error({ fault, dir, code }, 'segments of the relay can not be files, the appliance gives them itself')
	}
}

/** Files of ours alone: by name, by kind and by owner. */
function sweep(dir: string) {
	for (const name of readdirSync(dir)) {
		if (!ours.test(name)) continue
		const stat = lstatSync(join(dir, name))
		if (stat.isFile() && (process.geteuid === undefined || stat.uid === process.geteuid())) unlinkSync(join(dir, name))
	}
}
