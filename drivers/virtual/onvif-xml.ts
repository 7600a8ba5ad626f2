/**
 * A small XML reader for the virtual camera: strict, and aware of namespaces, as the SOAP servers in cameras are. It is not
 * the driver's reader, so that what only one of them accepts is seen.
 */

export interface XmlElement {
	readonly namespace: string
	readonly name: string
	readonly attributes: Readonly<Record<string, string>>
	readonly children: readonly XmlElement[]
	/** Its own text without that of its children, trimmed. */
	readonly text: string
	/** The prefixes in force here: some values are names with a prefix. */
	readonly prefixes: Readonly<Record<string, string>>
}

interface Open {
	tag: string
	attributes: Record<string, string>
	children: XmlElement[]
	text: string
	prefixes: Record<string, string>
}

const token =
	/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/([^\s<>/]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const deepest = 100

/** Throws where it is not well-formed, has a document type, or is deeper than any request. */
export function readXml(source: string): XmlElement {
	const root: Open = { tag: '', attributes: {}, children: [], text: '', prefixes: { xml: 'xml' } }
	const open: Open[] = [root]
	token.lastIndex = 0
	while (token.lastIndex < source.length) {
		const at = token.lastIndex
		const match = token.exec(source)
		if (!match) throw new Error(`no XML at ${at}`)
		const [, data, closing, opening, attributes = '', alone, text] = match
		const inside = open.at(-1) ?? root
		if (data !== undefined) inside.text += data
		if (text !== undefined) inside.text += unescapeXml(text)
		if (opening !== undefined) {
			if (open.length > deepest) throw new Error('too deep')
			open.push(begin(opening, attributes, inside.prefixes))
		}
		if (closing !== undefined || alone === '/') {
			const ended = open.pop()
			if (!ended || open.length === 0 || (closing ?? ended.tag) !== ended.tag)
				throw new Error(`</${closing}> closes nothing`)
			open.at(-1)?.children.push(finish(ended))
		}
	}
	const [only, more] = root.children
	if (open.length !== 1 || !only || more || root.text.trim() !== '') throw new Error('not one whole element')
	return only
}

function begin(tag: string, list: string, inherited: Record<string, string>): Open {
	const attributes: Record<string, string> = {}
	const prefixes = { ...inherited }
	for (const [, name = '', double, single] of list.matchAll(attribute)) {
		const value = unescapeXml(double ?? single ?? '')
		if (name === 'xmlns') prefixes[''] = value
		else if (name.startsWith('xmlns:')) prefixes[name.slice(6)] = value
		else if (attributes[name] !== undefined) throw new Error(`${name} twice`)
		else attributes[name] = value
	}
	return { tag, attributes, children: [], text: '', prefixes }
}

function finish({ tag, attributes, children, text, prefixes }: Open): XmlElement {
	return { ...expandedName(tag, prefixes), attributes, children, text: text.trim(), prefixes }
}

/** `prefix:name` as the namespace and the name that it stands for. */
export function expandedName(qualified: string, prefixes: Readonly<Record<string, string>>) {
	const [first = '', second] = qualified.split(':')
	const namespace = prefixes[second === undefined ? '' : first]
	if (namespace === undefined && second !== undefined) throw new Error(`prefix ${first} is not declared`)
	return { namespace: namespace ?? '', name: second ?? first }
}

/** The first child of that name, in that namespace and no other. */
export function childOf(element: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
	return element?.children.find((one) => one.name === name && one.namespace === namespace)
}

function unescapeXml(text: string): string {
	return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
		const code = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name)
		const meaning = code
			? String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? '', code[1] ? 16 : 10))
			: entities[name]
		if (meaning === undefined || !whole.endsWith(';')) throw new Error(`${whole} is no entity`)
		return meaning
	})
}

export function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
