import { describe, expect, it } from 'vitest'
import { childOf, childrenOf, escapeXml, parseXml, textAt } from '../../../drivers/onvif/xml.ts'

const refused = expect.objectContaining({ code: 'protocol' })

describe('XML of a camera', () => {
	it('is read with the namespaces that its prefixes stand for, whatever these are called', () => {
		const root = parseXml(
			'<?xml version="1.0"?><a:outer xmlns:a="urn:one" xmlns="urn:two"><inner/><b:inner xmlns:b="urn:three"/><c:inner/></a:outer>',
		)
		expect([root.name, root.namespace]).toEqual(['outer', 'urn:one'])
		expect(root.children.map(({ namespace }) => namespace)).toEqual(['urn:two', 'urn:three', ''])
	})

	it('keeps every token as the word that it is', () => {
		const root = parseXml('<x><t token="1.10"> 007 </t><t token=\'1\'>2024-01-01T00:00:00Z</t></x>')
		expect(childrenOf(root, 't').map(({ attributes }) => attributes.get('token'))).toEqual(['1.10', '1'])
		expect(childrenOf(root, 't').map(({ text }) => text)).toEqual(['007', '2024-01-01T00:00:00Z'])
	})

	it('has entities, characters by number and unparsed parts', () => {
		const root = parseXml('<x y="&lt;&#65;&#x1F600;">a&amp;b<![CDATA[<&amp;>]]><!-- no --></x>')
		expect(root.attributes.get('y')).toBe('<A😀')
		expect(root.text).toBe('a&b<&amp;>')
	})

	it('may have bare ampersands, as in addresses of careless makers', () => {
		expect(parseXml('<Uri>rtsp://x/?a=1&b=2&#0;</Uri>').text).toBe('rtsp://x/?a=1&b=2&#0;')
	})

	it('is looked into by paths', () => {
		const root = parseXml('<a><b><c>1</c></b><b/></a>')
		expect(textAt(root, 'b', 'c')).toBe('1')
		expect(textAt(root, 'b', 'd')).toBeUndefined()
		expect(textAt(root, 'z', 'c')).toBeUndefined()
		expect(childOf(undefined, 'b')).toBeUndefined()
	})

	it.each([
		['nothing', ''],
		['no XML', 'Internal error'],
		['half of it', '<a><b>'],
		['what is closed out of order', '<a><b></a></b>'],
		['two documents', '<a/><b/>'],
		['text around it', '<a/>x'],
		['a document type', '<!DOCTYPE a [<!ENTITY l "ha">]><a>&l;</a>'],
		['attributes without quotes', '<a b=1/>'],
		['a comment without an end', '<a><!-- </a>'],
		['too many parts', `<a>${'<b/>'.repeat(20_000)}</a>`],
		['too deep ones', `${'<a>'.repeat(65)}${'</a>'.repeat(65)}`],
		['more than a mebibyte', `<a>${' '.repeat(1024 * 1024)}</a>`],
	])('is refused when it is %s', (_, source) => {
		expect(() => parseXml(source)).toThrow(refused)
	})

	it('is written so that it is read as it was', () => {
		const odd = `<a href="x">'&amp;' 한\t국\0</a>`
		expect(parseXml(`<x y="${escapeXml(odd)}">${escapeXml(odd)}</x>`)).toMatchObject({ text: odd.replace('\0', '') })
	})
})
