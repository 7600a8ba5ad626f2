import { DeviceError } from '../device.ts'

/**
 * XML as it comes from a camera, which is hostile or careless: bounded in size, depth and number of elements, no document
 * types and hence no entities of its own. A parser of our own, because fast-xml-parser takes 2 s for 1 MiB of small
 * elements, and this process has cameras to stop. Lenient where cameras are known to be sloppy: a bare `&` in an address
 * stands for itself, and a prefix that nobody declared has no namespace.
 */

export interface XmlElement {
	/** Without its prefix. */
	readonly name: string
	/** Empty: none, or its prefix was never declared. */
	readonly namespace: string
	/** By their names as written, prefix included. A token `1.10` is a word. */
	readonly attributes: ReadonlyMap<string, string>
	readonly children: readonly XmlElement[]
	/** Its own text without that of its children, trimmed. */
	readonly text: string
}

/** Prefixes declared on one element. Chained rather than copied: a thousand declarations would be copied a thousand times. */
interface Scope {
	readonly declared: ReadonlyMap<string, string>
	readonly outer: Scope | null
}

interface Open {
	readonly tag: string
	readonly scope: Scope
	readonly element: { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & { children: XmlElement[] }
}

const longest = 1024 * 1024
const deepest = 64
/** Of elements, attributes and ampersands: some thousand presets. */
const most = 20_000
const none: ReadonlyMap<string, string> = new Map()
const opening = /<([^\s/>="'<&!?]+)/y
const attribute = /\s+([^\s/>="'<&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const closing = /\s*(\/?)>/y
const ending = /<\/([^\s/>="'<]+)\s*>/y

/** The document's one element. Rejects whatever is not that with 'protocol'. */
export function parseXml(source: string): XmlElement {
	if (source.length > longest) throw broken('it is too long')
	let at = source.startsWith('\ufeff') ? 1 : 0
	let count = 0
	let root: XmlElement | null = null
	const open: Open[] = []

	const take = (pattern: RegExp): RegExpExecArray | null => {
		pattern.lastIndex = at
		const match = pattern.exec(source)
		if (match) at = pattern.lastIndex
		return match
	}
	/** What stands between here and that, which is then behind us. */
	const upTo = (end: string): string => {
		const found = source.indexOf(end, at)
		if (found < 0) throw broken(`no ${end}`)
		const between = source.slice(at, found)
		at = found + end.length
		return between
	}
	const counted = () => {
		if (++count > most) throw broken('it has too many parts')
	}
	const readAttributes = (): ReadonlyMap<string, string> => {
		counted()
		let attributes: Map<string, string> | null = null
		for (let match = take(attribute); match; match = take(attribute)) {
			counted()
			attributes ??= new Map()
			attributes.set(match[1] ?? '', unescapeXml(match[2] ?? match[3] ?? '', counted))
		}
		return attributes ?? none
	}
	const addText = (text: string) => {
		const inside = open.at(-1)
		if (inside) inside.element.text += text
		else if (text.trim() !== '') throw broken('text outside of the element')
	}
	const close = ({ element }: Open) => {
		element.text = element.text.trim()
		const parent = open.at(-1)
		if (parent) parent.element.children.push(element)
		else root = element
	}

	while (at < source.length) {
		if (source[at] !== '<') {
			const next = source.indexOf('<', at)
			const end = next < 0 ? source.length : next
			addText(unescapeXml(source.slice(at, end), counted))
			at = end
		} else if (source.startsWith('<!--', at)) {
			at += 4
			upTo('-->')
		} else if (source.startsWith('<![CDATA[', at)) {
			at += 9
			addText(upTo(']]>'))
		} else if (source.startsWith('<?', at)) {
			upTo('?>')
		} else if (source.startsWith('</', at)) {
			const [, tag] = take(ending) ?? []
			const ended = open.pop()
			if (!ended || ended.tag !== tag) throw broken(`</${tag ?? ''}> closes nothing`)
			close(ended)
		} else {
			// Document types end here as well: `<!` begins no element.
			const [, tag] = take(opening) ?? []
			if (tag === undefined) throw broken('it is no XML, or has a document type')
			if (root || open.length >= deepest) throw broken('it has a second element, or too deep ones')
			const begun = begin(tag, readAttributes(), open.at(-1)?.scope ?? null)
			const end = take(closing)
			if (!end) throw broken(`<${tag} does not end`)
			if (end[1] === '/') close(begun)
			else open.push(begun)
		}
	}
	if (!root || open.length > 0) throw broken('it ends too early')
	return root
}

function begin(tag: string, attributes: ReadonlyMap<string, string>, outer: Scope | null): Open {
	let declared: Map<string, string> | null = null
	for (const [name, value] of attributes) {
		if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue
		declared ??= new Map()
		declared.set(name.slice(6), value)
	}
	const scope = declared || !outer ? { declared: declared ?? none, outer } : outer
	const colon = tag.indexOf(':')
	const namespace = namespaceOf(colon < 0 ? '' : tag.slice(0, colon), scope)
	return { tag, scope, element: { name: tag.slice(colon + 1), namespace, attributes, children: [], text: '' } }
}

function namespaceOf(prefix: string, scope: Scope): string {
	for (let inner: Scope | null = scope; inner; inner = inner.outer) {
		const namespace = inner.declared.get(prefix)
		if (namespace !== undefined) return namespace
	}
	return ''
}

/** The first child of that name, whatever its namespace: makers differ in those, and no ONVIF element has two of a name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
	return element?.children.find((child) => child.name === name)
}

export function childrenOf(element: XmlElement | undefined, name: string): XmlElement[] {
	return element?.children.filter((child) => child.name === name) ?? []
}

/** The text at the end of a path of names; undefined where there is none. */
export function textAt(element: XmlElement | undefined, ...path: string[]): string | undefined {
	return path.reduce<XmlElement | undefined>((inside, name) => childOf(inside, name), element)?.text
}

/** For text and for attributes in either kind of quotes. What XML 1.0 has no sign for is left out. */
export function escapeXml(text: string): string {
	return text.replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

const entities = [
	['amp;', '&'],
	['lt;', '<'],
	['gt;', '>'],
	['quot;', '"'],
	['apos;', "'"],
] as const
const character = /#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));/y

/** What is no entity stands for itself. */
function unescapeXml(text: string, counted: () => void): string {
	let result = ''
	let done = 0
	for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
		counted()
		const [length, meaning] = entityAt(text, at + 1)
		if (length === 0) continue
		result += text.slice(done, at) + meaning
		done = at + 1 + length
	}
	return done === 0 ? text : result + text.slice(done)
}

/** How long it is, and what it stands for; 0: it is none. */
function entityAt(text: string, at: number): readonly [length: number, meaning: string] {
	for (const [name, meaning] of entities) if (text.startsWith(name, at)) return [name.length, meaning]
	character.lastIndex = at
	const [whole, hex, decimal = ''] = character.exec(text) ?? []
	if (whole === undefined) return [0, '']
	const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)
	return code > 0 && code <= 0x10ffff ? [whole.length, String.fromCodePoint(code)] : [0, '']
}

const broken = (why: string) => new DeviceError('protocol', `the camera's XML cannot be read: ${why}`)
