/**
 * What may leave the house in a bundle of logs. Of a line that we wrote ourselves, fields by their names, and no others; of
 * words that anybody may have written, nothing that looks like a right, a number of somebody's, a person or an address.
 * What is taken out in vain costs a question; what is left in by mistake is out for good. Pure.
 */

/** What this house knows to be nobody's business, and which addresses are its own. */
export interface Known {
	/** Passwords, keys, people's names in Latin letters: wherever they stand. */
	secrets: readonly string[]
	/** Of cameras, servers and this machine: what a fault is about. */
	addresses: ReadonlySet<string>
}

export type Redact = (text: string) => string

/** Its own words: they say what happened, and hold none of what people said. */
const words = new Set([
	...[
		'module',
		'camera',
		'code',
		'signal',
		'reason',
		'fault',
		'phase',
		'status',
		'state',
		'kind',
		'step',
		'cause',
		'role',
	],
	...['command', 'browser', 'event', 'driver', 'model', 'firmware', 'namespace', 'type', 'format', 'remedy', 'version'],
])
const numbers = new Set([
	...[
		'level',
		'time',
		'pid',
		'port',
		'ms',
		'waitMs',
		'delay',
		'slack',
		'preset',
		'slot',
		'status',
		'code',
		'pages',
		'bytes',
	],
	...['restarts', 'most', 'uid', 'exitCode'],
])

const out = (what: string) => `[${what}]`

