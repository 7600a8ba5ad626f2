import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../appliance/config-schema.ts'
import { createReach } from '../../drivers/reach.ts'

/** Where cameras may be where nobody has said otherwise. */
const ranges = defaultConfig('대회의실').deviceNetworks
const own = () => ['192.168.0.10', '2001:db8::10', 'fd12::10']
const names: Record<string, string[]> = {
	'camera.city.example': ['192.168.0.77'],
	'evil.example': ['127.0.0.1'],
	'ourselves.example': ['192.168.0.10'],
	'cloud.example': ['169.254.169.254'],
	'outside.example': ['203.0.113.9'],
	'both.example': ['203.0.113.9', '10.1.2.3'],
}
const lookUp = async (host: string) => names[host] ?? []
const reach = createReach({ ranges, named: ['203.0.113.50', '127.0.0.2'] }, lookUp, own)

describe('A device', () => {
	it.each([
		['10.0.0.1', true],
		['172.16.0.1', true],
		['172.31.255.255', true],
		['172.32.0.1', false],
		['192.168.0.77', true],
		['169.254.10.20', true], // a camera that nobody gave an address
		['fd12::77', true],
		['fe80::1%eth0', true],
		['203.0.113.9', false],
		['2001:db8::77', false],
		['100.64.0.1', false],
		['127.0.0.1', false],
		['127.1.2.3', false],
		['::1', false],
		['0.0.0.0', false],
		['::', false],
		['169.254.169.254', false],
		['fd00:ec2::254', false],
		['224.0.0.1', false],
		['ff02::1', false],
		['255.255.255.255', false],
		// This machine by its own addresses.
		['192.168.0.10', false],
		['fd12::10', false],
		// The same in other words.
		['::ffff:127.0.0.1', false],
		['::ffff:7f00:1', false],
		['::ffff:a9fe:a9fe', false],
		['::ffff:192.168.0.10', false],
		['::ffff:192.168.0.77', true],
		['64:ff9b::7f00:1', false],
		// What stands in the configuration file.
		['203.0.113.50', true],
		['127.0.0.2', true],
		['no address', false],
		['127.1', false],
		['2130706433', false],
	])('at %s: %s', (address, allowed) => {
		expect(reach.allows(address)).toBe(allowed)
	})

	it.each([
		['camera.city.example', '192.168.0.77'],
		['both.example', '10.1.2.3'],
		['10.0.0.9', '10.0.0.9'],
	])('called %s is connected to by its address, %s', async (host, address) => {
		expect(await reach.addressOf(host)).toBe(address)
	})

	it.each(['evil.example', 'ourselves.example', 'cloud.example', 'outside.example', '127.0.0.1'])(
		'called %s is refused, whatever the name was before',
		async (host) => {
			await expect(reach.addressOf(host)).rejects.toMatchObject({ code: 'address-refused' })
		},
	)

	it('is looked for anew each time, so that a name that moves inside changes nothing', async () => {
		let answers = ['192.168.0.77']
		const moving = createReach({ ranges, named: [] }, async () => answers, own)
		expect(await moving.addressOf('camera.city.example')).toBe('192.168.0.77')
		answers = ['127.0.0.1']
		await expect(moving.addressOf('camera.city.example')).rejects.toMatchObject({ code: 'address-refused' })
	})

	it('whose name the system writes shorter than it is does not come in by that', async () => {
		const real = createReach({ ranges, named: [] })
		await expect(real.addressOf('localhost')).rejects.toMatchObject({ code: 'address-refused' })
		await expect(real.addressOf('127.1')).rejects.toMatchObject({ code: 'address-refused' })
		await expect(real.addressOf('0x7f000001')).rejects.toMatchObject({ code: 'address-refused' })
	})

	it.each([
		['203.0.113.9', true], // another city's
		['2001:db8::77', true],
		['10.1.2.3', true],
		['127.0.0.1', false],
		['::ffff:127.0.0.1', false],
		['::1', false],
		['192.168.0.10', false],
		['169.254.169.254', false],
		['0.0.0.0', false],
		['localhost', false],
	])('is no hub: a link may lead to %s: %s', (address, allowed) => {
		expect(reach.allowsHub(address)).toBe(allowed)
	})

	it('on this machine is allowed where the configuration says so, and the machine’s own address is not', () => {
		const demo = createReach({ ranges: [...ranges, '127.0.0.0/8'], named: [] }, lookUp, own)
		expect(demo.allows('127.0.0.1')).toBe(true)
		expect(demo.allows('192.168.0.10')).toBe(false)
	})
})
