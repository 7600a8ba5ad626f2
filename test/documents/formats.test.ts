import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { proveFormat } from '../../appliance/documents/formats.ts'
import { jpeg, odt, ole, pdf, png, pptx, typedZip, webp, zip } from './files.ts'

const dir = mkdtempSync(join(tmpdir(), 'maru-formats-'))
afterAll(() => rmSync(dir, { recursive: true }))

async function prove(bytes: Buffer) {
	const path = join(dir, 'file')
	writeFileSync(path, bytes)
	return proveFormat(path)
}

const types = '[Content_Types].xml'
const hwp = 'HWP Document File\0'

describe('What a file is', () => {
	it.each<[string, Buffer, object]>([
		['a PDF', pdf(1), { kind: 'pdf', type: 'application/pdf' }],
		['a PNG', png(3, 2), { kind: 'image', type: 'image/png', size: { width: 3, height: 2 } }],
		['a JPEG', jpeg(4000, 3000), { kind: 'image', type: 'image/jpeg', size: { width: 4000, height: 3000 } }],
		['a WebP', webp(70_000, 9), { kind: 'image', type: 'image/webp', size: { width: 70_000, height: 9 } }],
		['a PNG of nothing', png(1, 1, [0, 0]), { kind: 'image', size: null }],
		['a JPEG that ends at once', Buffer.from([0xff, 0xd8, 0xff]), { kind: 'image', size: null }],
		['PowerPoint', pptx('하나'), { kind: 'convertible', format: 'pptx' }],
		['Word', zip({ [types]: '', 'word/document.xml': '' }), { kind: 'convertible', format: 'docx' }],
		['Excel', zip({ [types]: '', 'xl/workbook.xml': '' }), { kind: 'convertible', format: 'xlsx' }],
		['OpenDocument', odt(''), { kind: 'convertible', format: 'odt' }],
		['old PowerPoint', ole(['Current User', 'PowerPoint Document']), { kind: 'convertible', format: 'ppt' }],
		['old Word', ole(['1Table', 'Data', 'x', 'y', 'WordDocument']), { kind: 'convertible', format: 'doc' }],
		['old Excel', ole(['Workbook']), { kind: 'convertible', format: 'xls' }],
		['RTF', Buffer.from('{\\rtf1 x}'), { kind: 'convertible', format: 'rtf' }],
		['locked Office', ole(['EncryptionInfo', 'EncryptedPackage']), { kind: 'convertible', encrypted: true }],
		['HWP 5', ole(['BodyText', 'DocInfo', 'a', 'b', 'FileHeader'], hwp), { kind: 'download', reason: 'hwp' }],
		['HWP 3', Buffer.from('HWP Document File V3.00 \x1a'), { kind: 'download', reason: 'hwp' }],
		['HWPX', typedZip('application/hwp+zip', { 'Contents/header.xml': '' }), { kind: 'download', reason: 'hwp' }],
		['a compound file of no known kind', ole(['FileHeader'], 'Something else'), { reason: 'unknown' }],
		['a ZIP of anything', zip({ 'ppt/presentation.xml': '' }), { reason: 'unknown' }],
		['a ZIP cut off', zip({ [types]: '', 'ppt/a': '' }).subarray(0, 60), { reason: 'unknown' }],
		['a compound file cut off', ole(['WordDocument']).subarray(0, 600), { reason: 'unknown' }],
		['a text', Buffer.from('%!PS'), { kind: 'download', type: 'application/octet-stream', reason: 'unknown' }],
		['HTML that says it is a PDF later on', Buffer.from(`<script>1</script>${pdf(1)}`), { reason: 'unknown' }],
		['a picture with a package behind it', Buffer.concat([png(1, 1), pptx('x')]), { type: 'image/png' }],
		['an animation', Buffer.from('GIF89a'), { reason: 'unknown' }],
	])('is told by its bytes: %s', async (_, bytes, expected) => {
		expect(await prove(bytes)).toMatchObject(expected)
	})

	it('is something whatever the bytes are', async () => {
		const whole = [pptx('x'), ole(['FileHeader', 'WordDocument'], hwp), jpeg(10, 10), webp(3, 3), png(2, 2)]
		const damaged = fc.record({
			bytes: fc.constantFrom(...whole),
			at: fc.array(fc.tuple(fc.nat(3_000), fc.nat(255)), { maxLength: 20 }),
			keep: fc.double({ min: 0, max: 1, noNaN: true }),
		})
		await fc.assert(
			fc.asyncProperty(damaged, async ({ bytes, at, keep }) => {
				const copy = Buffer.from(bytes)
				for (const [place, value] of at) copy[8 + (place % (copy.length - 8))] = value
				const proven = await prove(copy.subarray(0, Math.ceil(copy.length * keep)))
				expect(proven.kind).toMatch(/^(image|convertible|download)$/)
			}),
			{ numRuns: 1_000 },
		)
	})
})
