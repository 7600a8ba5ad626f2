import { createHash } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Converter } from '../../appliance/documents/office.ts'
import { limitOf } from '../scene/wait.ts'
import { ole, pdf, png, pptx, typedZip } from './files.ts'
import { openSite, type Site, until } from './site.ts'

let site: Site
beforeEach(() => {
	site = openSite()
})
afterEach(() => site.close())

const add = (name: string, content: Readable | Uint8Array, meeting = 'm1') =>
	site.documents.add(meeting, { name, content, by: 'p1' })
/** Chunks of 64 KiB, so many of them. */
const endless = (chunks: number) => Readable.from(Array.from({ length: chunks }, () => Buffer.alloc(65_536, 1)))

describe('A file that is handed in', () => {
	it('is kept as it came, for its owner alone, and told to whoever listens', async () => {
		const bytes = png(20, 10)
		const view = await add('../보고/사진.png', Readable.from([bytes.subarray(0, 30), bytes.subarray(30)]))
		expect(view).toMatchObject({
			name: '사진.png',
			kind: 'image',
			state: 'ready',
			pages: 1,
			by: 'p1',
			bytes: bytes.length,
		})
		const { path, name, type } = site.documents.file(view.id)
		expect([name, type]).toEqual(['사진.png', 'image/png'])
		expect(path).toBe(join(site.dir, 'documents/m1', view.id, 'original'))
		expect(statSync(path).mode & 0o777).toBe(0o600)
		for (const folder of ['', 'm1', `m1/${view.id}`, `m1/${view.id}/pages`]) {
			expect(statSync(join(site.dir, 'documents', folder)).mode & 0o777).toBe(0o700)
		}
		expect(site.documents.get(view.id)).toMatchObject({
			meeting: 'm1',
			sha256: createHash('sha256').update(bytes).digest('hex'),
		})
		expect(site.told).toEqual(['m1 ready'])
		expect((await site.documents.page(view.id, 1, 320)).bytes.equals(bytes)).toBe(true)
	})

	it.each<[string, Uint8Array, object]>([
		['보고.hwp', ole(['FileHeader'], 'HWP Document File'), { kind: 'download', state: 'download', reason: 'hwp' }],
		['보고.hwpx', typedZip('application/hwp+zip'), { kind: 'download', state: 'download', reason: 'hwp' }],
		['보고.pdf', Buffer.from('MZ\x90'), { kind: 'download', state: 'download', reason: 'unknown' }],
		['보고.pptx', pptx('하나'), { kind: 'convertible', state: 'download', reason: 'no-converter' }],
		['보고.pptx', ole(['EncryptedPackage']), { kind: 'convertible', state: 'failed', reason: 'encrypted' }],
		['사진.png', png(1, 1).subarray(0, 10), { kind: 'image', state: 'failed', reason: 'broken' }],
	])('%s that is not shown says why', async (name, content, expected) => {
		const view = await add(name, content)
		expect(view).toMatchObject({ ...expected, pages: null })
		await expect(site.documents.page(view.id, 1, 320)).rejects.toMatchObject({ code: 'no-document' })
		expect(site.documents.file(view.id).bytes).toBe(content.length)
	})

	it.each<[string, () => Readable | Uint8Array, string]>([
		['of nothing', () => Buffer.alloc(0), 'bad-message'],
		['of nothing, in a stream', () => Readable.from([]), 'bad-message'],
		['of more than 100 MiB', () => endless(1_601), 'too-large'],
		['with a picture of 60 megapixels', () => png(1, 1, [10_000, 6_000]), 'too-large'],
	])('%s is refused, and nothing of it stays', async (_, content, code) => {
		await expect(add('x', content())).rejects.toMatchObject({ name: 'Refusal', code })
		expect(site.files()).toEqual(['.incoming'])
		expect(site.documents.list('m1')).toEqual([])
		expect(site.told).toEqual([])
	})

	it('of 100 MiB is taken', async () => {
		expect(await add('x', endless(1_600))).toMatchObject({ bytes: 100 * 1024 * 1024, state: 'download' })
	})

	it('and refused leaves its sender able to hear why', async () => {
		const source = endless(1_700)
		await expect(add('x', source)).rejects.toMatchObject({ code: 'too-large' })
		expect(source.destroyed).toBe(false)
	})

	it('by somebody who goes away leaves nothing', async () => {
		const source = new PassThrough()
		const added = add('x', source)
		source.write(Buffer.alloc(100_000))
		await until('the first bytes', () => site.files().length === 2)
		source.destroy(new Error('aborted'))
		await expect(added).rejects.toThrow('aborted')
		expect(site.files()).toEqual(['.incoming'])
	})

	it('while the service ends is cut off', async () => {
		const source = new PassThrough()
		const added = add('x', source)
		const refused = expect(added).rejects.toMatchObject({ code: 'lost' })
		source.write('x')
		await until('the first bytes', () => site.files().length === 2)
		await site.restart()
		await refused
		expect(site.files()).toEqual(['.incoming'])
	})

	it('for a meeting whose id is a way out of the folder is refused', async () => {
		for (const meeting of ['..', '../x', '.incoming', 'a/b', '', 'a\0b']) {
			await expect(add('x', Buffer.from('x'), meeting)).rejects.toMatchObject({ code: 'bad-message' })
		}
		expect(site.files()).toEqual(['.incoming'])
	})

	it('is never named in the log', async () => {
		await add('홍길동 징계 의결서.png', png(1, 1))
		await add('홍길동 징계 의결서.pdf', Buffer.from('%PDF-1.4 홍길동'))
		expect(site.logged.length).toBeGreaterThan(0)
		expect(site.logged.join('')).not.toContain('홍길동')
	})
})

