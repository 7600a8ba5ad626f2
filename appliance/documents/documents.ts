import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import type { Logger } from 'pino'
import { Refusal } from '../protocol/errors.ts'
import type { DocumentView } from '../protocol/floor.ts'
import { cleanName } from './file-name.ts'
import { proveFormat } from './formats.ts'
import { createInspection, firstOutcome, type Outcome } from './inspection.ts'
import { type Converter, openOffice } from './office.ts'
import { createPages } from './pages.ts'
import type { Picture } from './poppler.ts'
import { type DocumentFacts, openRecords } from './records.ts'
import { receive } from './upload.ts'

/**
 * What people show and hand out in a meeting. A file is kept as it came, under an id of ours; what it is, its bytes say.
 * PDFs are drawn page by page, images shown as they are, what LibreOffice reads becomes a PDF first where LibreOffice is
 * installed; everything else is there for download. Reasons of what is not shown: 'hwp', 'unknown', 'no-converter';
 * of what failed: 'encrypted', 'broken', 'timeout', 'too-many-pages'.
 */
interface DocumentsOptions {
	/** Where files are kept: `<dir>/<meeting>/<id>/`. For nobody else to read. */
	dir: string
	db: DatabaseSync
	now: () => number
	log: Logger
	/** Null: nothing is converted. Absent: LibreOffice, where it is installed. */
	convert?: Converter | null
}

interface Upload {
	/** As its owner calls it; cleaned before it is shown. */
	name: string
	content: Readable | Uint8Array
	by: string
}

export interface Documents {
	/**
	 * Keeps a file. A PDF or an image is ready when it settles, or failed; what is converted is told through `onChange`.
	 * Rejects with a Refusal: 'too-large' (100 MiB, 50 megapixels), 'bad-message' (nothing in it), 'timeout', 'full', 'lost';
	 * and when `content` fails. Nothing of it stays then.
	 */
	add(meeting: string, upload: Upload): Promise<DocumentView>
	/** In the order they came. */
	list(meeting: string): DocumentView[]
	/** Null: there is none, or no longer. */
	get(id: string): (DocumentView & { meeting: string; sha256: string }) | null
	/**
	 * Page `page` (from 1), `width` pixels wide: 320, 640, 1280 or 1920, whichever is next; an image as it is. The page after it
	 * is made ready. Rejects with a Refusal: 'no-document' (also for a page that is not there), 'busy', 'unsupported'.
	 */
	page(id: string, page: number, width: number): Promise<Picture>
	/** The file as it came, and what it was proven to be. Throws Refusal('no-document'). */
	file(id: string): { path: string; name: string; type: string; bytes: number }
	/** Settles when its files are gone. Rejects with Refusal('no-document'). */
	remove(id: string): Promise<void>
	removeAll(meeting: string): Promise<void>
	/** Called with every document that came, changed or was removed. Answers how to stop. */
	onChange(listener: (meeting: string, id: string) => void): () => void
	/** Ends what is being drawn and converted; the next start converts it anew. */
	close(): Promise<void>
}

/** Meetings whose list is kept in memory: it is asked for with every change of a meeting. */
const listsMost = 200
const pixelsMost = 50_000_000
const firstWidth = 1920
const meetingId = /^[A-Za-z0-9_-]{1,64}$/
/** No meeting can be called so. */
const incoming = '.incoming'

