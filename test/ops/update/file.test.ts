import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openUpdate } from '../../../appliance/ops/update/file.ts'
import { fingerprint, makeKeys, openHalf, readKeys } from '../../../appliance/ops/update/sign.ts'
import { makeUpdateOf } from './files.ts'

const [house, other] = [makeKeys(), makeKeys()]
const packages = [
	{ package: 'ffmpeg', version: '7', content: 'pictures' },
	{ package: 'maru', version: '2.0', content: 'a room, whole' },
]
let dir: string
let to: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-update-'))
	to = join(dir, 'parts')
	mkdirSync(to)
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** What is said of the file before its parts are read, and after. */
async function read(path: string, accepted = house.open) {
	const opened = await openUpdate(path, readKeys(accepted))
	try {
		const { trust, manifest, content } = opened.found
		return { trust, known: manifest !== null, before: content, after: await opened.extract(to) }
	} finally {
		await opened.close()
	}
}

describe('An update file', () => {
	it('that is as it was signed gives out its parts', async () => {
		const path = await makeUpdateOf(dir, packages, [house.secret])
		expect(await read(path)).toEqual({ trust: 'good', known: true, before: 'unread', after: 'whole' })
		expect(readFileSync(join(to, 'maru_2.0.deb'), 'utf8')).toBe('a room, whole')
		expect(readFileSync(join(to, 'ffmpeg_7.deb'), 'utf8')).toBe('pictures')
	})

	it('says in its first lines what it is', async () => {
		const path = await makeUpdateOf(dir, packages, [house.secret])
		const [magic, manifest, signatures] = readFileSync(path, 'utf8').split('\n')
		expect(magic).toMatch(/^maru-update 1 \d+ \d+$/)
		expect(JSON.parse(manifest ?? '')).toMatchObject({
			version: '2.0',
			parts: [{ package: 'ffmpeg' }, { package: 'maru' }],
		})
		const [key] = readKeys(house.open).map(fingerprint)
		expect(JSON.parse(signatures ?? '')).toMatchObject([{ key }])
	})

	it('is unsigned, of somebody unknown, or of one of those who are known', async () => {
		const unsigned = await makeUpdateOf(dir, packages, [])
		expect(await read(unsigned)).toMatchObject({ trust: 'unsigned', known: false })
		const theirs = await makeUpdateOf(dir, packages, [other.secret])
		expect(await read(theirs)).toMatchObject({ trust: 'unknown', known: false })
		expect(await read(theirs, '')).toMatchObject({ trust: 'unknown' })
		expect(await read(theirs, `the house\n${house.open}\nthe next key\n${other.open}`)).toMatchObject({ trust: 'good' })
	})

	it('signed with the old key and the new one is taken by machines that know either', async () => {
		const path = await makeUpdateOf(dir, packages, [house.secret, other.secret])
		for (const key of [house.open, other.open]) expect(await read(path, key)).toMatchObject({ after: 'whole' })
	})

	it('whose signature was made over something else is wrong', async () => {
		const theirs = await makeUpdateOf(dir, packages, [house.secret], { version: '2.0', madeAt: 1 })
		const text = readFileSync(theirs, 'latin1').replace('"madeAt":1', '"madeAt":2')
		writeFileSync(theirs, text, 'latin1')
		expect(await read(theirs)).toMatchObject({ trust: 'wrong', known: false })
	})

	it('with a single bit changed anywhere is not taken', async () => {
		const path = await makeUpdateOf(dir, packages, [house.secret])
		const whole = readFileSync(path)
		await fc.assert(
			fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), async (at, bit) => {
				const changed = Buffer.from(whole)
				changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at)
				writeFileSync(path, changed)
				const { trust, known, after } = await read(path)
				// Line ends between manifest, signatures and parts are nobody's.
				const between = whole.readUInt8(at) === 0x0a
				expect(between || trust !== 'good' || !known || after !== 'whole').toBe(true)
			}),
			{ numRuns: 150 },
		)
	})

	it('that is cut off anywhere is not taken, and one with something added isn’t either', async () => {
		const path = await makeUpdateOf(dir, packages, [house.secret])
		const whole = readFileSync(path)
		for (let length = 0; length < whole.length; length += 7) {
			writeFileSync(path, whole.subarray(0, length))
			const { trust, known, after } = await read(path)
			expect(trust === 'good' && known && after === 'whole', `${length} bytes`).toBe(false)
		}
		writeFileSync(path, whole.subarray(0, -1))
		expect(await read(path)).toMatchObject({ before: 'truncated', after: 'truncated' })
		writeFileSync(path, Buffer.concat([whole, Buffer.from('x')]))
		expect(await read(path)).toMatchObject({ before: 'changed', after: 'changed' })
	})

	it('is read piece by piece, however large', async () => {
		const content = Buffer.alloc(24 * 1024 ** 2, 'maru')
		const path = await makeUpdateOf(dir, [{ package: 'maru', version: '2.0', content }], [house.secret])
		const opened = await openUpdate(path, readKeys(house.open))
		const before = process.memoryUsage().arrayBuffers
		let most = 0
		const looking = setInterval(() => {
			most = Math.max(most, process.memoryUsage().arrayBuffers - before)
		}, 1)
		expect(await opened.extract(to)).toBe('whole')
		clearInterval(looking)
		await opened.close()
		expect(most).toBeLessThan(8 * 1024 ** 2)
	})

	it('that is none of ours, or empty, is no update', async () => {
		const path = join(dir, 'x.maru-update')
		for (const text of ['', 'PK\u0003\u0004', 'maru-update 1 99999999 1\n', 'maru-update 1 2 2\n{}\n{}\n']) {
			writeFileSync(path, text)
			expect(await read(path), text).toMatchObject({ known: false })
		}
		truncateSync(path, 0)
		await expect(openUpdate(join(dir, 'none'), [])).rejects.toThrow(/ENOENT/)
	})
})

describe('A key', () => {
	it('has a public half that is told by it alone', () => {
		expect(openHalf(house.secret)).toBe(house.open)
		expect(readKeys('no key')).toEqual([])
	})
})
