import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openJournal } from '../../../appliance/hub/journal.ts'
import { openVault } from '../../../appliance/hub/vault.ts'
import { backUp } from '../../../appliance/ops/backup/back-up.ts'
import { keysFile, makeSecret, readSecret } from '../../../appliance/ops/backup/files.ts'
import { restore } from '../../../appliance/ops/backup/restore.ts'
import { openDatabase } from '../../../appliance/ops/database.ts'

let home: string
let dataDir: string
let to: string
let secret: string
let db: DatabaseSync
let names: Record<'kim' | 'lee', string>

beforeEach(() => {
	home = mkdtempSync(join(tmpdir(), 'maru-backup-'))
	dataDir = join(home, 'data')
	to = join(home, 'backups')
	makeSecret(join(home, 'key'))
	secret = readSecret(join(home, 'key'))
	mkdirSync(join(dataDir, 'recordings'), { recursive: true })
	mkdirSync(join(dataDir, 'cache'))
	writeFileSync(join(dataDir, 'recordings', 'a.mp4'), 'pictures')
	writeFileSync(join(dataDir, 'cache', 'b'), 'made anew')
	db = openDatabase(join(dataDir, 'maru.db'))
	const [journal, vault] = [openJournal(db), openVault(db)]
	names = { kim: keep(vault, 'kim', '김철수'), lee: keep(vault, 'lee', '이영희') }
	journal.append('m1', 0, [
		{ type: 'meeting.planned', meeting: 'm1', title: '확대간부회의', kind: 'council', startsAt: null, at: 1 },
		{ type: 'person.joined', person: 'kim', role: 'member', name: names.kim, at: 2 },
	])
})
afterEach(() => {
	db.close()
	rmSync(home, { recursive: true, force: true })
})

function keep(vault: ReturnType<typeof openVault>, person: string, name: string): string {
	const { hash, keep } = vault.seal({ kind: 'council', person }, name)
	keep()
	return hash
}
const backup = (now = '2026-11-29T08:00:00.250Z', keep = 14) =>
	backUp({ dataDir, to, secret, keep, now: new Date(now) })
const elsewhere = () => join(home, 'another-machine')
const bring = (from = to) => restore({ from, dataDir: elsewhere(), secret, replace: false })

/** Who is called what, in the data that was restored. */
function restoredNames(): Record<string, string | null> {
	const restored = openDatabase(join(elsewhere(), 'maru.db'))
	const vault = openVault(restored)
	const read = (person: 'kim' | 'lee') => vault.open({ kind: 'council', person }, names[person])
	const found = { kim: read('kim'), lee: read('lee') }
	restored.close()
	return found
}

describe('A backup', () => {
	it('made beside a service that runs, is this machine’s data on another one', async () => {
		const { file } = await backup()
		expect(file).toBe(join(to, 'maru-20261129T080000Z.backup'))
		expect(await bring()).toMatchObject({ meetings: 1, people: 2, before: null })
		expect(restoredNames()).toEqual({ kim: '김철수', lee: '이영희' })
		expect(readFileSync(join(elsewhere(), 'recordings', 'a.mp4'), 'utf8')).toBe('pictures')
		expect(existsSync(join(elsewhere(), 'cache'))).toBe(false)
		expect(readdirSync(dataDir).filter((name) => name.startsWith('backup-'))).toEqual([])
	})

	it('is read by nobody without the key, and the folder by nobody else', async () => {
		const { file } = await backup()
		await expect(restore({ from: to, dataDir: elsewhere(), secret: 'x'.repeat(43), replace: false })).rejects.toThrow()
		for (const path of [file, join(to, keysFile)]) {
			expect(statSync(path).mode & 0o077).toBe(0)
			expect(readFileSync(path).includes('확대간부회의')).toBe(false)
		}
		// What could not be restored has left nothing behind.
		expect(readdirSync(elsewhere())).toEqual([])
	})

	it('tells nothing more of whoever was erased, as soon as the next one is made', async () => {
		const { file } = await backup('2026-11-29T08:00:00Z')
		openVault(db).erase({ kind: 'council', person: 'kim' })
		await backup('2026-11-30T08:00:00Z')
		expect(await bring(file)).toMatchObject({ meetings: 1 })
		expect(restoredNames()).toEqual({ kim: null, lee: '이영희' })
	})

	it('has no key in it, not even in a free page', async () => {
		const key = db.prepare('SELECT key FROM vault_key WHERE person = ?').get('kim')?.key as Uint8Array
		const { file } = await backup()
		rmSync(join(to, keysFile))
		await expect(bring(file)).rejects.toThrow(/maru\.keys/)
		await backup()
		await bring(file)
		const bytes = readFileSync(join(elsewhere(), 'maru.db'))
		expect(bytes.includes(Buffer.from(key))).toBe(true)
		openVault(db).erase({ kind: 'council', person: 'kim' })
		rmSync(elsewhere(), { recursive: true })
		await backup('2026-11-30T08:00:00Z')
		await bring(file)
		expect(readFileSync(join(elsewhere(), 'maru.db')).includes(Buffer.from(key))).toBe(false)
	})

	it('replaces the oldest when there are as many as are kept', async () => {
		for (const day of ['27', '28', '29']) await backup(`2026-11-${day}T08:00:00Z`, 2)
		expect(readdirSync(to).sort()).toEqual(['maru-20261128T080000Z.backup', 'maru-20261129T080000Z.backup', keysFile])
	})

	it('takes the place of what is there only when asked to, and moves that aside', async () => {
		await backup()
		await bring()
		writeFileSync(join(elsewhere(), 'mine'), 'kept')
		await expect(bring()).rejects.toThrow(/not empty/)
		const { before } = await restore({ from: to, dataDir: elsewhere(), secret, replace: true })
		expect(readFileSync(join(before ?? '', 'mine'), 'utf8')).toBe('kept')
		expect(restoredNames()).toEqual({ kim: '김철수', lee: '이영희' })
	})

	it('whose journal was written over is not put into service', async () => {
		db.exec(`UPDATE journal SET hash = replace(hash, substr(hash, 1, 1), 'f') WHERE seq = 1`)
		await backup()
		await expect(bring()).rejects.toThrow(/journals/)
		expect(readdirSync(elsewhere())).toEqual([])
	})
})

describe('Its key', () => {
	it('is never written over, and one that can be guessed is not taken', () => {
		expect(() => makeSecret(join(home, 'key'))).toThrow(/EEXIST/)
		expect(statSync(join(home, 'key')).mode & 0o077).toBe(0)
		writeFileSync(join(home, 'weak'), 'password')
		expect(() => readSecret(join(home, 'weak'))).toThrow(/no key/)
		expect(() => readSecret(join(home, 'none'))).toThrow(/new-key/)
	})
})
