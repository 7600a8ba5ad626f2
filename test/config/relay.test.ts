import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../appliance/config.ts'
import { addressList } from '../../appliance/config-relay.ts'

const read = (relay: string) => readConfig(`room: { name: 대회의실 }\nrelay: ${relay}\n`, 'maru.yaml').relay

function faultsOf(relay: string): string {
	try {
		read(relay)
	} catch (error) {
		if (error instanceof ConfigError) return error.faults.map(({ message }) => message).join('\n')
		throw error
	}
	return ''
}

describe('The configuration of the relay', () => {
	it('lets nobody frame it and whoever has the link watch it, unless it says otherwise', () => {
		expect(readConfig('room: { name: 대회의실 }\n', 'maru.yaml').relay).toEqual({
			...{ embed: [], audience: 'open', recordings: { keepDays: null } },
		})
	})

	it('names sites, who may watch, and the portal before us', () => {
		const identity = '{ header: X-Remote-User, name: X-Remote-Name, from: [10.0.0.5, 10.1.0.0/16, "fd00::/8"] }'
		expect(
			read(
				`{ embed: [https://intra.city.example, "http://old.city.example:8000"], audience: staff, identity: ${identity} }`,
			),
		).toMatchObject({
			embed: ['https://intra.city.example', 'http://old.city.example:8000'],
			audience: 'staff',
			identity: {
				...{ header: 'X-Remote-User', name: 'X-Remote-Name' },
				from: ['10.0.0.5', '10.1.0.0/16', 'fd00::/8'],
			},
		})
	})

	it('names a folder for segments by its whole path, or none', () => {
		expect(read('{}').segmentsDir).toBeUndefined()
		expect(read('{ segmentsDir: /run/maru/segments }').segmentsDir).toBe('/run/maru/segments')
		for (const dir of [
			'segments',
			'./segments',
			'/',
			'/run',
			'/run/maru/../etc',
			'/run/maru/',
			'/run/a b',
			'~/x',
			'1',
		]) {
			expect(faultsOf(`{ segmentsDir: ${JSON.stringify(dir)} }`)).toContain('is no folder for segments')
		}
	})

	it('says how many days a recording is kept, which is for ever unless it does', () => {
		expect(read('{ recordings: { keepDays: 90 } }').recordings.keepDays).toBe(90)
		expect(read('{ recordings: {} }').recordings.keepDays).toBeNull()
		for (const days of ['0', '-1', '1.5', 'forever']) {
			expect(faultsOf(`{ recordings: { keepDays: ${days} } }`)).toContain('keepDays')
		}
	})

	it.each([
		'*',
		'intra.city.example',
		'https://intra.city.example/',
		'https://intra.city.example/page',
		"https://a; script-src 'unsafe-inline'",
		'https://a,b',
		'https://Intra.City.Example',
		'https://시청.example',
		'https://a:443',
		'ftp://a',
	])('is told that %s is no site', (site) => {
		expect(faultsOf(`{ embed: [${JSON.stringify(site)}] }`)).toContain('is no site')
	})

	it.each(['10.0.0', '10.0.0.5/33', '10.0.0.5/', 'proxy', 'fd00::/129', '10.0.0.0/8/8'])(
		'is told that %s is no address',
		(address) => {
			expect(faultsOf(`{ identity: { header: X-User, from: ["${address}"] } }`)).toContain('is no address')
		},
	)

	it.each([
		['an audience that is not known', '{ audience: everybody }', /audience must be one of: open, staff/],
		['headers without their sender', '{ identity: { header: X-User } }', /identity needs from/],
		['a header that is none', '{ identity: { header: "X User", from: [10.0.0.5] } }', /identity.header/],
		['a portal without an address', '{ identity: { header: X-User, from: [] } }', /identity.from/],
		['a key of another name', '{ frames: [] }', /unknown key 'frames'/],
	])('is told of %s', (_, relay, message) => {
		expect(faultsOf(relay)).toMatch(message)
	})
})

describe('Addresses', () => {
	const isIn = addressList(['10.0.0.5', '10.1.0.0/16', 'fd00::/8'])

	it.each(['10.0.0.5', '::ffff:10.0.0.5', '10.1.255.255', 'fd12::1'])('have %s among them', (address) => {
		expect(isIn(address)).toBe(true)
	})

	it.each(['10.0.0.6', '10.2.0.0', '::1', 'fe80::1', '', 'unknown', '10.0.0.5, 10.0.0.5'])(
		'do not have %s',
		(address) => {
			expect(isIn(address)).toBe(false)
		},
	)
})
