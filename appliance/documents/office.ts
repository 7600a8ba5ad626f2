import {
	accessSync,
	chownSync,
	constants,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs'
import { chown, copyFile, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Logger } from 'pino'
import { findOffline, type Outcome, runContained, unprivileged } from './child.ts'
import type { OfficeFormat } from './formats.ts'
import { createLane } from './lane.ts'

/** What makes PDFs of slides, texts and tables. */
export interface Converter {
	takes(format: OfficeFormat): boolean
	/** Writes the PDF to `to`. Null: done. Aborted by `signal` it answers 'aborted', and nothing of it runs any more. */
	convert(
		from: string,
		to: string,
		format: OfficeFormat,
		signal: AbortSignal,
	): Promise<'broken' | 'timeout' | 'aborted' | null>
}

interface OfficeOptions {
	log: Logger
	/** Where LibreOffice's programs are. Without it: where `soffice` leads. */
	programDir?: string | null
	timeoutMs?: number
}

const memory = 4 * 1024 * 1024 * 1024
const convertedMost = 256 * 1024 * 1024
/** "Start me anew": LibreOffice has written its profile (desktop/source/app/officeipcthread, EXITHELPER_*_RESTART). */
const again = [79, 81]

/** The component that reads each kind of file. Debian packages them apart. */
const components: Record<OfficeFormat, 'impress' | 'writer' | 'calc'> = {
	pptx: 'impress',
	ppt: 'impress',
	odp: 'impress',
	docx: 'writer',
	doc: 'writer',
	odt: 'writer',
	rtf: 'writer',
	xlsx: 'calc',
	xls: 'calc',
	ods: 'calc',
}

/**
 * LibreOffice without a screen, one file at a time, each with a profile of its own that is thrown away. It runs no macros,
 * follows no links and, where the kernel lets us, has no network: what it reads was written by somebody else.
 * `soffice` itself would start a child that outlives our `kill -9`; so its `soffice.bin` is started here. Null: not installed.
 */
export function openOffice({ log, programDir, timeoutMs = 120_000 }: OfficeOptions): Converter | null {
	const dir = programDir === undefined ? findPrograms() : programDir
	if (dir === null) return null
	removeOrphans()
	const lane = createLane(1)
	let offline: ReturnType<typeof findOffline> | null = null

	async function run(from: string, to: string, format: OfficeFormat, signal: AbortSignal) {
		if (signal.aborted) return 'aborted'
		offline ??= findOffline(new AbortController().signal)
		const prefix = await offline
		if (prefix === null) log.warn('LibreOffice can not be kept from the network here')
		const folder = prepare()
		try {
			const input = join(folder, `input.${format}`)
			await copyFile(from, input)
			await give(input)
			const work = {
				program: join(dir as string, 'soffice.bin'),
				args: [
					`-env:UserInstallation=file://${join(folder, 'profile')}`,
					...['--headless', '--norestore', '--nolockcheck', '--nodefault', '--nologo'],
					...['--convert-to', 'pdf', '--outdir', folder, input],
				],
				timeoutMs,
				memory,
				folder,
				signal,
				...(prefix === null ? {} : { offline: prefix }),
			}
			const first = await runContained(work)
			const last = first.code !== null && again.includes(first.code) ? await runContained(work) : first
			const fault = faultOf(last)
			if (fault) return fault
			return (await take(join(folder, 'input.pdf'), to)) ? null : 'broken'
		} finally {
			await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
		}
	}

	function faultOf({ ended, code, complaints }: Outcome) {
		if (ended === 'timeout' || ended === 'aborted') return ended
		if (code === 0) return null
		log.debug({ code, ended, complaints }, 'LibreOffice failed')
		return 'broken'
	}

	return {
		takes: (format) => existsSync(join(dir, '../share/registry', `${components[format]}.xcd`)),
		convert: (from, to, format, signal) => lane.run(() => run(from, to, format, signal)),
	}
}

function findPrograms(): string | null {
	for (const folder of (process.env.PATH ?? '').split(':')) {
		try {
			const found = dirname(realpathSync(join(folder, 'soffice')))
			accessSync(join(found, 'soffice.bin'), constants.X_OK)
			return found
		} catch {
			// Not in this one.
		}
	}
	return null
}

/** The folder of one conversion, with a profile that allows little. It belongs to the user who converts. */
function prepare(): string {
	const folder = mkdtempSync(join(tmpdir(), `maru-office-${process.pid}-`))
	const user = join(folder, 'profile/user')
	mkdirSync(user, { recursive: true, mode: 0o700 })
	const settings = join(user, 'registrymodifications.xcu')
	writeFileSync(settings, profile)
	const owner = unprivileged()
	const made = [folder, join(folder, 'profile'), user, settings]
	if (owner) for (const path of made) chownSync(path, owner.uid, owner.gid)
	return folder
}

async function give(path: string) {
	const owner = unprivileged()
	if (owner) await chown(path, owner.uid, owner.gid)
}

/**
 * The result lies in a folder that is not ours, and may be anything by now: a link to what only we can read, a pipe that
 * never ends. False: it is not a file, or not there.
 */
async function take(from: string, to: string): Promise<boolean> {
	const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
	const file = await open(from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => null)
	if (!file) return false
	try {
		const stat = await file.stat()
		if (!stat.isFile() || stat.nlink !== 1 || stat.size === 0 || stat.size > convertedMost) return false
		await writeFile(to, file.createReadStream({ autoClose: false, start: 0, end: stat.size - 1 }), { mode: 0o600 })
		return true
	} finally {
		await file.close()
	}
}

/** Folders of conversions whose service was killed: nobody else will remove them. */
function removeOrphans() {
	for (const file of readdirSync(tmpdir())) {
		const pid = /^maru-office-(\d+)-/.exec(file)?.[1]
		if (pid === undefined || existsSync(`/proc/${pid}`)) continue
		try {
			rmSync(join(tmpdir(), file), { recursive: true, force: true })
		} catch {
			// Somebody else's; it does no harm.
		}
	}
}

/** No macros, no links to other files or addresses (LibreOffice's schemas Office.Common, Office.Writer, Office.Calc). */
const settings: [path: string, name: string, value: string][] = [
	['Office.Common/Security/Scripting', 'DisableMacrosExecution', 'true'],
	['Office.Common/Security/Scripting', 'MacroSecurityLevel', '3'],
	['Office.Common/Security/Scripting', 'BlockUntrustedRefererLinks', 'true'],
	['Office.Writer/Content/Update', 'Link', '0'],
	['Office.Calc/Content/Update', 'Link', '2'],
]
const items = settings.map(
	([path, name, value]) =>
		`<item oor:path="/org.openoffice.${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
)
const profile = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">${items.join('')}</oor:items>`