describe('Documents', () => {
	it('are listed by meeting in the order they came, two thousand of them in no time', async () => {
		const insert = site.db.prepare(`INSERT INTO documents
			(id, meeting, name, kind, type, format, bytes, sha256, state, pages, reason, uploader, at)
			VALUES (?, 'm1', 'a', 'image', 'image/png', NULL, 1, '', 'ready', 1, NULL, 'p1', 0)`)
		site.db.exec('BEGIN')
		for (let i = 0; i < 2_000; i++) insert.run(`d${i}`)
		site.db.exec('COMMIT')
		await add('b', png(1, 1), 'm2')
		const begun = performance.now()
		// Each change of a meeting asks again.
		for (let i = 0; i < 1_000; i++) expect(site.documents.list('m1')).toHaveLength(2_000)
		expect(performance.now() - begun).toBeLessThan(limitOf(5_000))
		expect(site.documents.list('m1').map(({ id }) => id)).toEqual(Array.from({ length: 2_000 }, (_, i) => `d${i}`))
		const added = await add('c', png(1, 1))
		expect(site.documents.list('m1').at(-1)).toEqual(added)
	})

	it('that are removed are gone from the disk and from every list', async () => {
		const [a, b] = [await add('a', png(1, 1)), await add('b', png(1, 1))]
		await site.documents.remove(a.id)
		expect(site.documents.list('m1')).toEqual([b])
		expect(site.documents.get(a.id)).toBeNull()
		expect(site.files().join()).not.toContain(a.id)
		expect(() => site.documents.file(a.id)).toThrow('no such document')
		await expect(site.documents.remove(a.id)).rejects.toMatchObject({ code: 'no-document' })
		expect(site.told.at(-1)).toBe('m1 gone')
	})

	it('of a meeting go all at once, those of others stay', async () => {
		await Promise.all([add('a', png(1, 1)), add('b', png(1, 1))])
		const other = await add('c', png(1, 1), 'm2')
		await site.documents.removeAll('m1')
		expect(site.documents.list('m1')).toEqual([])
		expect(site.documents.list('m2')).toEqual([other])
		expect(site.files().filter((file) => file.startsWith('m1'))).toEqual([])
	})

	it('are there after a restart, and what was cut off or belongs to none is not', async () => {
		const view = await add('a', png(1, 1))
		writeFileSync(join(site.dir, 'documents/.incoming/half'), 'x')
		const lost = await add('b', png(1, 1))
		site.db.prepare('DELETE FROM documents WHERE id = ?').run(lost.id)
		await site.restart()
		expect(site.documents.list('m1')).toEqual([view])
		expect(site.files()).toEqual(['.incoming', 'm1', `m1/${view.id}`, `m1/${view.id}/original`, `m1/${view.id}/pages`])
	})
})

describe('What has to be converted', () => {
	/** Converts when it is let, and remembers what it was given. */
	function slow() {
		const asked: string[] = []
		const gate = Promise.withResolvers<void>()
		const converter: Converter = {
			takes: (format) => format === 'pptx',
			async convert(_, to, format, signal) {
				asked.push(format)
				const aborted = new Promise<'aborted'>((resolve) => signal.addEventListener('abort', () => resolve('aborted')))
				const fault = await Promise.race([gate.promise.then(() => null), aborted])
				if (fault === null) writeFileSync(to, pdf(3))
				return fault
			},
		}
		return { asked, converter, go: () => gate.resolve() }
	}

	it('is told as being converted, then as ready', async () => {
		const { converter, go } = slow()
		await site.restart(converter)
		const view = await add('a.pptx', pptx('하나'))
		expect(view).toMatchObject({ state: 'converting', pages: null })
		await expect(site.documents.page(view.id, 1, 320)).rejects.toMatchObject({ code: 'busy' })
		go()
		await until('the pages', () => site.documents.get(view.id)?.state === 'ready')
		expect(site.documents.list('m1')).toMatchObject([{ state: 'ready', pages: 3 }])
		expect(site.told).toEqual(['m1 converting', 'm1 ready'])
	})

	it('and was not when the service ended is converted by the next', async () => {
		const first = slow()
		await site.restart(first.converter)
		const view = await add('a.pptx', pptx('하나'))
		const second = slow()
		await site.restart(second.converter)
		expect(site.documents.get(view.id)).toMatchObject({ state: 'converting' })
		second.go()
		await until('the pages', () => site.documents.get(view.id)?.state === 'ready')
		expect([first.asked, second.asked]).toEqual([['pptx'], ['pptx']])
	})

	it('and is removed meanwhile is not converted to its end', async () => {
		const { converter } = slow()
		await site.restart(converter)
		const view = await add('a.pptx', pptx('하나'))
		await site.documents.remove(view.id)
		expect(site.files().join()).not.toContain(view.id)
		expect(site.told).toEqual(['m1 converting', 'm1 gone'])
	})

	it('and can no longer be after a restart is there for download', async () => {
		const { converter } = slow()
		await site.restart(converter)
		const view = await add('a.pptx', pptx('하나'))
		await site.restart(null)
		await until('the end', () => site.documents.get(view.id)?.state !== 'converting')
		expect(site.documents.get(view.id)).toMatchObject({ state: 'download', reason: 'no-converter' })
	})
})
