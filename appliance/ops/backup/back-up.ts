import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { backupName, backupsIn, keysFile, writeWhole } from './files.ts'
import { takeKeys } from './keys.ts'
import { recordFile } from './record.ts'
import { seal } from './seal.ts'

/** A backup of everything that the appliance keeps, beside a running service or without one. */

interface BackUpOptions {
	dataDir: string
	/** The folder for backups; made where it is missing. */
	to: string
	secret: string
	/** So many of the newest stay. */
	keep: number
	now: Date
}

interface BackedUp {
	file: string
	bytes: number
	/** Older ones that were taken away. */
	removed: number
}

/** What is made anew, or is no part of what is kept. */
const leftOut = ['./maru.db*', './cache', './virtual', './backup-*', './before-*', `./${recordFile}`]

export async function backUp({ dataDir, to, secret, keep, now }: BackUpOptions): Promise<BackedUp> {
	const database = join(dataDir, 'maru.db')
	if (!existsSync(database)) throw new Error(`there is no ${database}: is MARU_DATA right?`)
	if (resolve(to).startsWith(`${resolve(dataDir)}/`))
		throw new Error('a backup within the data is none: name another folder')
	mkdirSync(to, { recursive: true, mode: 0o700 })
	// With the keys in it until they are taken out: so it lies where only the service's user may look.
	const work = mkdtempSync(join(dataDir, 'backup-'))
	try {
		const copied = join(work, 'maru.db')
		const keys = await snapshot(database, copied)
		// First the keys: with an older backup they do no harm, and a newer one without them would be of no use.
		await writeWhole(join(to, keysFile), seal(only(keys), secret))
		const file = join(to, backupName(now))
		await writeWhole(file, seal(tarOf(dataDir, work), secret))
		const old = backupsIn(to).slice(keep)
		for (const one of old) rmSync(one)
		return { file, bytes: statSync(file).size, removed: old.length }
	} finally {
		rmSync(work, { recursive: true, force: true })
	}
}

/** A copy of one moment, without the keys, which are answered. */
async function snapshot(database: string, copied: string): Promise<string> {
	const from = new DatabaseSync(database, { readOnly: true })
	try {
		await backup(from, copied)
	} finally {
		from.close()
	}
	const copy = new DatabaseSync(copied)
	try {
		// One file, whatever the service's own database is in.
		copy.exec('PRAGMA journal_mode = DELETE')
		return takeKeys(copy)
	} finally {
		copy.close()
	}
}

async function* only(text: string): AsyncGenerator<Buffer> {
	yield Buffer.from(text)
}

async function* tarOf(dataDir: string, work: string): AsyncGenerator<Buffer> {
	const excluded = leftOut.map((path) => `--exclude=${path}`)
	const tar = spawn('tar', ['-c', '-C', dataDir, '--anchored', ...excluded, '.', '-C', resolve(work), 'maru.db'])
	const ended = once(tar, 'close')
	let said = ''
	tar.stderr.on('data', (data) => {
		said += data
	})
	yield* tar.stdout
	const [code] = await ended
	// 1: a file grew while it was read, as a recording does that goes on.
	if (code !== 0 && code !== 1) throw new Error(`tar: ${said.trim() || code}`)
}
