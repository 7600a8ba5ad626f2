import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { workerPath } from '../../setup/worker-path.mjs'
import { type Check, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { output, reasonOf } from './reading.ts'

/** Programs of others that Maru calls, and the fonts that they draw with. */

export interface Programs {
	/** The first line of what each says of its version. */
	chromium: Read<string>
	ffmpeg: Read<string>
	poppler: Read<string>
	libreoffice: Read<string>
	/** Families that have Korean. */
	fonts: Read<string[]>
	/** Where the worker is, and that it starts. */
	worker: Read<string>
	/** Documents that were handed in and need LibreOffice to be shown. Null: there is no database yet. */
	unconverted: number | null
}

/** What plays our pages has to know AV1, and ffmpeg the protocols of the relay: Debian 12 has newer ones. */
const oldest = { chromium: 120, ffmpeg: 5 }

export function judgePrograms(read: Programs): Finding[] {
	return [
		programFinding('chromium', read.chromium, 'sudo apt-get install chromium', oldest.chromium),
		programFinding('ffmpeg', read.ffmpeg, 'sudo apt-get install ffmpeg', oldest.ffmpeg),
		programFinding('poppler', read.poppler, 'sudo apt-get install poppler-utils poppler-data'),
		...officeFinding(read),
		fontFinding(read.fonts),
		isUnread(read.worker)
			? fault('worker', read.worker.unread, {
					ko: "'npm start'가 다시 만듭니다. 설치본에서는 sudo apt-get install --reinstall maru",
					en: "'npm start' makes it; installed: sudo apt-get install --reinstall maru",
				})
			: ok('worker', read.worker),
	]
}

function programFinding(check: Check, read: Read<string>, install: string, least = 0): Finding {
	if (isUnread(read)) {
		return fault(check, { ko: `실행되지 않습니다 (${read.unread})`, en: `does not run (${read.unread})` }, install)
	}
	const version = Number(/\d+/.exec(read)?.[0] ?? Number.NaN)
	if (!(version < least)) return ok(check, read)
	const detail = { ko: `${read}: ${least} 이상이 필요합니다`, en: `${read}: ${least} or newer is needed` }
	return fault(check, detail, install)
}

/** A room without it shows PDF and pictures; so it is missed only where somebody handed in what needs it. */
function officeFinding({ libreoffice, unconverted }: Programs): Finding[] {
	if (!isUnread(libreoffice)) return [ok('libreoffice', libreoffice)]
	if (!unconverted) return []
	const detail = {
		ko: `LibreOffice가 없어 오피스 파일 ${unconverted}개를 슬라이드로 보여 주지 못했습니다`,
		en: `${unconverted} office files could not be shown as slides: there is no LibreOffice`,
	}
	const mend = 'sudo apt-get install libreoffice-impress-nogui libreoffice-writer-nogui libreoffice-calc-nogui'
	return [fault('libreoffice', detail, mend)]
}

function fontFinding(fonts: Read<string[]>): Finding {
	const install = 'sudo apt-get install fonts-noto-cjk'
	if (isUnread(fonts)) return unread('fonts', fonts, 'sudo apt-get install fontconfig')
	if (fonts.length > 0) return ok('fonts', fonts[0] ?? '')
	const detail = {
		ko: '한글 글꼴이 없어 회의장 화면과 중계에 이름이 네모로 나옵니다',
		en: 'there is none: names are drawn as boxes on the hall display and the relay',
	}
	return fault('fonts', detail, install)
}

export async function readPrograms(unconverted: number | null): Promise<Programs> {
	const [chromium, ffmpeg, poppler, libreoffice, fonts, worker] = await Promise.all([
		firstLine('/usr/bin/chromium', ['--version']),
		firstLine('ffmpeg', ['-version']),
		firstLine('pdfinfo', ['-v']),
		findOffice(),
		output('fc-list', [':lang=ko', 'family']),
		readWorker(),
	])
	const families = isUnread(fonts) ? fonts : [...new Set(fonts.split('\n').filter((line) => line !== ''))].sort()
	return { chromium, ffmpeg, poppler, libreoffice, fonts: families, worker, unconverted }
}

async function firstLine(program: string, args: string[]): Promise<Read<string>> {
	const said = await output(program, args)
	return isUnread(said) ? said : (said.trim().split('\n')[0] ?? '')
}

/** Looked for and not started: it would make a profile, and takes seconds. */
function findOffice(): Read<string> {
	const folders = (process.env.PATH ?? '').split(':')
	const path = folders.map((folder) => join(folder, 'soffice')).find((one) => existsSync(one))
	return path ?? { unread: 'soffice: ENOENT' }
}

/** Not only that it is there: that its libraries are. */
async function readWorker(): Promise<Read<string>> {
	try {
		const path = workerPath()
		accessSync(path, constants.X_OK)
		const linked = await output('ldd', [path])
		const missing = isUnread(linked) ? null : /^\s*(\S+) => not found/m.exec(linked)?.[1]
		return missing ? { unread: `${path}: ${missing} => not found` } : path
	} catch (error) {
		return { unread: reasonOf(error) }
	}
}
