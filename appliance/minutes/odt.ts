import { strToU8, type Zippable, zipSync } from 'fflate'
import { type Block, blocksOf, type Table, titleOf, type Writing } from './blocks.ts'
import { staysWhole, widthsOf } from './columns.ts'
import type { Minutes } from './minutes.ts'
import type { Language } from './words.ts'

/** As OpenDocument text (ODF 1.3, ISO/IEC 26300), the public sector's open format. The same minutes give the same bytes. */
export function odt(minutes: Minutes, writing: Writing): Uint8Array {
	const { language } = writing
	const blocks = blocksOf(minutes, writing)
	// ZIP dates begin with 1980; a fixed one keeps the bytes the same.
	const mtime = new Date(1980, 0, 1)
	const files: Zippable = {
		// First and stored, so that the type stands at a known place (ODF 1.3 part 2, section 3.3).
		mimetype: [strToU8(mimetype), { level: 0, mtime }],
		'META-INF/manifest.xml': [strToU8(manifest), { mtime }],
		'meta.xml': [strToU8(meta(titleOf(minutes, language), language)), { mtime }],
		'styles.xml': [strToU8(styles(language)), { mtime }],
		'content.xml': [strToU8(document(blocks)), { mtime }],
	}
	return zipSync(files)
}

const mimetype = 'application/vnd.oasis.opendocument.text'
const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n'
const spaces = [
	...['office', 'style', 'text', 'table', 'meta'].map(
		(name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`,
	),
	'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"',
	'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"',
	'xmlns:dc="http://purl.org/dc/elements/1.1/"',
	'office:version="1.3"',
].join(' ')

const manifest = `${prolog}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="${mimetype}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/>
</manifest:manifest>
`

const meta = (title: string, language: Language) => `${prolog}<office:document-meta ${spaces}><office:meta>
<meta:generator>Maru</meta:generator><dc:title>${safe(title)}</dc:title><dc:language>${language}</dc:language>
</office:meta></office:document-meta>
`

// LibreOffice takes the first alone: where it is missing, the office's own choice follows and not the next of the list.
const fonts = `<office:font-face-decls>
<style:font-face style:name="Body" svg:font-family="'Noto Sans CJK KR', 'Pretendard GOV', '맑은 고딕', sans-serif" style:font-family-generic="swiss"/>
</office:font-face-decls>`

function styles(language: Language): string {
	const country = language === 'ko' ? 'KR' : 'GB'
	const text = `style:font-name="Body" style:font-name-asian="Body" fo:font-size="10.5pt" style:font-size-asian="10.5pt" fo:language="${language}" fo:country="${country}" style:language-asian="ko" style:country-asian="KR"`
	const heading = (level: number, size: string, above: string) =>
		`<style:style style:name="Heading_20_${level}" style:display-name="Heading ${level}" style:family="paragraph" style:parent-style-name="Standard" style:default-outline-level="${level}">
<style:paragraph-properties fo:margin-top="${above}" fo:margin-bottom="0.25cm" fo:keep-with-next="always"/>
<style:text-properties fo:font-size="${size}" style:font-size-asian="${size}" fo:font-weight="bold" style:font-weight-asian="bold"/></style:style>`
	return `${prolog}<office:document-styles ${spaces}>${fonts}
<office:styles>
<style:default-style style:family="paragraph"><style:paragraph-properties style:text-autospace="none"/><style:text-properties ${text}/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.15cm" fo:line-height="140%"/></style:style>
<style:style style:name="Leading" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:keep-with-next="always"/></style:style>
<style:style style:name="Cell" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-bottom="0cm" fo:line-height="115%"/></style:style>
<style:style style:name="Head" style:family="paragraph" style:parent-style-name="Cell"><style:text-properties fo:font-weight="bold" style:font-weight-asian="bold"/></style:style>
<style:style style:name="Number" style:family="paragraph" style:parent-style-name="Cell"><style:paragraph-properties fo:text-align="end"/></style:style>
<style:style style:name="NumberHead" style:family="paragraph" style:parent-style-name="Head"><style:paragraph-properties fo:text-align="end"/></style:style>
<style:style style:name="Foot" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-align="center"/></style:style>
${heading(1, '18pt', '0cm')}
${heading(2, '13pt', '0.7cm')}
${heading(3, '11pt', '0.5cm')}
</office:styles>
<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin-top="2cm" fo:margin-bottom="1.6cm" fo:margin-left="1.8cm" fo:margin-right="1.8cm"/><style:footer-style/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer><text:p text:style-name="Foot"><text:page-number text:select-page="current">1</text:page-number> / <text:page-count>1</text:page-count></text:p></style:footer></style:master-page></office:master-styles>
</office:document-styles>
`
}

function document(blocks: Block[]): string {
	const tables = blocks.filter((block) => block.type === 'table')
	const columns = tables.flatMap((table, i) =>
		widthsOf(table).map(
			(width, k) =>
				`<style:style style:name="${columnName(i, k)}" style:family="table-column"><style:table-column-properties style:rel-column-width="${width}*"/></style:style>`,
		),
	)
	const content = blocks.map((block) => write(block, block.type === 'table' ? tables.indexOf(block) : -1)).join('\n')
	return `${prolog}<office:document-content ${spaces}>${fonts}
<office:automatic-styles>
<style:style style:name="Box" style:family="table-cell"><style:table-cell-properties fo:padding="0.12cm" fo:padding-left="0.2cm" fo:padding-right="0.2cm" fo:border-bottom="0.5pt solid #999999"/></style:style>
<style:style style:name="BoxHead" style:family="table-cell" style:parent-style-name="Box"><style:table-cell-properties fo:padding="0.12cm" fo:padding-left="0.2cm" fo:padding-right="0.2cm" fo:border-bottom="0.8pt solid #333333" fo:background-color="#f1f3f5"/></style:style>
<style:style style:name="Wide" style:family="table"><style:table-properties style:width="17.4cm" table:align="margins" fo:margin-bottom="0.4cm"/></style:style>
<style:style style:name="Whole" style:family="table"><style:table-properties style:width="17.4cm" table:align="margins" fo:margin-bottom="0.4cm" style:may-break-between-rows="false"/></style:style>
<style:style style:name="Row" style:family="table-row"><style:table-row-properties fo:keep-together="always"/></style:style>
${columns.join('\n')}
</office:automatic-styles>
<office:body><office:text>
${content}
</office:text></office:body></office:document-content>
`
}

const columnName = (table: number, column: number) => `Table${table + 1}.${column + 1}`

/** `table`: which table of the document it is, if it is one. */
function write(block: Block, table: number): string {
	switch (block.type) {
		case 'heading': {
			const { level, text } = block
			return `<text:h text:style-name="Heading_20_${level}" text:outline-level="${level}">${safe(text)}</text:h>`
		}
		case 'paragraph':
			return `<text:p text:style-name="${block.leads ? 'Leading' : 'Standard'}">${safe(block.text)}</text:p>`
		case 'facts':
			return block.rows
				.map(([label, value]) => `<text:p text:style-name="Standard">${safe(label)}: ${safe(value)}</text:p>`)
				.join('\n')
		case 'table':
			return writeTable(block, table)
	}
}

function writeTable(block: Table, table: number): string {
	const { head, columns, rows } = block
	const cell = (text: string, box: string, style: string) =>
		`<table:table-cell table:style-name="${box}" office:value-type="string"><text:p text:style-name="${style}">${safe(text)}</text:p></table:table-cell>`
	const row = (cells: string[]) => `<table:table-row table:style-name="Row">${cells.join('')}</table:table-row>`
	const isNumber = (i: number) => columns[i] === 'number'
	const widths = head.map((_, i) => `<table:table-column table:style-name="${columnName(table, i)}"/>`)
	const heads = row(head.map((text, i) => cell(text, 'BoxHead', isNumber(i) ? 'NumberHead' : 'Head')))
	const body = rows.map((cells) => row(cells.map((text, i) => cell(text, 'Box', isNumber(i) ? 'Number' : 'Cell'))))
	return `<table:table table:style-name="${staysWhole(block) ? 'Whole' : 'Wide'}">${widths.join('')}<table:table-header-rows>${heads}</table:table-header-rows>${body.join('')}</table:table>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function safe(text: string): string {
	return text.replace(/[&<>"]/g, (sign) => entities[sign] ?? sign)
}
