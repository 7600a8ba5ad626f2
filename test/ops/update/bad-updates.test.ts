import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../../appliance/ops/database.ts'
import { StepFault } from '../../../appliance/ops/update/fault.ts'
import { openUpdate } from '../../../appliance/ops/update/file.ts'
import { judge } from '../../../appliance/ops/update/judge.ts'
import type { Machine } from '../../../appliance/ops/update/machine.ts'
import { makeKeys, readKeys } from '../../../appliance/ops/update/sign.ts'
import { next, type State } from '../../../appliance/ops/update/state.ts'
import { carryOut, type Gate, perform } from '../../../appliance/ops/update/steps.ts'
import { openStore, type Places, placesIn, stillRuns, thisRunner } from '../../../appliance/ops/update/store.ts'
import { makeUpdateOf } from './files.ts'

/**
 * Updates that are bad in five ways, with real files, signatures, data and database. Only dpkg and systemd are played: a
 * package's content says what the service does that it brings.
 */

type Behaviour = 'well' | 'silent' | 'sick' | 'ends' | 'broken-doctor'
interface Installed {
	version: string
	behaviour: Behaviour
	/** Changes the database when it starts. */
	migrates?: boolean
	/** The power goes while it is unpacked. */
	cut?: boolean
}

class PowerCut extends Error {}

let dir: string
let dataDir: string
let places: Places
let began: string[]
let clock: number
const keys = makeKeys()
const old: Installed = { version: '1.0', behaviour: 'well' }
const gate: Gate = { readyMs: 60_000, steadyMs: 10_000, before: { health: [], doctor: ['ports'] } }

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-bad-'))
	dataDir = join(dir, 'data')
	places = placesIn(join(dir, 'update'))
	mkdirSync(dataDir)
	writeFileSync(join(dir, 'installed'), JSON.stringify(old))
	writeFileSync(join(dataDir, 'secret'), 'kept')
	const db = openDatabase(join(dataDir, 'maru.db'))
	db.exec("CREATE TABLE meeting (title TEXT); INSERT INTO meeting VALUES ('확대간부회의')")
	db.close()
	began = []
	clock = 0
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const installedNow = () => JSON.parse(readFileSync(join(dir, 'installed'), 'utf8')) as Installed
const databaseNow = () => readFileSync(join(dataDir, 'maru.db')).toString('base64')

function machine(): Machine {
	let running: Installed | null = old
	return {
		async stopService() {
			running = null
		},
		async startService() {
			running = installedNow()
			if (!running.migrates) return
			const db = new DatabaseSync(join(dataDir, 'maru.db'))
			db.exec("ALTER TABLE meeting ADD COLUMN kind TEXT; UPDATE meeting SET kind = 'council'; PRAGMA user_version = 9")
			db.close()
			rmSync(join(dataDir, 'secret'))
		},
		async install([path = '']) {
			const content = JSON.parse(readFileSync(path, 'utf8')) as Installed
			writeFileSync(join(dir, 'installed'), '{"version":"half"')
			if (content.cut) throw new PowerCut()
			writeFileSync(join(dir, 'installed'), JSON.stringify(content))
		},
		async look() {
			if (running?.behaviour === 'silent') return { health: null, restarts: 0 }
			const health = { ok: true, version: running?.version, devices: running?.behaviour !== 'sick' }
			return { health, restarts: running?.behaviour === 'ends' && clock > 5_000 ? 1 : 0 }
		},
		async doctor() {
			return running?.behaviour === 'broken-doctor' ? ['ports', 'database'] : ['ports']
		},
		now: () => clock,
		async sleep(ms) {
			clock += ms
		},
	}
}

const update = (is: Omit<Installed, 'version'>, secret = keys.secret) =>
	makeUpdateOf(dir, [{ package: 'maru', version: '2.0', content: JSON.stringify({ version: '2.0', ...is }) }], [secret])

/** As the command does it; rejects with a PowerCut where the power goes, and resolves with how it ended. */
async function put(path: string) {
	const opened = await openUpdate(path, readKeys(keys.open))
	const { found } = opened
	const present = {
		version: '1.0',
		architecture: 'amd64',
		schema: 1,
		packages: new Map([['maru', '1.0']]),
		meeting: false,
	}
	const bytes = { present: 0, data: 0 }
	const refusal = judge(found, { ...present, bytes, disks: [] }, { downgrade: false, now: false }, 0)
	if (refusal) {
		await opened.close()
		return { step: 'refused', why: refusal, unwell: null } as const
	}
	const prepare = async () => {
		mkdirSync(places.parts, { recursive: true })
		if ((await opened.extract(places.parts)) !== 'whole') throw new StepFault('changed')
		writeFileSync(places.previous, JSON.stringify(installedNow()))
	}
	const state: State = {
		...{ step: 'prepare', from: '1.0', to: '2.0', began: 0, install: ['maru_2.0.deb'], why: null, unwell: null },
	}
	try {
		return await carry(state, prepare, gate)
	} finally {
		await opened.close()
	}
}

