import { execFileSync } from 'node:child_process'
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SealedNames } from '../../appliance/relay/sealed-names.ts'
import { SegmentFiles } from '../../appliance/relay/segment-files.ts'
import { until } from '../scene/wait.ts'

/** In memory, as where it is meant to be. */
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const root = process.geteuid?.() === 0
const names = new SealedNames()
const name = (number: number) => names.seal(`high-${number}.m4s`)
const bytesOf = (number: number) => Buffer.alloc(1_000, number)

let dir: string
let said: { level: number; fault?: string; msg: string }[]
let files: SegmentFiles

const open = (reserveBytes = 0, folder = dir) => {
	const lines = new Writable({
		write(line, _, done) {
			said.push(JSON.parse(String(line)))
			done()
		},
	})
	files = new SegmentFiles({ dir: folder, reserveBytes, log: pino({}, lines) })
	return files
}
const listed = () => readdirSync(dir).sort()
const isWhole = () => listed().every((one) => !one.endsWith('.new'))
const ends = (count: number) => until(`${count} files`, () => isWhole() && listed().length === count)

beforeEach(() => {
	dir = mkdtempSync(join(memory, 'maru-segments-'))
	said = []
	open()
})
afterEach(async () => {
	await files.close()
	rmSync(dir, { recursive: true, force: true })
})

