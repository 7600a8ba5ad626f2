import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drawPage } from '../../appliance/documents/poppler.ts'
import { jpeg, pdf, png } from './files.ts'
import { children, openSite, type Site, until } from './site.ts'

/** With poppler's own programs. */
let site: Site
beforeEach(() => {
	site = openSite()
})
afterEach(() => site.close())

const add = (content: Uint8Array, name = 'a.pdf') => site.documents.add('m1', { name, content, by: 'p1' })
const sizeOf = (bytes: Buffer) => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
const drawn = (id: string) =>
	readdirSync(join(site.dir, 'documents/m1', id, 'pages'))
		.filter((name) => !name.startsWith('.'))
		.sort()

describe('A PDF', () => {
	it('is ready when it has been handed in, and its first page drawn', async () => {
		const view = await add(pdf(3))
		expect(view).toMatchObject({ kind: 'pdf', state: 'ready', pages: 3, reason: null })
		await until('the first page', () => drawn(view.id).includes('1-1920.png'))
	})

	it('is shown page by page, and the next page is drawn before it is asked for', async () => {
		const view = await add(pdf(3))
		const pages = await Promise.all([1, 2].map((page) => site.documents.page(view.id, page, 1280)))
		for (const { bytes, type } of pages) {
			expect(type).toBe('image/png')
			expect(sizeOf(bytes)).toEqual([1280, 720])
		}
		expect(pages[0]?.bytes.equals(pages[1]?.bytes ?? Buffer.alloc(0))).toBe(false)
		await until('the third page', () => drawn(view.id).includes('3-1280.png'))
		for (const page of [0, 4, 1.5, -1, Number.NaN]) {
			await expect(site.documents.page(view.id, page, 1280)).rejects.toMatchObject({ code: 'no-document' })
		}
	})

	it('is drawn once, however many ask, in four widths and no other', async () => {
		const view = await add(pdf(1))
		const pages = await Promise.all(
			Array.from({ length: 100 }, (_, i) => site.documents.page(view.id, 1, 700 + 5 * (i % 100))),
		)
		expect(new Set(pages.map(({ bytes }) => bytes)).size).toBe(1)
		for (const width of [1, 320, 321, 1900, 1_000_000]) await site.documents.page(view.id, 1, width)
		expect(drawn(view.id)).toEqual(['1-1280.png', '1-1920.png', '1-320.png', '1-640.png'])
	})

	it('keeps its drawn pages over a restart', async () => {
		const view = await add(pdf(1))
		const before = await site.documents.page(view.id, 1, 320)
		await site.restart()
		// Nothing can be drawn any more: what comes was drawn before.
		rmSync(site.documents.file(view.id).path)
		expect((await site.documents.page(view.id, 1, 320)).bytes.equals(before.bytes)).toBe(true)
		await expect(site.documents.page(view.id, 1, 640)).rejects.toMatchObject({ code: 'unsupported' })
	})

	it.each<[string, [number, number], [number, number]]>([
		['upright', [595, 842], [640, 906]],
		['high as a tower', [10, 14_000], [1, 1280]],
		['long as a street', [14_000, 10], [640, 1]],
	])('is drawn at no size that would fill the memory: %s', async (_, size, expected) => {
		const view = await add(pdf(1, { size }))
		expect(sizeOf((await site.documents.page(view.id, 1, 640)).bytes)).toEqual(expected)
	})

	it('with a photograph is drawn as JPEG, which is many times smaller', async () => {
		// Grain, which a PNG keeps all of.
		const pixels = Array.from({ length: 960 * 540 * 3 }, (_, i) => 100 + (((i * 2_654_435_761) >>> 13) % 32))
		const image = `q 480 0 0 270 0 0 cm BI /W 960 /H 540 /CS /RGB /BPC 8 /F /AHx ID ${Buffer.from(pixels).toString('hex')}> EI Q`
		const view = await add(pdf(1, { content: () => image }))
		const { type, bytes } = await site.documents.page(view.id, 1, 1920)
		expect(type).toBe('image/jpeg')
		expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff')
	})

	it.each<[string, Buffer, string]>([
		['locked by a password', pdf(2, { encrypted: true }), 'encrypted'],
		['cut off', pdf(2).subarray(0, 100), 'broken'],
		['of noise', Buffer.concat([Buffer.from('%PDF-1.7\n'), png(20, 20)]), 'broken'],
		['of no pages', pdf(0), 'broken'],
		['of more pages than anybody turns', pdf(5_001, { content: () => '' }), 'too-many-pages'],
	])('%s has failed, and says why', async (_, bytes, reason) => {
		expect(await add(bytes)).toMatchObject({ kind: 'pdf', state: 'failed', pages: null, reason })
	})

	it('whose drawing is given up leaves no process', async () => {
		const heavy = '0 0 480 270 re f '.repeat(400_000)
		const path = join(site.dir, 'heavy.pdf')
		writeFileSync(path, pdf(1, { content: () => heavy }))
		const abort = new AbortController()
		const drawing = drawPage(path, 1, 1920, abort.signal)
		await until('the program', () => children().includes('pdftoppm'))
		abort.abort()
		expect(await drawing).toBeNull()
		expect(children()).toEqual([])
	})

	it('that is removed while it is drawn leaves nothing', async () => {
		const view = await add(pdf(30))
		const asked = Promise.allSettled(Array.from({ length: 30 }, (_, i) => site.documents.page(view.id, i + 1, 1920)))
		await site.documents.remove(view.id)
		await asked
		expect(site.files()).toEqual(['.incoming', 'm1'])
	})
})

describe('An image', () => {
	it('is shown as it came, with the type that was proven', async () => {
		const bytes = jpeg(40, 30)
		const view = await add(bytes, 'photo.png')
		const picture = await site.documents.page(view.id, 1, 320)
		expect(picture.type).toBe('image/jpeg')
		expect(picture.bytes.equals(bytes)).toBe(true)
		await expect(site.documents.page(view.id, 2, 320)).rejects.toMatchObject({ code: 'no-document' })
	})
})

describe('The end of the service', () => {
	it('ends what is being drawn', async () => {
		const view = await add(pdf(40))
		const asked = Array.from({ length: 40 }, (_, i) => site.documents.page(view.id, i + 1, 1920))
		const settled = Promise.allSettled(asked)
		await until('the first of them', () => children().includes('pdftoppm'))
		await site.restart()
		await settled
		expect(children()).toEqual([])
	})
})
