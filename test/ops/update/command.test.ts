import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { update } from '../../../appliance/ops/update/command.ts'
import { fingerprint, openHalf, readKeys } from '../../../appliance/ops/update/sign.ts'

let dir: string
let said: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-keys-'))
	said = ''
	const hear = (text: unknown) => {
		said += `${text}\n`
	}
	vi.spyOn(console, 'log').mockImplementation(hear)
	vi.spyOn(console, 'error').mockImplementation(hear)
})
afterEach(() => {
	vi.restoreAllMocks()
	rmSync(dir, { recursive: true, force: true })
})

describe('maru update', () => {
	it('keygen makes a pair: the secret half for its owner alone, the open one for every machine', async () => {
		const file = join(dir, 'keys', 'update')
		expect(await update(['keygen', file], {})).toBe(0)
		expect(statSync(file).mode & 0o777).toBe(0o600)
		const open = readFileSync(`${file}.pub`, 'utf8')
		expect(openHalf(readFileSync(file, 'utf8'))).toBe(open)
		expect(readKeys(open).map(fingerprint)).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)])
	})

	it('keygen overwrites no key', async () => {
		const file = join(dir, 'update')
		await update(['keygen', file], {})
		const before = readFileSync(file, 'utf8')
		expect(await update(['keygen', file], {})).toBe(1)
		expect(readFileSync(file, 'utf8')).toBe(before)
	})

	it.each([
		['nothing', []],
		['two files', ['a', 'b']],
		['a key without a file', ['keygen']],
		['an option that is none', ['a', '--force']],
		['a time that is none', ['a', '--steady-for', 'long']],
		['status and a file', ['a', '--status']],
	])('asked with %s says how it is asked, exit 2', async (_, args) => {
		expect(await update(args, {})).toBe(2)
		expect(said).toMatch(/^maru update FILE/)
	})
})
