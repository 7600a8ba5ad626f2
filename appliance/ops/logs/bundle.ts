import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { strToU8, zipSync } from 'fflate'
import { dataDirOf, loadConfig } from '../../config.ts'
import { loopbackOrigin, placePorts } from '../../config-ports.ts'
import { type Config, defaultConfig } from '../../config-schema.ts'
import type { BundleStep } from '../../protocol/bundle.ts'
import { examine, type Report } from '../doctor/examine.ts'
import { isUnread, type Read } from '../doctor/finding.ts'
import { jsonOf } from '../doctor/report.ts'
import { houseToken } from '../doctor/service.ts'
import { type Journals, journalLines, kernelLines } from './journal.ts'
import { collectKnown } from './known.ts'
import { type Redact, redactConfig, redactLine, redactor } from './redact.ts'
import { readLogRing, ringFolder } from './ring.ts'

/**
 * One file for whoever helps from outside: what the service and the kernel said, what the doctor finds, how the room is
 * configured, and figures. Nothing of who was in it, and nothing that opens anything.
 */

const about = `What is in here (Maru, maru logs --bundle)

service.jsonl       the service's own last lines
journal.txt         what systemd has of Maru's units, of three days
kernel-devices.txt  what the kernel said of USB, serial lines, sound and cameras
doctor.json         what maru doctor finds, and how to mend it
configuration.json  maru.yaml without secrets, names and addresses of people
versions.json       of Maru, Node, Debian and the kernel
metrics.txt         figures at this moment

Taken out, and marked [so]: links, tokens, PINs, codes, passwords, names, mail addresses, telephone numbers, addresses of
people's machines, and every word that is not in Latin letters. "left" names fields of a line that were taken out whole.
`

interface BundleOptions {
	env: NodeJS.ProcessEnv
	/** Read before by whoever may: root, where root asks. */
	journals: Journals
	onStep(step: BundleStep): void
}

/** The zip. Reads only; what cannot be read is said in its place. */
export async function makeBundle({ env, journals, onStep }: BundleOptions): Promise<Uint8Array> {
	onStep('logs')
	const dataDir = dataDirOf(env)
	const loaded = load(env)
	const redact = redactor(collectKnown(isUnread(loaded) ? null : loaded.config, dataDir))
	const told = <T>(read: Read<T>, text: (value: T) => string) =>
		isUnread(read) ? `could not be read: ${redact(read.unread)}\n` : text(read)
	const files: Record<string, string> = {
		'about.txt': about,
		'service.jsonl': lines(readLogRing(ringFolder(dataDir)).map((line) => redactLine(line, redact))),
		'journal.txt': told(journals.units, (text) => lines(journalLines(text, redact))),
		'kernel-devices.txt': told(journals.kernel, (text) => lines(kernelLines(text, redact))),
		'configuration.json': told(loaded, ({ config }) => json(redactConfig(config, redact))),
	}
	onStep('doctor')
	const report = await examine(env)
	files['doctor.json'] = json(findingsOf(report, redact))
	files['versions.json'] = json(versionsOf(report, redact))
	onStep('figures')
	const config = isUnread(loaded) ? defaultConfig('demo') : (loaded.config ?? defaultConfig('demo'))
	files['metrics.txt'] = told(await metrics(config, isUnread(loaded) ? null : loaded.port, dataDir), redact)
	const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))
	onStep('done')
	return zip
}

function load(env: NodeJS.ProcessEnv): Read<{ config: Config | null; port: number | null }> {
	try {
		return loadConfig(env)
	} catch (error) {
		return { unread: error instanceof Error ? error.message : String(error) }
	}
}

/** In English alone: by the same rule that takes Korean names away, Korean words go. */
function findingsOf(report: Report, redact: Redact): object[] {
	return report.findings.map(({ check, of, state, detail, mend }) => {
		return { check, of: of && redact(of), state, detail: redact(detail.en), mend: mend && redact(mend.en) }
	})
}

function versionsOf(report: Report, redact: Redact): object {
	const said = (check: string) => {
		const found = report.findings.find((finding) => finding.check === check)
		return found ? redact(found.detail.en) : null
	}
	return {
		...{ maru: said('version'), node: process.versions.node, kernel: release(), debian: debian() },
		...{
			chromium: said('chromium'),
			ffmpeg: said('ffmpeg'),
			ok: 'ok' in jsonOf(report) && (jsonOf(report) as { ok: boolean }).ok,
		},
	}
}

function debian(): string | null {
	try {
		return readFileSync('/etc/debian_version', 'utf8').trim()
	} catch {
		return null
	}
}

async function metrics(config: Config, port: number | null, dataDir: string): Promise<Read<string>> {
	try {
		const token = await houseToken(dataDir)
		if (token === null) return { unread: 'no service has run here yet' }
		const address = `${loopbackOrigin(await placePorts(config, port))}/metrics`
		const headers = { authorization: `Bearer ${token}` }
		const response = await fetch(address, { headers, signal: AbortSignal.timeout(5_000) })
		return response.ok ? await response.text() : { unread: `the service answers ${response.status}` }
	} catch {
		return { unread: 'the service does not run' }
	}
}

const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('')
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
