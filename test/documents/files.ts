import { crc32, deflateSync } from 'node:zlib'
import { strToU8, zipSync } from 'fflate'

/** Files as programs write them, as small as they can be. */

interface PdfOptions {
	/** In points. */
	size?: [number, number]
	/** Somebody has put a password on it. */
	encrypted?: boolean
	/** What is drawn on each page, as PDF operators. */
	content?: (page: number) => string
}

/** A PDF of so many pages, each with its number in large type on a colour of its own. */
export function pdf(pages: number, { size = [480, 270], encrypted = false, content }: PdfOptions = {}): Buffer {
	const numbers = Array.from({ length: pages }, (_, i) => i + 1)
	const draw = (page: number) =>
		content?.(page) ??
		`${page % 2} 0.8 0.9 rg 0 0 ${size.join(' ')} re f 0 g BT /F1 48 Tf 40 100 Td (Page ${page}) Tj ET`
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		`<< /Type /Pages /Count ${pages} /Kids [${numbers.map((page) => `${2 + page * 2} 0 R`).join(' ')}] >>`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
		...numbers.flatMap((page) => [
			`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${size.join(' ')}] /Contents ${3 + page * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
			`<< /Length ${draw(page).length} >>\nstream\n${draw(page)}\nendstream`,
		]),
	]
	let text = '%PDF-1.4\n'
	const offsets = objects.map((object, i) => {
		const offset = text.length
		text += `${i + 1} 0 obj\n${object}\nendobj\n`
		return offset
	})
	// Nobody knows the password to this, and that is all it has to say.
	const secret = `<${'ab'.repeat(32)}>`
	const lock = encrypted
		? ` /ID [${secret} ${secret}] /Encrypt << /Filter /Standard /V 1 /R 2 /O ${secret} /U ${secret} /P -4 >>`
		: ''
	const lines = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
	const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${lock} >>\nstartxref\n${text.length}\n%%EOF\n`
	return Buffer.from(`${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${lines}${trailer}`, 'latin1')
}

/** A whole PNG of one colour; with `claimed` its head says another size than it has. */
export function png(width: number, height: number, claimed: [number, number] = [width, height]): Buffer {
	const head = Buffer.alloc(13)
	head.writeUInt32BE(claimed[0], 0)
	head.writeUInt32BE(claimed[1], 4)
	head.set([8, 2], 8)
	const rows = deflateSync(Buffer.alloc((width * 3 + 1) * height, 120))
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
		const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
		length.writeUInt32BE(data.length)
		sum.writeUInt32BE(crc32(body))
		return Buffer.concat([length, body, sum])
	}
	const chunks = [chunk('IHDR', head), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]
	return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks])
}

/** The head of a JPEG as a camera writes it: a thumbnail of 160 × 120 within APP1, then the picture's own size. */
export function jpeg(width: number, height: number): Buffer {
	const frame = (w: number, h: number) => Buffer.from([0xff, 0xc0, 0, 17, 8, h >> 8, h & 255, w >> 8, w & 255, 3, 0, 0])
	const thumbnail = Buffer.concat([Buffer.from([0xff, 0xd8]), frame(160, 120)])
	const app1 = Buffer.from([0xff, 0xe1, 0, thumbnail.length + 2])
	return Buffer.concat([Buffer.from([0xff, 0xd8]), app1, thumbnail, frame(width, height), Buffer.alloc(16)])
}

/** The head of a WebP that says its size in the extended way. */
export function webp(width: number, height: number): Buffer {
	const head = Buffer.alloc(30)
	head.write('RIFF', 0, 'latin1')
	head.write('WEBPVP8X', 8, 'latin1')
	head.writeUIntLE(width - 1, 24, 3)
	head.writeUIntLE(height - 1, 27, 3)
	return head
}

export function zip(files: Record<string, string>): Buffer {
	return Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))))
}

/** A package that begins with its type, stored as it is: OpenDocument, HWPX. */
export function typedZip(mimetype: string, files: Record<string, string> = {}): Buffer {
	const rest = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const)
	return Buffer.from(zipSync({ mimetype: [strToU8(mimetype), { level: 0 }], ...Object.fromEntries(rest) }))
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const drawing = 'http://schemas.openxmlformats.org/drawingml/2006/main'
const presentation = 'http://schemas.openxmlformats.org/presentationml/2006/main'