/** Creates its table in `db`, and goes on with what was being converted. */
export function openDocuments({ dir, db, now, log, convert }: DocumentsOptions): Documents {
	mkdirSync(join(dir, incoming), { recursive: true, mode: 0o700 })
	chmodSync(dir, 0o700)
	const records = openRecords(db)
	const converter = convert === undefined ? openOffice({ log }) : convert
	const stopping = new AbortController()
	const pages = createPages(stopping.signal, now)
	const lists = new Map<string, DocumentView[]>()
	const listeners = new Set<(meeting: string, id: string) => void>()
	const settling = new Map<string, { stop: AbortController; settled: Promise<Outcome> }>()
	const arriving = new Set<Promise<unknown>>()

	const folderOf = ({ meeting, id }: { meeting: string; id: string }) => join(dir, meeting, id)
	const originalOf = (facts: DocumentFacts) => join(folderOf(facts), 'original')
	const convertedOf = (facts: DocumentFacts) => join(folderOf(facts), 'converted.pdf')
	const sourceOf = (facts: DocumentFacts) => ({
		id: facts.id,
		pdf: facts.kind === 'convertible' ? convertedOf(facts) : originalOf(facts),
		folder: join(folderOf(facts), 'pages'),
	})

	const inspect = createInspection(converter, originalOf)

	function changed(meeting: string, id: string) {
		lists.delete(meeting)
		for (const listener of listeners) listener(meeting, id)
	}

	function known(id: string): DocumentFacts {
		const facts = records.find(id)
		if (!facts) throw new Refusal('no-document', 'there is no such document')
		return facts
	}

	/** What becomes of a document that is still 'converting'. Never rejects. */
	function settle(facts: DocumentFacts): Promise<Outcome> {
		const stop = new AbortController()
		const signal = AbortSignal.any([stop.signal, stopping.signal])
		const settled = inspect(facts, sourceOf(facts).pdf, signal)
			.catch((error: unknown) => {
				log.error({ err: error, document: facts.id }, 'a document could not be looked at')
				return { state: 'failed', pages: null, reason: 'broken' } as const
			})
			.then((outcome) => {
				settling.delete(facts.id)
				if (signal.aborted || !records.settle(facts.id, outcome)) return facts
				log.info({ document: facts.id, kind: facts.kind, state: outcome.state, reason: outcome.reason }, 'document')
				if (outcome.state === 'ready') pages.prepare(sourceOf(facts), 1, firstWidth)
				changed(facts.meeting, facts.id)
				return outcome
			})
		settling.set(facts.id, { stop, settled })
		return settled
	}

	async function add(meeting: string, { name, content, by }: Upload): Promise<DocumentView> {
		if (!meetingId.test(meeting)) throw new Refusal('bad-message', 'this is no id of a meeting')
		const facts = await keep(meeting, cleanName(name), content, by)
		changed(meeting, facts.id)
		if (facts.state !== 'converting') return viewOf(facts)
		const settled = settle(facts)
		if (facts.kind !== 'pdf') return viewOf(facts)
		const outcome = await settled
		return { ...viewOf(facts), ...outcome }
	}

	/** The file in its folder and its facts in the database, or nothing of either. */
	async function keep(meeting: string, name: string, content: Upload['content'], by: string): Promise<DocumentFacts> {
		const id = randomUUID()
		const half = join(dir, incoming, id)
		const folder = folderOf({ meeting, id })
		try {
			const { bytes, sha256 } = await receive(content, half, stopping.signal)
			const proven = await proveFormat(half)
			if (proven.kind === 'image' && proven.size && proven.size.width * proven.size.height > pixelsMost) {
				throw new Refusal('too-large', 'an image has at most 50 megapixels')
			}
			await mkdir(join(folder, 'pages'), { recursive: true, mode: 0o700 })
			await rename(half, join(folder, 'original'))
			await putOnDisk(folder)
			await putOnDisk(join(dir, meeting))
			if (stopping.signal.aborted) throw new Refusal('lost', 'the service ends')
			const { kind, type } = proven
			const format = proven.kind === 'convertible' ? proven.format : null
			const facts = {
				id,
				meeting,
				name,
				kind,
				type,
				format,
				bytes,
				sha256,
				by,
				at: now(),
				...firstOutcome(proven, converter),
			}
			records.insert(facts)
			return facts
		} catch (error) {
			await rm(half, { force: true })
			await rm(folder, { recursive: true, force: true })
			throw error
		}
	}

	async function removeOne(facts: DocumentFacts) {
		records.remove(facts.id)
		changed(facts.meeting, facts.id)
		pages.forget(facts.id)
		const work = settling.get(facts.id)
		work?.stop.abort()
		await work?.settled
		await rm(folderOf(facts), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
	}

	removeStrays(dir, (id, meeting) => records.find(id)?.meeting === meeting)
	for (const facts of records.converting()) void settle(facts)

	return {
		add(meeting, upload) {
			const added = add(meeting, upload)
			arriving.add(added)
			const over = () => void arriving.delete(added)
			added.then(over, over)
			return added
		},
		list(meeting) {
			const kept = lists.get(meeting)
			if (kept) return kept
			if (lists.size >= listsMost) lists.clear()
			const views = records.of(meeting).map(viewOf)
			lists.set(meeting, views)
			return views
		},
		get(id) {
			const facts = records.find(id)
			return facts && { ...viewOf(facts), meeting: facts.meeting, sha256: facts.sha256 }
		},
		async page(id, page, width) {
			const facts = known(id)
			if (facts.state === 'converting') throw new Refusal('busy', 'this document is being converted')
			if (facts.pages === null || !Number.isInteger(page) || page < 1 || page > facts.pages) {
				throw new Refusal('no-document', 'there is no such page')
			}
			if (facts.kind === 'image') {
				return pages.original({ id, path: originalOf(facts), type: facts.type as Picture['type'] })
			}
			const picture = pages.picture(sourceOf(facts), page, width)
			if (page < facts.pages) pages.prepare(sourceOf(facts), page + 1, width)
			return picture
		},
		file(id) {
			const facts = known(id)
			return { path: originalOf(facts), name: facts.name, type: facts.type, bytes: facts.bytes }
		},
		remove: async (id) => removeOne(known(id)),
		async removeAll(meeting) {
			await Promise.all(records.of(meeting).map(removeOne))
			if (meetingId.test(meeting)) await rm(join(dir, meeting), { recursive: true, force: true })
		},
		onChange(listener) {
			listeners.add(listener)
			return () => void listeners.delete(listener)
		},
		async close() {
			stopping.abort()
			listeners.clear()
			await Promise.allSettled([...arriving, ...[...settling.values()].map(({ settled }) => settled)])
			await pages.ended()
		},
	}
}

function viewOf({ id, name, kind, state, pages, reason, bytes, by, at }: DocumentFacts): DocumentView {
	return { id, name, kind, state, pages, reason, bytes, by, at }
}

/** A renamed file is there after a power cut only when its folder is on the disk. */
async function putOnDisk(folder: string) {
	const handle = await open(folder, 'r')
	await handle.sync()
	await handle.close()
}

/** Files of uploads that were cut off, and folders that belong to no document: the service was killed meanwhile. */
function removeStrays(dir: string, isKept: (id: string, meeting: string) => boolean) {
	for (const file of readdirSync(join(dir, incoming))) rmSync(join(dir, incoming, file), { force: true })
	for (const meeting of readdirSync(dir)) {
		if (meeting === incoming) continue
		for (const id of readdirSync(join(dir, meeting))) {
			if (!isKept(id, meeting)) rmSync(join(dir, meeting, id), { recursive: true, force: true })
		}
	}
}