async function carry(from: State, prepare: () => Promise<void>, gate: Gate | null) {
	const store = openStore(places)
	const surroundings = { machine: machine(), places, dataDir, prepare, gate }
	let cut = false
	const ended = await carryOut(
		from,
		async (step, state) => {
			began.push(step)
			await perform(surroundings, step, state).catch((error) => {
				cut = error instanceof PowerCut
				throw error
			})
		},
		(state) => {
			// What would be written now is not written any more.
			if (cut) throw new PowerCut()
			store.write({ state, runner: null, dataDir, language: 'ko' })
		},
	)
	const { to, why, unwell, step } = ended
	if (step !== 'stuck') store.finish({ from: ended.from, to, began: 0, why, unwell, end: step, at: 1 })
	return ended
}

const undone = ['undo-stop', 'undo-install', 'undo-data', 'undo-start', 'undo-watch', 'discard']
/** The old version runs, the database is the same to the last byte, and nothing is left but what became of it. */
function expectAsBefore(database: string) {
	expect(installedNow()).toEqual(old)
	expect(databaseNow()).toBe(database)
	expect(readFileSync(join(dataDir, 'secret'), 'utf8')).toBe('kept')
	expect(readdirSync(dataDir).sort()).toEqual(['maru.db', 'secret'])
	expect(openStore(places).read()).toBeNull()
	expect(existsSync(places.work)).toBe(false)
}

describe('A good update', () => {
	it('is put on, keeps the data and says so afterwards', async () => {
		expect(await put(await update({ behaviour: 'well', migrates: true }))).toMatchObject({ step: 'new', why: null })
		expect(installedNow()).toMatchObject({ version: '2.0' })
		const db = new DatabaseSync(join(dataDir, 'maru.db'))
		expect(db.prepare('SELECT title, kind FROM meeting').all()).toEqual([{ title: '확대간부회의', kind: 'council' }])
		db.close()
		expect(readdirSync(dataDir)).toEqual(['maru.db'])
		expect(openStore(places).last()).toMatchObject({ from: '1.0', to: '2.0', end: 'new' })
		expect(existsSync(places.work)).toBe(false)
	})
})

describe('A bad update', () => {
	it('whose signature is wrong never gets as far as anything', async () => {
		const database = databaseNow()
		const path = await update({ behaviour: 'well' }, makeKeys().secret)
		expect(await put(path)).toMatchObject({ step: 'refused', why: { code: 'unknown-key' } })
		expect(began).toEqual([])
		expectAsBefore(database)
	})

	it.each([
		['does not start', { behaviour: 'silent' }, 'no-answer'],
		['starts and is not well', { behaviour: 'sick' }, 'unwell'],
		['is well, and ends after a while', { behaviour: 'ends' }, 'ended'],
		['is well but for what the doctor finds', { behaviour: 'broken-doctor' }, 'doctor'],
		['changes the database and then is not well', { behaviour: 'sick', migrates: true }, 'unwell'],
	] as const)('that %s is taken back', async (_, is, code) => {
		const database = databaseNow()
		const ended = await put(await update(is))
		expect(ended).toMatchObject({ step: 'old', why: { code }, unwell: null })
		expect(began).toEqual(['prepare', 'stop', 'save', 'install', 'start', 'watch', ...undone])
		expectAsBefore(database)
		expect(openStore(places).last()).toMatchObject({ end: 'old', why: { code } })
	})

	it('that dpkg does not take is taken back', async () => {
		const database = databaseNow()
		const path = await makeUpdateOf(dir, [{ package: 'maru', version: '2.0', content: 'no package' }], [keys.secret])
		expect(await put(path)).toMatchObject({ step: 'old', why: { code: 'failed' } })
		expect(began).toEqual(['prepare', 'stop', 'save', 'install', ...undone])
		expectAsBefore(database)
	})

	it('during which the power goes is taken back at the next boot', async () => {
		const database = databaseNow()
		await expect(put(await update({ behaviour: 'well', cut: true }))).rejects.toThrow(PowerCut)
		expect(() => installedNow()).toThrow()
		const kept = openStore(places).read()
		expect(kept?.state.step).toBe('install')
		began = []
		const from = next(kept?.state as State, { type: 'interrupted' })
		const ended = await carry(from, () => Promise.reject(new Error('too late')), null)
		expect(ended).toMatchObject({ step: 'old', why: { code: 'interrupted' } })
		expect(began).toEqual(undone)
		expectAsBefore(database)
	})

	it('whose content was changed on its way is refused before anything is', async () => {
		const database = databaseNow()
		const path = await update({ behaviour: 'well' })
		writeFileSync(path, readFileSync(path, 'utf8').replace('well', 'sick'))
		expect(await put(path)).toMatchObject({ step: 'refused', why: { code: 'changed' } })
		expect(began).toEqual(['prepare', 'drop'])
		expectAsBefore(database)
	})
})

describe('Who carries an update out', () => {
	it('is known while it lives, and not taken for another process with its number', () => {
		const runner = thisRunner()
		expect(stillRuns(runner)).toBe(true)
		expect(stillRuns({ ...runner, started: '1' })).toBe(false)
		expect(stillRuns({ ...runner, boot: 'another' })).toBe(false)
		expect(stillRuns({ ...runner, pid: 2 ** 22 })).toBe(false)
		expect(stillRuns(null)).toBe(false)
	})
})
