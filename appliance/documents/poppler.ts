import { open } from 'node:fs/promises'
import { type Outcome, runContained, type Work } from './child.ts'

/**
 * Debian's poppler-utils: what a PDF is, and how a page of it looks. Both read the file from standard input ('-'), which
 * is handed to them open, so they need no right to the folder (pdfinfo(1), pdftoppm(1)).
 */
export type PdfInfo = { pages: number } | { fault: 'encrypted' | 'broken' | 'too-many-pages' | 'no-converter' }

export interface Picture {
	bytes: Buffer
	type: 'image/png' | 'image/jpeg' | 'image/webp'
}

/** As many as a page number may say (`slide.show`). */
const pagesMost = 5000
const infoMs = 20_000
const renderMs = 20_000
const memory = 2 * 1024 * 1024 * 1024
/** A picture is at most so much higher than it is wide: paper upright fits, a till receipt is made smaller. */
const heightMost = 2
/** A PNG of text is smaller and sharper than a JPEG. Of a photograph it is many times larger: then JPEG. */
const pngMost = 700_000

/** Reads a PDF's head. `signal` ends it: then it is said to be broken, and nobody listens any more. */
export async function readPdf(path: string, signal: AbortSignal): Promise<PdfInfo> {
	const { code, output, complaints, ended } = await onFile(path, 'pdfinfo', ['-'], infoMs, signal)
	if (ended === 'missing') return { fault: 'no-converter' }
	if (code !== 0) return { fault: /incorrect password/i.test(complaints) ? 'encrypted' : 'broken' }
	const pages = Number(/^Pages:\s+(\d+)$/m.exec(output.toString('latin1'))?.[1] ?? 0)
	if (pages < 1) return { fault: 'broken' }
	return pages > pagesMost ? { fault: 'too-many-pages' } : { pages }
}

/** Page `page` (from 1), `width` pixels wide or less. Null: it cannot be drawn, or not in time. */
export async function drawPage(
	path: string,
	page: number,
	width: number,
	signal: AbortSignal,
): Promise<Picture | null> {
	const which = ['-f', `${page}`, '-l', `${page}`]
	const info = await onFile(path, 'pdfinfo', [...which, '-'], infoMs, signal)
	const size = info.code === 0 ? pixels(info.output.toString('latin1'), width) : null
	if (!size) return null
	const scaled = ['-cropbox', '-scale-to-x', `${size.width}`, '-scale-to-y', `${size.height}`]
	const draw = (format: readonly string[]) =>
		onFile(path, 'pdftoppm', [...format, ...which, '-singlefile', ...scaled, '-'], renderMs, signal)
	const png = await draw(['-png'])
	if (!isWhole(png)) return null
	if (png.output.length <= pngMost) return { bytes: png.output, type: 'image/png' }
	const jpeg = await draw(['-jpeg', '-jpegopt', 'quality=88,optimize=y'])
	if (!isWhole(jpeg) || jpeg.output.length * 2 > png.output.length) return { bytes: png.output, type: 'image/png' }
	return { bytes: jpeg.output, type: 'image/jpeg' }
}

const isWhole = ({ code, output }: Outcome) => code === 0 && output.length > 0

/** How large to draw a page, from what pdfinfo says of it: 'Page    3 size:  595.3 x 841.9 pts (A4)', 'Page    3 rot:  90'. */
function pixels(info: string, wanted: number): { width: number; height: number } | null {
	const size = /^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts/m.exec(info)
	const turned = Number(/^Page\s+\d+ rot:\s+(\d+)$/m.exec(info)?.[1] ?? 0) % 180 !== 0
	const [across, down] = [Number(size?.[1]), Number(size?.[2])]
	if (!(across > 0 && down > 0)) return null
	const shape = turned ? across / down : down / across
	const width = Math.max(1, Math.round(shape > heightMost ? (wanted * heightMost) / shape : wanted))
	return { width, height: Math.max(1, Math.round(Math.min(width * shape, wanted * heightMost))) }
}

async function onFile(
	path: string,
	program: string,
	args: readonly string[],
	timeoutMs: number,
	signal: AbortSignal,
): Promise<Outcome> {
	const file = await open(path, 'r').catch(() => null)
	if (!file) return { code: null, output: Buffer.alloc(0), complaints: '', ended: 'itself' }
	const work: Work = { program, args, input: file.fd, timeoutMs, memory, signal }
	try {
		return await runContained(work)
	} finally {
		await file.close()
	}
}
