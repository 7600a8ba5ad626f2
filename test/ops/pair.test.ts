import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPin } from '../../appliance/identity/pin.ts'
import { openDatabase } from '../../appliance/ops/database.ts'
import { hoursOf, pair } from '../../appliance/ops/pair.ts'
import { openSite, type Site } from '../http/site.ts'
import { Tablet } from '../http/tablet.ts'

const cli = join(import.meta.dirname, '../../appliance/ops/cli.ts')

describe('maru pair', () => {
	let site: Site
	let env: NodeJS.ProcessEnv
	beforeEach(async () => {
		site = await openSite()
		const config = join(site.dir, 'maru.yaml')
		writeFileSync(config, `room: { name: 대회의실 }\nlisten: { http: { port: ${new URL(site.origin).port} } }\n`)
		env = { MARU_CONFIG: config, MARU_DATA: site.dir }
	})
	afterEach(() => site.close())

	it('lets in the screen that shows the code, by the name and for the time that it is told', async () => {
		const { id, code } = await new Tablet(site).shows()
		const said = await pair(env, { code, name: '의장석 태블릿', hours: 8, yes: true })
		expect(said).toMatch(/^의장석 태블릿 \(Chrome · Android, 127\.0\.0\.1\) is let in for 8 hours$/)
		expect(site.panels.standing(id)).toMatchObject({ state: 'approved' })
	})

	it('says who it is, and lets nobody in, where nobody can be asked', async () => {
		const { id, code } = await new Tablet(site).shows()
		await expect(pair(env, { code, name: '', hours: null, yes: false })).rejects.toThrow(/Chrome · Android.*--yes/)
		expect(site.panels.standing(id)).toMatchObject({ state: 'open' })
	})

	it('says what to do where no screen shows the code, and where no service runs', async () => {
		const wish = { code: '000000', name: '', hours: null, yes: true }
		await expect(pair(env, wish)).rejects.toThrow(/no screen shows this code/)
		writeFileSync(env.MARU_CONFIG ?? '', 'room: { name: 대회의실 }\nlisten: { http: { port: 1 } }\n')
		await expect(pair(env, wish)).rejects.toThrow(/no service answers/)
	})

	it.each([
		['8h', 8],
		['3d', 72],
		['90d', 2_160],
		['91d', null],
		['0h', null],
		['8', null],
		['-8h', null],
	])('reads --temporary %s as %s hours', (text, hours) => {
		expect(hoursOf(text)).toBe(hours)
	})
})

describe('maru pin set', () => {
	let dir: string
	beforeEach(() => {
		dir = mkdtempSync(join(tmpdir(), 'maru-pin-'))
		mkdirSync(join(dir, 'data'))
	})
	afterEach(() => rmSync(dir, { recursive: true, force: true }))

	function maru(input: string) {
		const env = { ...process.env, MARU_DATA: join(dir, 'data') }
		return spawnSync(process.execPath, [cli, 'pin', 'set'], { cwd: dir, encoding: 'utf8', env, input, timeout: 55_000 })
	}

	it('takes six digits from standard input, beside a service that has the database open, and shows none of them', async () => {
		const db = openDatabase(join(dir, 'data/maru.db'))
		const pin = openPin({ db, dir: join(dir, 'data/identity'), now: Date.now })
		const { status, stdout, stderr } = maru('482913\n')
		expect([status, stdout]).toEqual([0, 'the PIN is set\n'])
		expect(stdout + stderr).not.toContain('482913')
		await pin.check('482913')
		expect(maru('4829\n')).toMatchObject({ status: 1, stderr: expect.stringContaining('six digits') })
		await pin.check('482913')
		db.close()
	})
})