const relations = (all: [type: string, target: string][]) =>
	`${xml}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all
		.map(([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${office}/${type}" Target="${target}"/>`)
		.join('')}</Relationships>`

/** A PowerPoint presentation with a slide for each text. */
export function pptx(...slides: string[]): Buffer {
	const numbers = slides.map((_, i) => i + 1)
	const part = (type: string) => `application/vnd.openxmlformats-officedocument.presentationml.${type}+xml`
	const names = `xmlns:a="${drawing}" xmlns:r="${office}" xmlns:p="${presentation}"`
	const group =
		'<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
	const tree = (shapes: string) => `<p:cSld><p:spTree>${group}${shapes}</p:spTree></p:cSld>`
	const shape = (text: string) =>
		`<p:sp><p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="900000" y="900000"/><a:ext cx="7000000" cy="1500000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:rPr lang="ko-KR" sz="4400"/><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`
	const map =
		'<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/>'
	return zip({
		'[Content_Types].xml': `${xml}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/ppt/presentation.xml" ContentType="${part('presentation.main')}"/><Override PartName="/ppt/slideMasters/slideMaster1.xml" ContentType="${part('slideMaster')}"/><Override PartName="/ppt/slideLayouts/slideLayout1.xml" ContentType="${part('slideLayout')}"/>${numbers.map((n) => `<Override PartName="/ppt/slides/slide${n}.xml" ContentType="${part('slide')}"/>`).join('')}</Types>`,
		'_rels/.rels': relations([['officeDocument', 'ppt/presentation.xml']]),
		'ppt/presentation.xml': `${xml}<p:presentation ${names}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>${numbers.map((n) => `<p:sldId id="${255 + n}" r:id="rId${n + 1}"/>`).join('')}</p:sldIdLst><p:sldSz cx="9144000" cy="5143500"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`,
		'ppt/_rels/presentation.xml.rels': relations([
			['slideMaster', 'slideMasters/slideMaster1.xml'],
			...numbers.map((n): [string, string] => ['slide', `slides/slide${n}.xml`]),
		]),
		'ppt/slideMasters/slideMaster1.xml': `${xml}<p:sldMaster ${names}>${tree('')}${map}<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>`,
		'ppt/slideMasters/_rels/slideMaster1.xml.rels': relations([['slideLayout', '../slideLayouts/slideLayout1.xml']]),
		'ppt/slideLayouts/slideLayout1.xml': `${xml}<p:sldLayout ${names}>${tree('')}</p:sldLayout>`,
		'ppt/slideLayouts/_rels/slideLayout1.xml.rels': relations([['slideMaster', '../slideMasters/slideMaster1.xml']]),
		...Object.fromEntries(
			slides.flatMap((text, i) => [
				[`ppt/slides/slide${i + 1}.xml`, `${xml}<p:sld ${names}>${tree(shape(text))}</p:sld>`],
				[`ppt/slides/_rels/slide${i + 1}.xml.rels`, relations([['slideLayout', '../slideLayouts/slideLayout1.xml']])],
			]),
		),
	})
}

/** A text in OpenDocument: its body, and what else lies in the package. */
export function odt(body: string, files: Record<string, string> = {}): Buffer {
	const type = 'application/vnd.oasis.opendocument.text'
	const names = ['office', 'text', 'style', 'draw', 'script', 'table'].map(
		(name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name === 'draw' ? 'drawing' : name}:1.0"`,
	)
	const entry = (path: string, type: string) =>
		`<manifest:file-entry manifest:full-path="${path}" manifest:media-type="${type}"/>`
	return typedZip(type, {
		'META-INF/manifest.xml': `${xml}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">${entry('/', type)}${entry('content.xml', 'text/xml')}</manifest:manifest>`,
		'content.xml': `${xml}<office:document-content ${names.join(' ')} xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3"><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
		...files,
	})
}

/** A compound file with these streams at its top, and what the stream 'FileHeader' begins with. */
export function ole(names: string[], fileHeader = ''): Buffer {
	const size = 512
	const entry = (
		name: string,
		fields: { type: number; right?: number; child?: number; start?: number; bytes?: number },
	) => {
		const bytes = Buffer.alloc(128)
		bytes.write(name, 0, 'utf16le')
		bytes.writeUInt16LE((name.length + 1) * 2, 64)
		bytes[66] = fields.type
		bytes.writeUInt32LE(0xffffffff, 68)
		bytes.writeUInt32LE(fields.right ?? 0xffffffff, 72)
		bytes.writeUInt32LE(fields.child ?? 0xffffffff, 76)
		bytes.writeUInt32LE(fields.start ?? 0xfffffffe, 116)
		bytes.writeUInt32LE(fields.bytes ?? 0, 120)
		return bytes
	}
	// Sector 0: the allocation table; 1: the mini stream; from 2 on: the directory.
	const entries = [
		entry('Root Entry', { type: 5, child: 1, start: 1, bytes: 512 }),
		...names.map((name, i) => {
			const right = i + 1 < names.length ? { right: i + 2 } : {}
			return entry(name, { type: 2, start: name === 'FileHeader' ? 2 : 0, bytes: 256, ...right })
		}),
	]
	const directory = Buffer.concat(entries)
	const sectors = Math.ceil(directory.length / size)
	const table = Buffer.alloc(size, 0xff)
	table.writeUInt32LE(0xfffffffd, 0)
	table.writeUInt32LE(0xfffffffe, 4)
	for (let i = 0; i < sectors; i++) table.writeUInt32LE(i + 1 < sectors ? i + 3 : 0xfffffffe, 8 + i * 4)
	const mini = Buffer.alloc(size)
	mini.write(fileHeader, 2 * 64, 'latin1')
	const head = Buffer.alloc(size, 0xff)
	head.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])
	head.writeUInt16LE(9, 30)
	head.writeUInt16LE(6, 32)
	head.writeUInt32LE(1, 44)
	head.writeUInt32LE(2, 48)
	head.writeUInt32LE(0, 76)
	return Buffer.concat([head, table, mini, directory, Buffer.alloc(sectors * size - directory.length)])
}
