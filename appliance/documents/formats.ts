import { open } from 'node:fs/promises'
import { readOle, readZip } from './containers.ts'
import { type ImageType, sizeOfImage } from './image-size.ts'

/** What a file is, proven by its bytes. Its name says nothing: whoever sends it chooses that. */
export type OfficeFormat = 'pptx' | 'ppt' | 'odp' | 'docx' | 'doc' | 'odt' | 'xlsx' | 'xls' | 'ods' | 'rtf'

export type Proven =
	| { kind: 'pdf'; type: string }
	/** `size` null: its head cannot be read. */
	| { kind: 'image'; type: ImageType; size: { width: number; height: number } | null }
	| { kind: 'convertible'; type: string; format: OfficeFormat; encrypted: boolean }
	| { kind: 'download'; type: string; reason: 'hwp' | 'unknown' }

const officeTypes: Record<OfficeFormat, string> = {
	pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	ppt: 'application/vnd.ms-powerpoint',
	doc: 'application/msword',
	xls: 'application/vnd.ms-excel',
	odp: 'application/vnd.oasis.opendocument.presentation',
	odt: 'application/vnd.oasis.opendocument.text',
	ods: 'application/vnd.oasis.opendocument.spreadsheet',
	rtf: 'application/rtf',
}

/** What proves each: a folder in an Office Open XML package, a stream in a compound file. */
const packages: [string, OfficeFormat][] = [
	['ppt/', 'pptx'],
	['word/', 'docx'],
	['xl/', 'xlsx'],
]
const streams: [string, OfficeFormat][] = [
	['PowerPoint Document', 'ppt'],
	['WordDocument', 'doc'],
	['Workbook', 'xls'],
	['Book', 'xls'],
]

const hwp: Proven = { kind: 'download', type: 'application/x-hwp', reason: 'hwp' }
const hwpx: Proven = { kind: 'download', type: 'application/hwp+zip', reason: 'hwp' }
const unknown: Proven = { kind: 'download', type: 'application/octet-stream', reason: 'unknown' }
/** HWP 3.0 begins with it, HWP 5.0 has it in its stream 'FileHeader' (한글 문서 파일 형식 5.0, 3.2.1). */
const hwpSignature = 'HWP Document File'
/** Colour profiles and what cameras write stand before a JPEG's size. */
const headBytes = 512 * 1024

/** Looks at the first bytes, and into the list of names of what holds files. */
export async function proveFormat(path: string): Promise<Proven> {
	const file = await open(path, 'r')
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0)
		const head = buffer.subarray(0, bytesRead)
		const begins = (text: string, at = 0) => head.toString('latin1', at, at + text.length) === text
		if (begins('%PDF-')) return { kind: 'pdf', type: 'application/pdf' }
		if (begins('\x89PNG\r\n\x1a\n')) return image(head, 'image/png')
		if (begins('\xff\xd8\xff')) return image(head, 'image/jpeg')
		if (begins('RIFF') && begins('WEBP', 8)) return image(head, 'image/webp')
		if (begins('{\\rtf')) return office('rtf')
		if (begins(hwpSignature)) return hwp
		if (begins('PK\x03\x04')) return ofZip(await readZip(file))
		if (begins('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return ofOle(await readOle(file))
		return unknown
	} finally {
		await file.close()
	}
}

function ofZip(zip: Awaited<ReturnType<typeof readZip>>): Proven {
	if (!zip) return unknown
	if (zip.mimetype === 'application/hwp+zip') return hwpx
	const open = Object.entries(officeTypes).find(([, type]) => type === zip.mimetype)
	if (open) return office(open[0] as OfficeFormat)
	const names = [...zip.names]
	const found = zip.names.has('[Content_Types].xml')
		? packages.find(([folder]) => names.some((name) => name.startsWith(folder)))
		: undefined
	return found ? office(found[1]) : unknown
}

function ofOle(ole: Awaited<ReturnType<typeof readOle>>): Proven {
	if (!ole) return unknown
	if (ole.header.toString('latin1').startsWith(hwpSignature)) return hwp
	// An encrypted Office Open XML file ([MS-OFFCRYPTO] 2.3.4.4); which of them it is nobody can tell.
	if (ole.names.has('EncryptedPackage')) return { ...office('pptx'), type: unknown.type, encrypted: true }
	const found = streams.find(([name]) => ole.names.has(name))
	return found ? office(found[1]) : unknown
}

function office(format: OfficeFormat): Extract<Proven, { kind: 'convertible' }> {
	return { kind: 'convertible', type: officeTypes[format], format, encrypted: false }
}

function image(head: Buffer, type: ImageType): Proven {
	return { kind: 'image', type, size: sizeOfImage(head, type) }
}
