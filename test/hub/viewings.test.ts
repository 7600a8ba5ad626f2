import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Cards } from '../../appliance/hub/cards.ts'
import { openVault } from '../../appliance/hub/vault.ts'
import { openViewings, type Viewer, Viewings, viewerOf, watchedOf } from '../../appliance/hub/viewings.ts'
import { log } from '../media/open.ts'

/** With a real database and vault; the time is vitest's. */

const kim: Viewer = { key: 'kim', person: 'kim', name: '김민수' }
const someone: Viewer = { key: 'shared-1', person: null, name: null }

let db: DatabaseSync
let onAir: boolean
let viewings: Viewings
beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000 })
	db = new DatabaseSync(':memory:')
	onAir = true
	viewings = open()
})
afterEach(() => {
	viewings.close()
	db.close()
	vi.useRealTimers()
})

const parts = () => ({ store: openViewings(db), cards: new Cards(openVault(db), 'council') })

function open(): Viewings {
	return new Viewings({ meeting: 'm1', ...parts(), onAir: () => onAir, now: Date.now, log })
}

/** As a start of the service finds it. */
function kept() {
	const { store, cards } = parts()
	return watchedOf(store.read('m1'), (person, hash) => cards.open(person, hash))
}
const seconds = (name: string | null) => (kept().find((one) => one.name === name)?.watchedMs ?? 0) / 1_000
const pass = (s: number) => vi.advanceTimersByTimeAsync(s * 1_000)
const writes = () => vi.spyOn(db, 'exec')

describe('Who watches', () => {
	it('is counted by reads and by connections, both at once being one, and written down every ten seconds', async () => {
		const leave = viewings.enter(kim)
		const writing = writes()
		for (let s = 0; s < 25; s++) {
			viewings.reads(kim)
			viewings.reads(someone)
			await pass(1)
		}
		expect(writing.mock.calls.filter(([sql]) => sql === 'COMMIT')).toHaveLength(2)
		expect([seconds('김민수'), seconds(null)]).toEqual([20, 19])
		leave()
		viewings.write()
		expect(kept()).toMatchObject([
			{ person: 'kim', name: '김민수', watchedMs: 25_000, ways: ['webrtc', 'http'], firstAt: 1_000_000 },
			{ person: null, name: null, watchedMs: 24_000, ways: ['http'] },
		])
	})

	it('goes on where it was after a restart, and loses ten seconds at most when the service is killed', async () => {
		viewings.enter(kim)
		await pass(65)
		const again = open() // the other was killed: nothing more of it comes
		expect(seconds('김민수')).toBe(60)
		await pass(100)
		again.enter(kim)()
		again.enter(kim)
		await pass(10)
		again.close()
		expect(again.size).toBe(1)
		expect(seconds('김민수')).toBeGreaterThanOrEqual(70)
	})

	it('counts a connection while something is on air', async () => {
		onAir = false
		const leave = viewings.enter(kim)
		await pass(60)
		expect(viewings.size).toBe(0)
		onAir = true
		viewings.turn()
		await pass(40)
		onAir = false
		viewings.turn()
		await pass(300)
		leave()
		viewings.write()
		expect(seconds('김민수')).toBe(40)
	})

	it('leaves until the last of their windows is closed', async () => {
		const [one, two] = [viewings.enter(kim), viewings.enter(kim)]
		await pass(20)
		one()
		await pass(20)
		two()
		await pass(60)
		viewings.write()
		expect(seconds('김민수')).toBe(40)
	})

	it('is twenty thousand at most, and those go on being counted', async () => {
		for (let i = 0; i < 20_100; i++) viewings.reads({ key: `p${i}`, person: null, name: null })
		expect(viewings.size).toBe(20_000)
		await pass(5)
		viewings.reads({ key: 'p0', person: null, name: null })
		viewings.write()
		expect(kept().filter(({ watchedMs }) => watchedMs === 5_000)).toHaveLength(1)
	})

	it('is forgotten by name and by row when somebody is erased', async () => {
		viewings.reads(kim)
		viewings.reads(someone)
		viewings.write()
		openVault(db).erase({ kind: 'council', person: 'kim' })
		expect(kept().map(({ name }) => name)).toEqual([null, null])
		openViewings(db).forget('kim')
		viewings.forget('kim')
		viewings.write()
		expect(kept()).toMatchObject([{ person: null }])
		expect(JSON.stringify(db.prepare('SELECT * FROM viewing').all())).not.toContain('김민수')
	})

	it('survives a disk that takes nothing for a while', async () => {
		viewings.reads(kim)
		const writing = writes().mockImplementation((sql) => {
			if (sql === 'BEGIN IMMEDIATE') throw new Error('disk full')
		})
		await pass(12)
		writing.mockRestore()
		viewings.reads(kim)
		await pass(12)
		expect(seconds('김민수')).toBe(12)
	})
})

describe('A viewer', () => {
	const by = { kind: 'meeting', role: 'viewer', meeting: 'm1', jti: 'j1' } as const

	it('is the person of their link, or for a shared one the address they come from, which is not kept', () => {
		expect(viewerOf({ ...by, person: 'kim', name: '김민수' }, '10.0.0.1')).toEqual(kim)
		const shared = viewerOf({ ...by, person: null, name: null }, '10.0.0.1')
		expect(shared).toMatchObject({ person: null, name: null })
		expect(shared).toEqual(viewerOf({ ...by, person: null, name: null }, '10.0.0.1'))
		expect(shared).not.toEqual(viewerOf({ ...by, person: null, name: null }, '10.0.0.2'))
		expect(shared?.key).not.toContain('10.0.0.1')
	})

	it('is nobody of the house', () => {
		expect(viewerOf({ kind: 'house', role: 'panel', jti: 'p' }, '10.0.0.1')).toBeNull()
		expect(viewerOf({ ...by, role: 'programme', person: null, name: null }, '10.0.0.1')).toBeNull()
	})
})
