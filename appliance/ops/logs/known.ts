import { globSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { localAddresses } from '../../config-ports.ts'
import { openVault } from '../../hub/vault.ts'
import type { MeetingKind } from '../../protocol/room-state.ts'
import type { Known } from './redact.ts'

/** Collects what no bundle may have in it: secrets of the configuration and the data folder, and people's names. */

const secretKey = /pass|secret|token|key|pin|user|sid/i
const nameColumn = /^(name|email|login|username|account|title|label)$/i
/** What is not in Latin letters is taken out whoever wrote it. */
const latin = /[A-Za-z0-9]{3,}/
const mostNames = 50_000

/** `config`: with its secrets read from their files. */
export function collectKnown(config: unknown, dataDir: string): Known {
	const secrets = new Set<string>()
	const addresses = new Set([...localAddresses(), '127.0.0.1', '0.0.0.0', '::1', '::', hostname()])
	walk(config, '', (key, text) => {
		if (secretKey.test(key)) secrets.add(text)
		for (const [, login = ''] of text.matchAll(/:\/\/([^/@\s]+)@/g))
			for (const part of login.split(':')) secrets.add(part)
		if (key === 'contact' || key === 'signer' || key === 'signerEn') secrets.add(text)
		for (const [address = ''] of text.matchAll(/(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}/gi))
			addresses.add(address)
	})
	for (const text of secretFiles(dataDir)) secrets.add(text)
	for (const name of namesIn(join(dataDir, 'maru.db'))) secrets.add(name)
	return { secrets: [...secrets].filter((secret) => latin.test(secret)), addresses }
}

function walk(value: unknown, key: string, visit: (key: string, text: string) => void): void {
	if (typeof value === 'string') visit(key, value)
	if (typeof value !== 'object' || value === null) return
	for (const [inner, one] of Object.entries(value)) walk(one, Array.isArray(value) ? key : inner, visit)
}

/** Every word in them, whatever it is called there. */
function secretFiles(dataDir: string): string[] {
	const found = globSync(['secrets/*', 'identity/*'], { cwd: dataDir }).flatMap((name) => {
		try {
			const text = readFileSync(join(dataDir, name), 'utf8')
			return text.startsWith('{') ? wordsIn(JSON.parse(text)) : [text.trim()]
		} catch {
			return [] // a folder, or not ours to read: then nothing of ours has written it into a log either
		}
	})
	return found.flatMap((word) => [word, ...word.split(/[:@\s]/)]).filter((word) => word.length > 3)
}

function wordsIn(value: unknown): string[] {
	const words: string[] = []
	walk(value, '', (_, word) => {
		words.push(word)
	})
	return words
}

/** Those of rolls, visitors and accounts; a damaged database has none to tell. */
function namesIn(path: string): string[] {
	try {
		const db = new DatabaseSync(path, { readOnly: true })
		try {
			return [...sealedNames(db), ...openNames(db)].flatMap((name) => [name, ...name.split(/[\s·,/]+/)])
		} finally {
			db.close()
		}
	} catch {
		return []
	}
}

/** What is personal is sealed; only the house itself can open it, and only for this. */
function sealedNames(db: DatabaseSync): string[] {
	const vault = openVault(db)
	const rows = db.prepare('SELECT kind, person, hash FROM vault LIMIT ?').all(mostNames)
	return rows.flatMap(({ kind, person, hash }) => {
		const text = vault.open({ kind: String(kind) as MeetingKind, person: String(person) }, String(hash))
		// A card; what somebody wrote in the chat is sealed as it is.
		return text?.startsWith('{') ? wordsIn(safeJson(text)) : []
	})
}

function openNames(db: DatabaseSync): string[] {
	const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
	return tables.flatMap(({ name }) => {
		const table = `"${String(name).replaceAll('"', '""')}"`
		const columns = db.prepare(`PRAGMA table_info(${table})`).all()
		return columns
			.map((column) => String(column.name))
			.filter((column) => nameColumn.test(column))
			.flatMap((column) => db.prepare(`SELECT DISTINCT "${column}" AS word FROM ${table} LIMIT ?`).all(mostNames))
			.flatMap(({ word }) => (typeof word === 'string' ? [word] : []))
	})
}

function safeJson(text: string): unknown {
	try {
		return JSON.parse(text)
	} catch {
		return null
	}
}
