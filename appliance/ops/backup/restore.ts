import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeDataFolder } from '../data-folder.ts'
import { openDatabase } from '../database.ts'
import { verifyJournals } from '../verify.ts'
import { backupsIn, keysFile } from './files.ts'
import { giveKeys } from './keys.ts'
import { unseal } from './seal.ts'

/** A backup as the data of this machine, which may be another one. */

interface RestoreOptions {
	/** A backup, or the folder with all of them, of which the newest is taken. */
	from: string
	dataDir: string
	secret: string
	/** What is here already is moved into a folder of its own; without it that is refused. */
	replace: boolean
}

interface Restored {
	file: string
	meetings: number
	/** Whose personal fields can be read again. */
	people: number
	/** Where what was here before lies now; null: nothing was. */
	before: string | null
}

/** Changes nothing where it throws. */
export async function restore({ from, dataDir, secret, replace }: RestoreOptions): Promise<Restored> {
	const [file] = statSync(from).isDirectory() ? backupsIn(from) : [from]
	if (file === undefined) throw new Error(`there is no backup in ${from}`)
	const present = readdirSync(makeDataFolder(dataDir))
	if (present.length > 0 && !replace) throw new Error(`${dataDir} is not empty: --replace moves aside what is there`)
	const work = mkdtempSync(join(dataDir, 'backup-'))
	try {
		await untar(unseal(createReadStream(file), secret), work)
		const keys = join(dirname(file), keysFile)
		if (!existsSync(keys)) throw new Error(`there is no ${keys}: without it no name can be read`)
		const { people, meetings } = await complete(
			join(work, 'maru.db'),
			await textOf(unseal(createReadStream(keys), secret)),
		)
		const before = present.length > 0 ? mkdtempSync(join(dataDir, 'before-')) : null
		if (before) for (const name of present) renameSync(join(dataDir, name), join(before, name))
		for (const name of readdirSync(work)) renameSync(join(work, name), join(dataDir, name))
		return { file: basename(file), meetings, people, before }
	} finally {
		rmSync(work, { recursive: true, force: true })
	}
}

/** The database with its keys, looked at before it is put into service. */
async function complete(path: string, keys: string): Promise<{ people: number; meetings: number }> {
	const db = openDatabase(path)
	let people: number
	try {
		const [found] = db.prepare('PRAGMA integrity_check').all()
		if (found?.integrity_check !== 'ok') throw new Error(`the database is damaged: ${found?.integrity_check}`)
		people = giveKeys(db, keys)
		db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
	} finally {
		db.close()
	}
	const journals = verifyJournals(path, null)
	const broken = journals.filter(({ fault }) => fault !== null)
	if (broken.length > 0) throw new Error(`${broken.length} of ${journals.length} journals are not as they were written`)
	return { people, meetings: journals.length }
}

async function untar(content: AsyncIterable<Buffer>, folder: string): Promise<void> {
	const tar = spawn('tar', ['-x', '--no-same-owner', '-C', folder], { stdio: ['pipe', 'ignore', 'pipe'] })
	const ended = once(tar, 'close')
	let said = ''
	tar.stderr.on('data', (data) => {
		said += data
	})
	await pipeline(Readable.from(content), tar.stdin)
	const [code] = await ended
	if (code !== 0) throw new Error(`tar: ${said.trim() || code}`)
}

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
	const parts: Buffer[] = []
	for await (const part of content) parts.push(part)
	return Buffer.concat(parts).toString('utf8')
}
