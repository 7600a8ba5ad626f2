import type { DocumentView } from '../protocol/floor.ts'
import type { Proven } from './formats.ts'
import { createLane } from './lane.ts'
import type { Converter } from './office.ts'
import { readPdf } from './poppler.ts'
import type { DocumentFacts } from './records.ts'

/** What becomes of a document, and why. */
export type Outcome = Pick<DocumentView, 'state' | 'pages' | 'reason'>

/** What its bytes alone tell. 'converting' is what a program has to look at first. */
export function firstOutcome(proven: Proven, converter: Converter | null): Outcome {
	switch (proven.kind) {
		case 'pdf':
			return converting
		case 'image':
			return proven.size ? ready(1) : failed('broken')
		case 'convertible':
			if (proven.encrypted) return failed('encrypted')
			return converter?.takes(proven.format) ? converting : download('no-converter')
		case 'download':
			return download(proven.reason)
	}
}

/**
 * How a document that is 'converting' ends: LibreOffice makes a PDF of what is none, poppler tells how many pages there are.
 * `pdf` is where the PDF is, or is to be. Does not reject for anything that a file may hold.
 */
export function createInspection(converter: Converter | null, originalOf: (facts: DocumentFacts) => string) {
	// Each is a process: eighty people hand in their reports at the same time.
	const lane = createLane(2)
	return async (facts: DocumentFacts, pdf: string, signal: AbortSignal): Promise<Outcome> => {
		if (facts.kind === 'convertible') {
			const { format } = facts
			// It may have been installed when this came, and be gone since.
			if (!converter || format === null || !converter.takes(format)) return download('no-converter')
			const fault = await converter.convert(originalOf(facts), pdf, format, signal)
			if (fault) return failed(fault)
		}
		const info = await lane.run(() => readPdf(pdf, signal))
		if ('pages' in info) return ready(info.pages)
		return info.fault === 'no-converter' ? download(info.fault) : failed(info.fault)
	}
}

const converting: Outcome = { state: 'converting', pages: null, reason: null }
const ready = (pages: number): Outcome => ({ state: 'ready', pages, reason: null })
const failed = (reason: string): Outcome => ({ state: 'failed', pages: null, reason })
const download = (reason: string): Outcome => ({ state: 'download', pages: null, reason })
