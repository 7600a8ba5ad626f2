import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPins } from '../../appliance/devices/pins.ts'
import { silentLog } from '../drivers/wait.ts'

let folder: string
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'maru-pins-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const front = { id: 'front', driver: 'onvif', host: '192.0.2.6', port: 443 }
const open = (file: string | null = join(folder, 'new', 'pins.json')) => openPins(file, silentLog)

describe('A camera’s certificate', () => {
	it('is unknown at first, then kept from start to start, where only we can read it', () => {
		expect(open().trust(front).known).toBeNull()
		open().trust(front).keep('AB:CD')
		expect(open().trust(front).known).toBe('AB:CD')
		expect(statSync(join(folder, 'new', 'pins.json')).mode & 0o777).toBe(0o600)
	})

	it('is that of one camera at one address', () => {
		open().trust(front).keep('AB:CD')
		for (const other of [{ id: 'left' }, { host: '192.0.2.7' }, { port: 8443 }])
			expect(open().trust({ ...front, ...other }).known).toBeNull()
	})

	it('is forgotten with its camera, so that adding that again trusts anew', () => {
		const left = { ...front, id: 'left' }
		open().trust(front).keep('AB:CD')
		open().trust(left).keep('EF:01')
		const pins = open()
		pins.keepOnly([front])
		expect(pins.trust(left).known).toBeNull()
		expect(Object.values(JSON.parse(readFileSync(join(folder, 'new', 'pins.json'), 'utf8')))).toEqual(['AB:CD'])
	})

	it.each(['', '[1]', '"x"', 'null', '{"front 192.0.2.6:443": 3}'])('is unknown where its file says %s', (text) => {
		const file = join(folder, 'pins.json')
		writeFileSync(file, text)
		expect(open(file).trust(front).known).toBeNull()
	})

	it('is trusted for the time being where it cannot be kept', () => {
		writeFileSync(join(folder, 'new'), '')
		const pins = open()
		pins.trust(front).keep('AB:CD')
		expect(pins.trust(front).known).toBe('AB:CD')
		expect(open(null).trust(front).known).toBeNull()
	})
})
