import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Refusal } from '../protocol/errors.ts'
import { createLane, type Ticket } from './lane.ts'
import { drawPage, type Picture } from './poppler.ts'

/**
 * Pages as pictures, drawn once: kept as files beside the document, and the latest in memory, because a hundred people turn
 * the page in the same second. Two are drawn at a time; what somebody waits for goes before what somebody may ask next.
 */
export interface Pages {
	/** Rejects with a Refusal: 'unsupported' when it cannot be drawn, 'busy' when too many are asked for at once. */
	picture(source: Source, page: number, width: number): Promise<Picture>
	/** Draws it when there is nothing else to do. */
	prepare(source: Source, page: number, width: number): void
	/** A file that is a picture already, as it is. Rejects with Refusal('no-document') when it is gone. */
	original(source: { id: string; path: string; type: Picture['type'] }): Promise<Picture>
	/** Forgets what memory holds of it. */
	forget(id: string): void
	/** Settles when nothing is being drawn any more. Abort the signal before. */
	ended(): Promise<unknown>
}

interface Source {
	id: string
	pdf: string
	/** Where its pictures are kept. */
	folder: string
}

/** A picture of any width would be any number of pictures. */
const widths = [320, 640, 1280, 1920] as const
const memoryMost = 64 * 1024 * 1024
const waitingMost = 300
const preparingMost = 50
/** A page that could not be drawn is not tried again for so long: a hundred people ask for it. */
const failureMs = 60_000
const failuresMost = 1_000

export function createPages(signal: AbortSignal, now: () => number): Pages {
	const lane = createLane(2)
	const memory = createPictureMemory(memoryMost)
	const going = new Map<string, { made: Promise<Picture>; ticket: Ticket }>()
	const failed = new Map<string, number>()

	async function find(source: Source, name: string): Promise<Picture | null> {
		for (const [ending, type] of [
			['png', 'image/png'],
			['jpg', 'image/jpeg'],
		] as const) {
			const bytes = await readFile(join(source.folder, `${name}.${ending}`)).catch(() => null)
			if (bytes) return { bytes, type }
		}
		return null
	}

	async function draw(source: Source, page: number, width: number, name: string): Promise<Picture> {
		const picture = await drawPage(source.pdf, page, width, signal)
		if (!picture) {
			if (failed.size >= failuresMost) failed.clear()
			if (!signal.aborted) failed.set(`${source.id}/${name}`, now() + failureMs)
			throw new Refusal('unsupported', 'this page cannot be drawn')
		}
		const path = join(source.folder, `${name}.${picture.type === 'image/png' ? 'png' : 'jpg'}`)
		const half = join(source.folder, `.${randomUUID()}`)
		try {
			await writeFile(half, picture.bytes, { mode: 0o600, flag: 'wx' })
			await rename(half, path)
		} catch {
			// The document has been removed, or the disk is full. Whoever waits gets the picture all the same.
			await rm(half, { force: true })
		}
		return picture
	}

	async function make(source: Source, page: number, width: number, name: string, ticket: Ticket) {
		const found = await find(source, name)
		if (found) return found
		if (lane.waiting >= (ticket.urgent ? waitingMost : preparingMost)) {
			throw new Refusal('busy', 'too many pages are being drawn')
		}
		return lane.run(() => draw(source, page, width, name), ticket)
	}

	/** One answer for all who ask for the same. */
	function share(key: string, urgent: boolean, make: (ticket: Ticket) => Promise<Picture>): Promise<Picture> {
		const known = memory.find(key)
		if (known) return Promise.resolve(known)
		const same = going.get(key)
		if (same) {
			same.ticket.urgent ||= urgent
			return same.made
		}
		const ticket = { urgent }
		const made = make(ticket)
			.then((picture) => {
				memory.keep(key, picture)
				return picture
			})
			.finally(() => going.delete(key))
		going.set(key, { made, ticket })
		return made
	}

	function picture(source: Source, page: number, wanted: number, urgent: boolean): Promise<Picture> {
		const width = widths.find((width) => width >= wanted) ?? 1920
		const name = `${page}-${width}`
		const key = `${source.id}/${name}`
		if ((failed.get(key) ?? 0) > now()) return Promise.reject(new Refusal('unsupported', 'this page cannot be drawn'))
		failed.delete(key)
		return share(key, urgent, (ticket) => make(source, page, width, name, ticket))
	}

	async function read(path: string, type: Picture['type']): Promise<Picture> {
		const bytes = await readFile(path).catch(() => null)
		if (!bytes) throw new Refusal('no-document', 'the file of this document is gone')
		return { bytes, type }
	}

	return {
		picture: (source, page, width) => picture(source, page, width, true),
		prepare: (source, page, width) => void picture(source, page, width, false).catch(() => {}),
		original: ({ id, path, type }) => share(`${id}/`, true, () => read(path, type)),
		forget: (id) => memory.forget(`${id}/`),
		ended: () => Promise.allSettled([...going.values()].map(({ made }) => made)),
	}
}

interface PictureMemory {
	find(key: string): Picture | undefined
	keep(key: string, picture: Picture): void
	/** Everything whose key begins so. */
	forget(beginning: string): void
}

/** The latest pictures, up to so many bytes; the very latest always, so that all who ask for it share it. */
function createPictureMemory(bytesMost: number): PictureMemory {
	const kept = new Map<string, Picture>()
	let bytes = 0
	const drop = (key: string) => {
		bytes -= kept.get(key)?.bytes.length ?? 0
		kept.delete(key)
	}
	return {
		find(key) {
			const picture = kept.get(key)
			if (!picture) return undefined
			// A Map keeps the order of insertion: what is used moves to its end.
			kept.delete(key)
			kept.set(key, picture)
			return picture
		},
		keep(key, picture) {
			drop(key)
			kept.set(key, picture)
			bytes += picture.bytes.length
			for (const oldest of kept.keys()) {
				if (bytes <= bytesMost || kept.size === 1) break
				drop(oldest)
			}
		},
		forget(beginning) {
			for (const key of [...kept.keys()]) if (key.startsWith(beginning)) drop(key)
		},
	}
}