describe('Segments as files', () => {
	it('are there as a whole, by meeting and name, for a group and nobody else, whatever the umask', async () => {
		const before = process.umask(0o077)
		try {
			files.of('m1').put(name(1), bytesOf(1))
			await ends(1)
		} finally {
			process.umask(before)
		}
		const path = join(dir, `m1.${name(1)}`)
		expect(readFileSync(path).equals(bytesOf(1))).toBe(true)
		expect((lstatSync(path).mode & 0o777).toString(8)).toBe('640')
	})

	it('are never seen in half', async () => {
		const big = Buffer.alloc(8_000_000, 7)
		files.of('m1').put(name(1), big)
		const path = join(dir, `m1.${name(1)}`)
		let seen = 0
		await until('the file', () => {
			seen += 1
			return existsSync(path)
		})
		expect(seen).toBeGreaterThan(1)
		expect(readFileSync(path).length).toBe(big.length)
		expect(listed()).toEqual([`m1.${name(1)}`])
	})

	it('go when they are dropped, also while they are written, and at the end of their meeting', async () => {
		const [one, other] = [files.of('m1'), files.of('m2')]
		for (let number = 1; number <= 4; number++) one.put(name(number), bytesOf(number))
		other.put(name(1), bytesOf(1))
		one.drop([name(2), name(9)])
		await ends(4)
		expect(existsSync(join(dir, `m1.${name(2)}`))).toBe(false)
		other.drop([name(3)]) // of another meeting: not its own
		one.drop([name(1)])
		await ends(3)
		one.clear()
		await until('those of the other', () => listed().join() === `m2.${name(1)}`)
	})

	it('go with the service, and nothing else does', async () => {
		const others = ['m1.readme.m4s', 'maru.db', `m1.${name(8).replace('.m4s', '.txt')}`]
		for (const one of others) writeFileSync(join(dir, one), 'theirs')
		files.of('m1').put(name(1), bytesOf(1))
		await files.close()
		expect(listed()).toEqual(others.sort())
	})

	it('that an earlier life left go at the start, and of the same name only what is a file of ours', async () => {
		const [left, unfinished, folder, link] = [1, 2, 3, 4].map((number) => `m1.${name(number)}`) as string[]
		writeFileSync(join(dir, left ?? ''), 'left')
		writeFileSync(join(dir, `${unfinished}.new`), 'half')
		mkdirSync(join(dir, folder ?? ''))
		symlinkSync('/etc/passwd', join(dir, link ?? ''))
		const foreign = `m1.${name(5)}`
		if (root) {
			writeFileSync(join(dir, foreign), 'theirs')
			execFileSync('chown', ['65534', join(dir, foreign)])
		}
		open()
		expect(listed()).toEqual([folder, link, ...(root ? [foreign] : [])].sort())
	})

	it('are not written through a link that somebody laid in their way', async () => {
		const target = join(dir, 'target')
		writeFileSync(target, 'theirs')
		symlinkSync(target, join(dir, `m1.${name(1)}.new`))
		files.of('m1').put(name(1), bytesOf(1))
		await until('the fault', () => files.fault !== null)
		expect(readFileSync(target, 'utf8')).toBe('theirs')
	})

	it('leave room to others: that they do is said once, and taken back only when it has been well for a while', async () => {
		await files.close()
		open(Number.MAX_SAFE_INTEGER)
		const shelf = files.of('m1')
		for (let number = 0; number < 10; number++) shelf.put(name(number), bytesOf(number))
		await until('the fault', () => files.fault === 'disk-full')
		await files.close()
		expect(listed()).toEqual([])
		expect(said.map(({ level, fault }) => ({ level, fault }))).toEqual([{ level: 50, fault: 'disk-full' }])
	})

	it.skipIf(!mounts())('go on when a full disk has room again', async () => {
		const small = join(dir, 'small')
		mkdirSync(small)
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', small])
		try {
			open(0, small)
			const shelf = files.of('m1')
			const put = async (from: number, to: number, length: number) => {
				for (let number = from; number < to; number++) {
					shelf.put(name(number), Buffer.alloc(length))
					if (number % 8 === 0) await until('it is done', () => files.idle)
				}
				await until('it is done', () => files.idle)
			}
			await put(0, 20, 100_000)
			expect(files.fault).toBe('disk-full')
			expect(readdirSync(small).every((one) => !one.endsWith('.new'))).toBe(true)
			expect(readdirSync(small).length).toBeLessThanOrEqual(5)
			shelf.clear()
			await put(100, 159, 1_000)
			expect(files.fault).toBe('disk-full')
			await put(200, 202, 1_000)
			expect(files.fault).toBeNull()
			expect(said.map(({ level }) => level)).toEqual([50, 30])
			await files.close()
		} finally {
			execFileSync('umount', [small])
		}
	})

	it('that can not be written cost an alarm and nothing else, and come when they can', async () => {
		await files.close()
		const gone = join(dir, 'gone')
		open(0, join(gone, 'segments'))
		rmSync(gone, { recursive: true })
		const shelf = files.of('m1')
		for (let number = 0; number < 3; number++) shelf.put(name(number), bytesOf(number))
		await until('the fault', () => files.fault === 'disk-failed' && files.idle)
		expect(said.map(({ level, fault }) => ({ level, fault }))).toEqual([{ level: 50, fault: 'disk-failed' }])
		mkdirSync(join(gone, 'segments'), { recursive: true })
		shelf.put(name(3), bytesOf(3))
		await until('a file', () => readdirSync(join(gone, 'segments')).length === 1)
		expect(JSON.stringify(said)).not.toMatch(/high-|[0-9a-f]{32}/)
		shelf.clear()
	})

	it.skipIf(root)('know a folder of others for what it is', async () => {
		await files.close()
		chmodSync(dir, 0o500)
		open().of('m1').put(name(1), bytesOf(1))
		await until('the fault', () => files.fault === 'disk-failed')
		chmodSync(dir, 0o700)
	})

	it('do not pile up before a disk that is too slow', async () => {
		const shelf = files.of('m1')
		for (let number = 0; number < 200; number++) shelf.put(name(number), bytesOf(number))
		expect(files.fault).toBe('disk-failed')
		await until('it is done', () => files.idle)
		expect(listed().length).toBeLessThanOrEqual(20)
		expect(said).toHaveLength(1)
	})
})

/** Whether a small disk can be had here, to be filled. */
function mounts(): boolean {
	const at = mkdtempSync(join(tmpdir(), 'maru-mount-'))
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' })
		execFileSync('umount', [at])
		return true
	} catch {
		return false
	} finally {
		rmSync(at, { recursive: true, force: true })
	}
}
