import { describe, expect, it } from 'vitest'
import { createSearch, type SearchOutput } from '../../../drivers/onvif/discovery-session.ts'
import { bye, gsoap, hello } from './messages.ts'

function begin(networks = ['192.0.2.2'], seconds = 4) {
	let count = 0
	const search = createSearch({ networks, seconds, id: () => `ID-${++count}` })
	const tell = (fields: Parameters<typeof gsoap>[0], from = '192.0.2.87') =>
		search.receive(Buffer.from(gsoap({ relatesTo: 'urn:uuid:id-1', ...fields })), from)
	return { search, tell, say: (text: string, from = '192.0.2.24') => search.receive(Buffer.from(text), from) }
}

const sent = (outputs: SearchOutput[]) =>
	outputs.flatMap((output) =>
		output.type === 'send'
			? [
					`${output.network} ${/(\w+)<\/(?:d:)?Types/.exec(output.bytes.toString())?.[1]} ${/uuid:([\w-]+)/.exec(output.bytes.toString())?.[1]}`,
				]
			: [],
	)
const tries = (outputs: SearchOutput[]) =>
	outputs.flatMap((output) =>
		output.type === 'try'
			? [`${output.address.https ? 'https' : 'http'} ${output.address.host} ${output.address.port}`]
			: [],
	)
const wake = (outputs: SearchOutput[]) => outputs.flatMap((output) => (output.type === 'wake' ? [output.at] : []))

describe('a search', () => {
	it('asks three times for both types on every network, each time with an id of its own', () => {
		const { search } = begin(['10.0.0.1', '192.0.2.2'])
		const first = search.tick(1_000)
		expect(sent(first)).toEqual([
			'10.0.0.1 NetworkVideoTransmitter id-1',
			'10.0.0.1 Device id-2',
			'192.0.2.2 NetworkVideoTransmitter id-3',
			'192.0.2.2 Device id-4',
		])
		expect(wake(first)).toEqual([1_350])
		expect(sent(search.tick(1_349))).toEqual([])
		const second = search.tick(1_350)
		expect(sent(second)).toHaveLength(4)
		expect(wake(second)).toEqual([2_300])
		const third = search.tick(2_300)
		expect(sent(third).at(-1)).toBe('192.0.2.2 Device id-12')
		// It listens for long after the last: a camera may take its time.
		expect(wake(third)).toEqual([5_000])
		expect(search.tick(4_999)).toEqual([{ type: 'wake', at: 5_000 }])
		expect(search.tick(5_000)).toEqual([{ type: 'end' }])
	})

	it('writes in another hand the second time', () => {
		const { search } = begin()
		const hands = [0, 350, 1_300].map((now) => {
			const [output] = search.tick(now)
			return output?.type === 'send' && output.bytes.toString().startsWith('<?xml')
		})
		expect(hands).toEqual([true, false, true])
	})

	it('ends in time, however short that is, and where there is no network', () => {
		const { search } = begin([], 0.1)
		expect(search.tick(0)).toEqual([{ type: 'wake', at: 100 }])
		expect(search.tick(100)).toEqual([{ type: 'end' }])
	})

	it('finds a camera once, however often it answers', () => {
		const { search, tell } = begin()
		search.tick(0)
		expect(tries(tell({}))).toEqual(['http 192.0.2.87 2000'])
		expect(tries(tell({ relatesTo: 'uuid:ID-2' }))).toEqual([])
		expect(search.found()).toEqual([
			{
				uuid: '00110300-6afb-8301-ac36-001103006afb',
				...{ name: 'IPC1000', model: 'HW0100302', host: '192.0.2.87', port: 2000, https: false },
			},
		])
	})

	it('believes no answer to what it did not ask, and none that answers nothing', () => {
		const { search, tell } = begin()
		expect(tell({})).toEqual([]) // not asked yet
		search.tick(0)
		for (const relatesTo of ['urn:uuid:id-9', '', 'id', 'urn:uuid:']) expect(tell({ relatesTo })).toEqual([])
		expect(search.found()).toEqual([])
	})

	it('takes up who comes meanwhile, and leaves out who goes', () => {
		const { search, say } = begin()
		search.tick(0)
		say(hello)
		expect(search.found()).toMatchObject([{ name: 'Camera 1', host: '192.0.2.24' }])
		say(bye)
		expect(search.found()).toEqual([])
	})

	it('learns the name of a camera from any of its answers', () => {
		const { search, tell } = begin()
		search.tick(0)
		tell({ scopes: 'onvif://www.onvif.org/hardware/M1' })
		tell({ scopes: 'onvif://www.onvif.org/name/N1 onvif://www.onvif.org/hardware/M2' })
		expect(search.found()).toMatchObject([{ name: 'N1', model: 'M1' }])
	})
})

