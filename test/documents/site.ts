import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { type Documents, openDocuments } from '../../appliance/documents/documents.ts'
import type { Converter } from '../../appliance/documents/office.ts'
import { until as look } from '../drivers/wait.ts'

/** Documents of a service that can be ended and started again. */
export interface Site {
	readonly dir: string
	readonly db: DatabaseSync
	readonly documents: Documents
	/** Every change that was told: 'meeting state'. */
	readonly told: string[]
	/** Every line that was logged, at the lowest level. */
	readonly logged: string[]
	/** As after a kill: what was going on is forgotten, the disk is not. */
	restart(convert?: Converter | null): Promise<void>
	/** Every file and folder, from the store's own folder on. */
	files(): string[]
	close(): Promise<void>
}

/** Without a converter unless one is given. */
export function openSite(convert: Converter | 'LibreOffice' | null = null): Site {
	const dir = mkdtempSync(join(tmpdir(), 'maru-documents-'))
	const db = new DatabaseSync(join(dir, 'maru.db'))
	const logged: string[] = []
	const told: string[] = []
	const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
	let time = 1_000
	const start = (converter: Converter | 'LibreOffice' | null) => {
		const options = { dir: join(dir, 'documents'), db, now: () => time++, log }
		const documents = openDocuments(converter === 'LibreOffice' ? options : { ...options, convert: converter })
		documents.onChange((meeting, id) => told.push(`${meeting} ${documents.get(id)?.state ?? 'gone'}`))
		return documents
	}
	const site = { documents: start(convert) }

	return {
		dir,
		db,
		told,
		logged,
		get documents() {
			return site.documents
		},
		async restart(converter = null) {
			await site.documents.close()
			site.documents = start(converter)
		},
		files: () => readdirSync(join(dir, 'documents'), { recursive: true }).map(String).sort(),
		async close() {
			await site.documents.close()
			db.close()
			rmSync(dir, { recursive: true })
		},
	}
}

/** A conversion takes its time. */
export function until<T>(what: string, find: () => T | undefined | false | null, patienceMs = 60_000): Promise<T> {
	return look(what, find, patienceMs)
}

/** Processes whose command line holds this text; a fresh folder's name is in no other. */
export function processesOf(text: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
		.filter((pid) => {
			const file = `/proc/${pid}/cmdline`
			try {
				return existsSync(file) && readFileSync(file, 'utf8').includes(text)
			} catch {
				return false // it ended meanwhile
			}
		})
		.map(Number)
}

/** Programs that this process has started and that have not ended. */
export function children(): string[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((pid) => {
			try {
				const [, name = '', parent] = /\((.*)\) \w (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
				return Number(parent) === process.pid ? [name] : []
			} catch {
				return [] // it ended meanwhile
			}
		})
}
