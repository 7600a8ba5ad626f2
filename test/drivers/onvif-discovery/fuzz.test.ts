import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnnouncement } from '../../../drivers/onvif/discovery.ts'
import { createSearch } from '../../../drivers/onvif/discovery-session.ts'
import { fuzzInputs, mutated, mutatedText, survives } from '../fuzz.ts'
import { bye, gsoap, hello, onvifCore, printer, windows } from './messages.ts'

const originals = [onvifCore, printer, windows, hello, bye, gsoap({})]
const bytes = fc.oneof(
	mutatedText(originals).map((text) => new TextEncoder().encode(text)),
	mutated(originals.map((text) => new TextEncoder().encode(text))),
	fc.uint8Array({ maxLength: 200 }),
)

describe('whatever arrives while cameras are looked for', () => {
	it('is read without an exception, and tells of few and short things', () => {
		survives(bytes, (datagram) => {
			for (const device of readAnnouncement(datagram)?.devices ?? []) {
				expect(device.uuid.length).toBeGreaterThan(0)
				expect(device.uuid.length).toBeLessThanOrEqual(120)
				expect(device.addresses.length).toBeLessThanOrEqual(16)
				expect((device.name ?? '').length + (device.model ?? '').length).toBeLessThanOrEqual(2 * 160)
			}
		})
	})

	it('leaves a search able to find the camera that answers after it', () => {
		const from = fc.constantFrom('192.0.2.87', '192.0.2.66', '127.0.0.1', '10.0.0.1')
		survives(
			fc.array(fc.tuple(bytes, from), { maxLength: 10 }),
			(datagrams) => {
				const search = createSearch({ networks: ['192.0.2.2'], seconds: 4, id: () => 'id' })
				search.tick(0)
				for (const [datagram, sender] of datagrams) search.receive(datagram, sender)
				const address = 'urn:uuid:the-one'
				search.receive(Buffer.from(gsoap({ relatesTo: 'urn:uuid:id', address })), '192.0.2.99')
				expect(search.found().some(({ uuid, host }) => uuid === 'the-one' && host === '192.0.2.99')).toBe(true)
				for (const { port } of search.found()) expect(port).toBeGreaterThan(0)
			},
			Math.ceil(fuzzInputs / 10),
		)
	})
})
