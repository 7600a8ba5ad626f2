import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLock, openPin, type Pin } from '../../appliance/identity/pin.ts'
import { TryLater } from '../../appliance/identity/tries.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'

let dir: string
let db: DatabaseSync
let time: number
let pin: Pin
const now = () => time
const open = () => openPin({ db, dir, now })

beforeEach(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-pin-'))
	db = new DatabaseSync(':memory:')
	time = Date.UTC(2027, 0, 4)
	pin = open()
})
afterEach(() => {
	db.close()
	rmSync(dir, { recursive: true, force: true })
})

async function outcome(given: string): Promise<string> {
	try {
		await pin.check(given)
		return 'right'
	} catch (error) {
		if (error instanceof TryLater) return `wait ${error.seconds}`
		if (error instanceof Refusal) return error.code
		throw error
	}
}

describe('The PIN', () => {
	it('opens what is behind it, whoever set it and whenever', async () => {
		expect(pin.view()).toEqual({ set: false, at: null })
		expect(await outcome('482913')).toBe('unsupported')
		// The command line writes what the service reads.
		await open().set('482913')
		expect(pin.view()).toEqual({ set: true, at: time })
		expect(await outcome('482913')).toBe('right')
		expect(await outcome('482914')).toBe('bad-code')
		pin.clear()
		expect(await outcome('482913')).toBe('unsupported')
	})

	it('that was wrong five times waits, longer each time, also after a restart and for the right one', async () => {
		await pin.set('482913')
		for (let wrong = 0; wrong < 5; wrong += 1) expect(await outcome('000000')).toBe('bad-code')
		expect(await outcome('482913')).toBe('wait 30')
		pin = open()
		expect(await outcome('482913')).toBe('wait 30')
		time += 30_000
		expect(await outcome('000000')).toBe('bad-code')
		expect(pin.waitMs()).toBe(60_000)
		time += 60_000
		expect(await outcome('482913')).toBe('right')
		expect(pin.waitMs()).toBe(0)
	})

	it('is looked at five times where ten try at once', async () => {
		await pin.set('482913')
		const all = await Promise.all(Array.from({ length: 10 }, () => outcome('000000')))
		expect(all.filter((one) => one === 'bad-code')).toHaveLength(5)
		expect(all.filter((one) => one.startsWith('wait'))).toHaveLength(5)
	})

	it('makes nobody wait for a year because a clock was set back', async () => {
		await pin.set('482913')
		for (let wrong = 0; wrong < 5; wrong += 1) await outcome('000000')
		time -= 365 * 86_400_000
		expect(pin.waitMs()).toBe(30_000)
		time += 30_000
		expect(await outcome('482913')).toBe('right')
	})

	it('stands nowhere as digits, and its digest says nothing without the key beside it', async () => {
		await pin.set('482913')
		const [row] = db.prepare('SELECT * FROM admin_pin').all()
		expect(JSON.stringify(row)).not.toContain('482913')
		rmSync(join(dir, 'pin.key'))
		expect(await outcome('482913')).toBe('bad-code')
	})
})

it('A lock is open for five minutes, or until it is closed', () => {
	let now = 0
	const lock = createLock(() => now)
	expect(lock.leftMs()).toBe(0)
	lock.unlock()
	now += 299_999
	expect(lock.leftMs()).toBe(1)
	now += 1
	expect(lock.leftMs()).toBe(0)
	lock.unlock()
	lock.lock()
	expect(lock.leftMs()).toBe(0)
})