describe('the address of a camera', () => {
	it.each([
		[
			'is the one that its answer came from, of several',
			'http://10.0.0.9/onvif/x http://192.0.2.87:8080/onvif/x',
			['http 192.0.2.87 8080', 'http 192.0.2.87 80', 'http 10.0.0.9 80'],
		],
		[
			'is where its answer came from, whatever it believes of itself',
			'http://10.0.0.9:8899/onvif/x',
			['http 192.0.2.87 8899', 'http 10.0.0.9 8899'],
		],
		[
			'is one of this kind of network before one that nobody routes, and IPv6 after both',
			'http://[2001:db8::6]/onvif/x http://169.254.3.4/onvif/x http://10.0.0.9/onvif/x http://[fe80::6]/onvif/x',
			['http 192.0.2.87 80', 'http 10.0.0.9 80', 'http 169.254.3.4 80', 'http 2001:db8::6 80'],
		],
		[
			'is never our own',
			'http://127.0.0.1/onvif/x http://0.0.0.0:81/onvif/x',
			['http 192.0.2.87 80', 'http 192.0.2.87 81'],
		],
		['is where its answer came from if it says none', '', ['http 192.0.2.87 80']],
		[
			'keeps the order of the camera between http and https',
			'https://192.0.2.87/onvif/x http://192.0.2.87/onvif/x',
			['https 192.0.2.87 443', 'http 192.0.2.87 80'],
		],
	])('%s', (_what, xaddrs, expected) => {
		const { search, tell } = begin()
		search.tick(0)
		expect(tries(tell({ xaddrs }))).toEqual(expected)
	})

	it('may be one of ours where the camera is one of our own programs', () => {
		const { search, tell } = begin(['127.0.0.1'])
		search.tick(0)
		expect(tries(tell({ xaddrs: 'http://127.0.0.1:9/onvif/x' }, '127.0.0.1'))).toEqual(['http 127.0.0.1 9'])
	})

	it('is the best one that was reached, and the best one while none was', () => {
		const { search, tell } = begin()
		search.tick(0)
		tell({ xaddrs: 'http://10.0.0.9:8899/onvif/x https://10.0.0.7/onvif/x' })
		const host = () => search.found().map(({ host, port, https }) => [host, port, https])
		expect(host()).toEqual([['192.0.2.87', 8899, false]])
		search.tried({ host: '192.0.2.87', port: 8899, https: false }, false)
		search.tried({ host: '10.0.0.7', port: 443, https: true }, true)
		expect(host()).toEqual([['10.0.0.7', 443, true]])
		search.tried({ host: '10.0.0.9', port: 8899, https: false }, true)
		expect(host()).toEqual([['10.0.0.9', 8899, false]])
	})

	it('is looked for in every network where the camera was heard', () => {
		const { search, tell } = begin(['192.0.2.2', '10.0.0.2'])
		search.tick(0)
		tell({ xaddrs: 'http://192.0.2.87/onvif/x' })
		expect(tries(tell({ xaddrs: 'http://10.0.0.87/onvif/x', relatesTo: 'uuid:id-3' }, '10.0.0.87'))).toEqual([
			'http 10.0.0.87 80',
		])
		search.tried({ host: '10.0.0.87', port: 80, https: false }, true)
		expect(search.found()).toMatchObject([{ host: '10.0.0.87' }])
	})
})

describe('somebody who floods a search', () => {
	it('with cameras has no more than a recorder has, and hides nobody', () => {
		const { search, tell } = begin()
		search.tick(0)
		for (let i = 0; i < 2_000; i++) tell({ address: `uuid:${i}` }, '192.0.2.66')
		expect(search.found()).toHaveLength(128)
		expect(tries(tell({ address: 'uuid:real' }))).toHaveLength(1)
	})

	it('with bytes is not heard for long', () => {
		const { search, say, tell } = begin()
		search.tick(0)
		for (let i = 0; i < 100; i++) say(' '.repeat(30_000), '192.0.2.66')
		expect(tell({}, '192.0.2.66')).toEqual([])
		expect(tries(tell({}))).toHaveLength(1)
	})

	it('with addresses has us knock at few doors', () => {
		const { search, tell } = begin()
		search.tick(0)
		let knocks = 0
		for (let i = 0; i < 50; i++) {
			const xaddrs = Array.from({ length: 10 }, (_, k) => `http://10.0.${i}.${k}/onvif/x`).join(' ')
			knocks += tries(tell({ xaddrs })).length
		}
		expect(knocks).toBe(8)
	})
})
