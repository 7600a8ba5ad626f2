import { BlockList, isIP } from 'node:net'
import { normalize } from 'node:path'
import type { Placed } from './config-faults.ts'

/** What the keys of `relay` mean, beyond their schema. */

/** `value`: of the key `relay`. */
export function relayFaults({ embed, identity, segmentsDir }: Record<string, unknown>): Placed[] {
	return [
		...(typeof segmentsDir === 'string' ? folderFaults(segmentsDir) : []),
		...strings(embed).flatMap((site, i) => {
			if (isSite(site)) return []
			const message =
				`'${site}' is no site: https://name or http://name, with its port where it is not the usual one, ` +
				'and nothing behind; a name that is not in Latin letters in its xn-- form'
			return [{ path: ['relay', 'embed', i], message }]
		}),
		...addressFaults((identity as { from?: unknown } | undefined)?.from, ['relay', 'identity', 'from']),
	]
}

/** nginx is told the same words, and knows no folder that we work in. */
function folderFaults(dir: string): Placed[] {
	if (/^(\/[^/\s]+){2,}$/.test(dir) && normalize(dir) === dir) return []
	const message = `'${dir}' is no folder for segments: its whole path, for these alone, as /run/maru/segments`
	return [{ path: ['relay', 'segmentsDir'], message }]
}

/** What is neither an address nor a network of them. */
export function addressFaults(ranges: unknown, path: (string | number)[]): Placed[] {
	return strings(ranges).flatMap((address, i) => {
		if (isRange(address)) return []
		const message = `'${address}' is no address: 10.0.0.5, or a network of them as 10.0.0.0/24`
		return [{ path: [...path, i], message }]
	})
}

/** Stands in a header as it is written here: so nothing but a scheme, a name and a port, as browsers write them. */
function isSite(text: string): boolean {
	const plain = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d+)?$/.test(text)
	return plain && URL.canParse(text) && new URL(text).origin === text
}

function isRange(text: string): boolean {
	const [address = '', prefix, ...more] = text.split('/')
	const version = isIP(address)
	if (version === 0 || more.length > 0) return false
	return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

/** Addresses and networks as they are written here, to be asked. */
export function addressList(ranges: readonly string[]): (address: string) => boolean {
	const list = new BlockList()
	for (const range of ranges) {
		const [address = '', prefix] = range.split('/')
		const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
		if (prefix === undefined) list.addAddress(address, family)
		else list.addSubnet(address, Number(prefix), family)
	}
	// A listener for both families tells addresses of the one in the form of the other.
	return (asked) => {
		const address = asked.replace(/^::ffff:(?=\d+\.)/i, '')
		const version = isIP(address)
		return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
	}
}

const strings = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])