/** Patterns in the order in which they are used. The first are the longest. */
const patterns: readonly [RegExp, string | ((...found: string[]) => string)][] = [
	[/-----BEGIN [\s\S]*?(-----END [A-Z ]+-----|$)/g, out('key')],
	[/\b(bearer|basic|digest|cookie|set-cookie)\b[:\s]+\S.*/gi, (_, scheme = '') => `${scheme} ${out('secret')}`],
	// Links of ours: the right stands behind the #, and what players know behind the ?.
	[/\b([a-z][a-z+.-]*:\/\/)(?:[^\s/@"']*@)?([^\s/?#"']+)([^\s?#"']*)(\?[^\s#"']*)?(#[^\s"']*)?/gi, addressOf],
	[/[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g, out('token')],
	[/(^|[\s"'(])(\/[\w./-]*)[#?][^\s"']+/g, (_, before = '', path = '') => `${before}${path}${out('…')}`],
	[
		/\b(pass(?:word|wd)?|secret|token|pin|otp|apikey|key)\b(["']?\s*[=:]\s*["']?)[^\s"',;}]+/gi,
		(_, key = '', sign = '') => `${key}${sign}${out('secret')}`,
	],
	[/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, out('mail')],
	[/(?<![\w.])\d{6}-?[1-8]\d{6}(?!\d)/g, out('number')],
	[/(?<![\w.])(?:\+82[ -]?|0)\d{1,2}[ -]?\d{3,4}[ -]?\d{4}(?!\d)/g, out('number')],
	[/(?<![\w.])\d{3}[ -]\d{3}(?![\w-])/g, out('number')],
]
/** No word that anybody speaks has figures in it and is so long. */
const random = /(?<![\w/-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{20,}(?![\w-])/g
/** PINs, codes, numbers of tickets. Ports, process numbers, dates and versions have other marks around them. */
const figures =
	/(?<![\w.\-[/]|\d:|\]:|\.[a-z]+:|\bport |\bpid )\d{4,}(?![\w\-\]/]|\.\d|:\d| (?:ms|bytes|KiB|MiB|events)\b)/gi
const ipv4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\d)/g
const ipv6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])/gi
/** Our own messages are in English: what is written otherwise is a name, a title, or what somebody said. */
const foreign = /[^ -~\t\r\n’“”…→–—]+/gu

function addressOf(_: string, scheme = '', host = '', path = '', query = '', fragment = ''): string {
	return `${scheme}${host}${path}${query ? `?${out('…')}` : ''}${fragment ? `#${out('…')}` : ''}`
}

/** For words of any origin. */
export function redactor({ secrets, addresses }: Known): Redact {
	const literal = literalPattern(secrets)
	return (text) => {
		let left = literal ? text.replace(literal, out('secret')) : text
		for (const [pattern, put] of patterns) left = left.replace(pattern, put as string)
		return left
			.replace(random, out('secret'))
			.replace(ipv4, (found) => (addresses.has(found) ? found : out('address')))
			.replace(ipv6, (found) => (addresses.has(found) ? found : out('address')))
			.replace(foreign, out('…'))
			.replace(figures, out('number'))
	}
}

/** The longest first, so that no rest of one is left behind another. Short ones would take half of every line away. */
function literalPattern(secrets: readonly string[]): RegExp | null {
	const all = [...new Set(secrets)].filter((secret) => secret.length >= 3).sort((a, b) => b.length - a.length)
	if (all.length === 0) return null
	const escaped = all.map((secret) => secret.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
	return new RegExp(`(?<![A-Za-z0-9])(?:${escaped.join('|')})(?![A-Za-z0-9])`, 'gi')
}

/** A line of a log: one of ours is JSON. What is taken out of it is named, so that nobody looks for it. */
export function redactLine(line: string, redact: Redact): string {
	const entry = parsed(line)
	return entry ? JSON.stringify(redactEntry(entry, redact)) : redact(line)
}

function redactEntry(entry: Record<string, unknown>, redact: Redact): Record<string, unknown> {
	const kept: Record<string, unknown> = {}
	const left: string[] = []
	for (const [key, value] of Object.entries(entry)) {
		if (typeof value === 'number' && numbers.has(key)) kept[key] = value
		else if (typeof value === 'boolean' || value === null) kept[key] = value
		else if (typeof value === 'string' && (key === 'msg' || words.has(key))) kept[key] = redact(value)
		else if (key === 'err' && typeof value === 'object')
			kept.err = redactError(value as Record<string, unknown>, redact)
		else if (key !== 'hostname') left.push(redact(key))
	}
	return left.length > 0 ? { ...kept, left } : kept
}

/** Where it was thrown, by files of ours; the first line of a stack is the message again. */
function redactError({ type, code, message, stack }: Record<string, unknown>, redact: Redact) {
	const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : []
	return {
		...(typeof type === 'string' && { type: redact(type) }),
		...(typeof code === 'string' && { code: redact(code) }),
		...(typeof message === 'string' && { message: redact(message) }),
		at: frames.map((line) => line.trim().replace(/(?:file:\/\/)?\/\S*\/(appliance|drivers|node_modules)\//, '$1/')),
	}
}

function parsed(line: string): Record<string, unknown> | null {
	if (!line.startsWith('{')) return null
	try {
		return JSON.parse(line) as Record<string, unknown>
	} catch {
		return null
	}
}

/** Keys of maru.yaml whose words say how the house is built and nothing of who is in it. */
const plain = new Set([
	...[
		'id',
		'language',
		'driver',
		'host',
		'port',
		'path',
		'framing',
		'publicUrl',
		'announce',
		'portRange',
		'proxies',
		'hub',
	],
	...[
		'display',
		'devices',
		'input',
		'output',
		'processing',
		'match',
		'serial',
		'parity',
		'rtsp',
		'usb',
		'urls',
		'audience',
	],
	...[
		'embed',
		'header',
		'segmentsDir',
		'camera',
		'line',
		'on',
		'off',
		'request',
		'withdraw',
		'priority',
		'poll',
		'from',
	],
])

/** The configuration as it was read: its figures, and the words of keys that are known to be harmless. */
export function redactConfig(value: unknown, redact: Redact, key = ''): unknown {
	if (Array.isArray(value)) return value.map((one) => redactConfig(one, redact, key))
	if (typeof value === 'object' && value !== null) {
		const entries = Object.entries(value).map(([inner, one]) => [inner, redactConfig(one, redact, inner)])
		return Object.fromEntries(entries)
	}
	if (typeof value !== 'string') return value
	return plain.has(key) ? redact(value) : out('…')
}
