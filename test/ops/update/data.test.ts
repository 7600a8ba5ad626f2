import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databaseSchema, openDatabase } from '../../../appliance/ops/database.ts'
import { bytesToSave, forgetData, restoreData, saveData, savedIn } from '../../../appliance/ops/update/data.ts'
import { schemaOf } from '../../../appliance/ops/update/installed.ts'

let dir: string
let dataDir: string
const at = (...names: string[]) => join(dataDir, ...names)
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-data-'))
	dataDir = join(dir, 'data')
	for (const name of ['recordings', 'identity', 'cache']) mkdirSync(at(name), { recursive: true })
	writeFileSync(at('recordings', 'a.mp4'), 'pictures')
	writeFileSync(at('identity', 'tokens.jwk'), 'a key', { mode: 0o600 })
	writeFileSync(at('cache', 'b'), 'made anew')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Every file with all that it is, but what was saved beside. */
function contents(): Record<string, string> {
	const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
	const paths = files
		.map(({ parentPath, name }) => join(parentPath, name))
		.filter((path) => !path.includes('before-update'))
	return Object.fromEntries(
		paths.sort().map((path) => [path, `${statSync(path).mode} ${readFileSync(path).toString('base64')}`]),
	)
}

describe('The data before an update', () => {
	it('is back to the last byte, the database with the log that it had, whatever was done to it', async () => {
		const db = openDatabase(at('maru.db'))
		db.exec("CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('before')")
		// As after a kill: not everything of it is in the main file.
		cpSync(at('maru.db'), join(dir, 'main'))
		cpSync(at('maru.db-wal'), join(dir, 'log'))
		db.close()
		cpSync(join(dir, 'main'), at('maru.db'))
		cpSync(join(dir, 'log'), at('maru.db-wal'))
		const before = contents()

		await saveData(dataDir)
		expect(contents()).toEqual(before)
		const migrated = openDatabase(at('maru.db'))
		migrated.exec("ALTER TABLE t ADD COLUMN y TEXT; UPDATE t SET x = 'after'; PRAGMA user_version = 7")
		migrated.close()
		rmSync(at('recordings', 'a.mp4'))
		writeFileSync(at('identity', 'tokens.jwk'), 'another key')
		writeFileSync(at('new'), 'x')
		await restoreData(dataDir)
		expect(contents()).toEqual(before)

		const again = openDatabase(at('maru.db'))
		expect(again.prepare('SELECT * FROM t').all()).toEqual([{ x: 'before' }])
		again.close()
	})

	it('can be put back once more where that was cut off', async () => {
		writeFileSync(at('maru.db'), 'before')
		await saveData(dataDir)
		const before = contents()
		rmSync(at('maru.db'))
		rmSync(at('identity'), { recursive: true })
		await restoreData(dataDir)
		expect(contents()).toEqual(before)
		await restoreData(dataDir)
		expect(contents()).toEqual(before)
	})

	it('is what it was at the last time that it was saved, and nothing of an earlier one', async () => {
		writeFileSync(at('maru.db'), 'first')
		writeFileSync(at('gone'), 'x')
		await saveData(dataDir)
		writeFileSync(at('maru.db'), 'second')
		rmSync(at('gone'))
		await saveData(dataDir)
		writeFileSync(at('maru.db'), 'third')
		await restoreData(dataDir)
		expect(readFileSync(at('maru.db'), 'utf8')).toBe('second')
		expect(existsSync(at('gone'))).toBe(false)
	})

	it('takes no second room for recordings, none for what is made anew, and none any more when it is forgotten', async () => {
		writeFileSync(at('maru.db'), 'x'.repeat(5_000))
		const bytes = await bytesToSave(dataDir)
		expect(bytes).toBeGreaterThan(5_000)
		writeFileSync(at('recordings', 'b.mp4'), Buffer.alloc(1_000_000))
		expect(await bytesToSave(dataDir)).toBe(bytes)
		await saveData(dataDir)
		expect(statSync(at('recordings', 'a.mp4')).nlink).toBe(2)
		expect(existsSync(join(savedIn(dataDir), 'cache'))).toBe(false)
		await forgetData(dataDir)
		expect(existsSync(savedIn(dataDir))).toBe(false)
		expect(statSync(at('recordings', 'a.mp4')).nlink).toBe(1)
	})

	it('that there isn’t any of is saved and put back as nothing', async () => {
		rmSync(dataDir, { recursive: true })
		await saveData(dataDir)
		await restoreData(dataDir)
		await forgetData(dataDir)
		expect(existsSync(dataDir)).toBe(false)
	})
})

describe('The form of the database', () => {
	it('stands in its header, and is read without opening it', () => {
		openDatabase(at('maru.db')).close()
		expect(schemaOf(at('maru.db'))).toBe(databaseSchema)
		expect(schemaOf(at('none.db'))).toBe(0)
	})

	it('keeps an older service from data that it would misunderstand', () => {
		const db = openDatabase(at('maru.db'))
		db.exec(`PRAGMA user_version = ${databaseSchema + 1}`)
		db.close()
		const before = readFileSync(at('maru.db'))
		expect(() => openDatabase(at('maru.db'))).toThrow(/newer Maru/)
		expect(readFileSync(at('maru.db')).equals(before)).toBe(true)
	})
})
