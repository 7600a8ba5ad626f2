import { isUnread, type Read } from '../doctor/finding.ts'
import { output } from '../doctor/reading.ts'
import { type Redact, redactLine } from './redact.ts'

/** What systemd's journal has of our units, and of the kernel's USB. */

const days = 3
const mostLines = 20_000
/** What the kernel says of plugs, adapters, keys, cards and cameras. */
const devices = /\b(usb|hid|hidraw|tty(?:USB|ACM|S)?\d*|cdc_acm|ftdi|snd|uvc|uvcvideo|xhci|ehci|over-?current)/i

export interface Journals {
	units: Read<string>
	kernel: Read<string>
}

export async function readJournals(): Promise<Journals> {
	const since = `--since=-${days}d`
	const all = ['--no-pager', '--quiet', '--output=json', since, `--lines=${mostLines}`]
	const [units, kernel] = await Promise.all([
		journal([...all, '--unit=maru*', '--unit=nginx.service']),
		journal([...all, '--dmesg']),
	])
	return { units, kernel }
}

/** Without the right to read it journalctl shows what is left, which is nothing, and calls it well. */
async function journal(args: string[]): Promise<Read<string>> {
	const said = await output('journalctl', args)
	if (isUnread(said)) return said
	return said.trim().startsWith('{') ? said : { unread: said.trim() || 'journalctl: no line that this user may read' }
}

interface Line {
	at: string
	from: string
	text: string
}

/** In order, one line each, with nothing in it that may not leave. */
export function journalLines(text: string, redact: Redact): string[] {
	return linesOf(text).map(({ at, from, text }) => `${at} ${from}: ${redactLine(text, redact)}`)
}

export function kernelLines(text: string, redact: Redact): string[] {
	return linesOf(text).flatMap(({ at, text }) => {
		// Serial numbers of devices are as good as names where each has its own.
		return devices.test(text) && !/SerialNumber:/.test(text) ? [`${at} ${redact(text)}`] : []
	})
}

function linesOf(text: string): Line[] {
	return text.split('\n').flatMap((line) => {
		if (line === '') return []
		try {
			const entry = JSON.parse(line) as Record<string, unknown>
			const at = new Date(Number(entry.__REALTIME_TIMESTAMP) / 1_000).toISOString()
			return textOf(entry.MESSAGE)
				.split('\n')
				.map((one) => ({ at, from: String(entry._SYSTEMD_UNIT ?? entry.SYSLOG_IDENTIFIER ?? '?'), text: one }))
		} catch {
			return []
		}
	})
}

/** What is not UTF-8 comes as bytes. */
const textOf = (message: unknown) =>
	typeof message === 'string'
		? message
		: Array.isArray(message)
			? Buffer.from(message as number[]).toString('utf8')
			: ''
