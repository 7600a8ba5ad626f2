import type { Media } from './media.ts'
import { type SoapRequest, schemaNamespace } from './soap.ts'
import { childOf, childrenOf, escapeXml, textAt, type XmlElement } from './xml.ts'

/**
 * An encoder set for browsers: H.264 without B-frames, a key frame each second. A configuration is written whole, as the
 * camera told it, with two values changed: what is left out, some set to nothing. Pure.
 */

export function getEncoderOptions(media: Media, encoder: XmlElement, profile: string): SoapRequest {
	const token = encoder.attributes.get('token') ?? ''
	return {
		...{ service: media, operation: 'GetVideoEncoderConfigurationOptions' },
		body: `<${media}:ConfigurationToken>${escapeXml(token)}</${media}:ConfigurationToken><${media}:ProfileToken>${escapeXml(profile)}</${media}:ProfileToken>`,
	}
}

/** Baseline has no B-frames; where there is none, main may have, and most cameras make none of themselves. */
export function plainestProfile(options: XmlElement | undefined): 'Baseline' | 'Main' {
	const offered = options?.children.flatMap((one) => [
		...childrenOf(childOf(one, 'H264'), 'H264ProfilesSupported').map(({ text }) => text),
		// Media2 has one set of options for each encoding, with lists in attributes.
		...(/^H264$/i.test(textAt(one, 'Encoding') ?? '')
			? (one.attributes.get('ProfilesSupported') ?? '').split(/\s+/)
			: []),
	])
	return !offered || offered.length === 0 || offered.includes('Baseline') ? 'Baseline' : 'Main'
}

export function setEncoder(media: Media, encoder: XmlElement, gop: number, profile: 'Baseline' | 'Main'): SoapRequest {
	const attributes = new Map(encoder.attributes)
	if (media === 'tr2') attributes.set('GovLength', String(gop)).set('Profile', profile)
	const configuration = write(`${media}:Configuration`, {
		...encoder,
		attributes,
		children: media === 'tr2' ? encoder.children.map(asH264) : withH264(encoder.children.map(asH264), gop, profile),
	})
	return {
		...{
			service: media,
			operation: 'SetVideoEncoderConfiguration',
			line: `SetVideoEncoderConfiguration ${profile} ${gop}`,
		},
		body: configuration + (media === 'trt' ? '<trt:ForcePersistence>true</trt:ForcePersistence>' : ''),
	}
}

const element = (name: string, text: string, children: readonly XmlElement[] = []): XmlElement => ({
	...{ name, text, children, namespace: schemaNamespace, attributes: new Map() },
})

const asH264 = (child: XmlElement) => (child.name === 'Encoding' ? { ...child, text: 'H264' } : child)

/** In the place that the schema has for it: behind the rate, before all that concerns multicast. */
function withH264(children: readonly XmlElement[], gop: number, profile: string): XmlElement[] {
	const values = element('H264', '', [element('GovLength', String(gop)), element('H264Profile', profile)])
	const others = children.filter(({ name }) => !['H264', 'MPEG4'].includes(name))
	const before = others.findIndex(({ name }) => name === 'Multicast' || name === 'SessionTimeout')
	return others.toSpliced(before < 0 ? others.length : before, 0, values)
}

/** What is of a maker's own namespace is left out: it was told to be read. */
function write(name: string, { attributes, children, text }: XmlElement): string {
	const given = [...attributes].filter(([key]) => !key.includes(':') && key !== 'xmlns')
	const list = given.map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('')
	const known = children.filter(({ namespace }) => namespace === schemaNamespace || namespace === '')
	const inside = known.map((child) => write(`tt:${child.name}`, child)).join('')
	return `<${name}${list}>${inside === '' ? escapeXml(text) : inside}</${name}>`
}
