import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { DeviceError } from './device.ts'

/**
 * Where devices may be. Whoever sets up a camera may name any address, and a name means whatever a name server says at the
 * moment: neither leads us to this machine itself, nor out of the networks that the configuration allows. It is asked with
 * each connection, and answers the very address that is then connected to: a name that means another one a moment later
 * changes nothing.
 */
export interface Reach {
	allows(address: string): boolean
	/** Whether a link may lead there: into the Internet as well, and to this machine and what is plugged in here only as above. */
	allowsHub(address: string): boolean
	/** What a host is now. Rejects with 'address-refused', or 'unreachable' where it is no name that is known. */
	addressOf(host: string, family?: 4): Promise<string>
}

/** Addresses, and networks of them as 10.0.0.0/8. */
export interface Networks {
	readonly ranges: readonly string[]
	/** Addresses that stand in the configuration file: who writes that has the machine anyway. */
	readonly named: readonly string[]
}

/** Nothing is a device there, whatever is configured: clouds tell their secrets at the first two. */
const nowhere = listOf(['169.254.169.254', 'fd00:ec2::254', '0.0.0.0/8', '::', '224.0.0.0/4', 'ff00::/8'])

/** This machine, and whatever nobody has given an address. */
const near = listOf(['127.0.0.0/8', '::1', '169.254.0.0/16', 'fe80::/10'])

/** `lookUp` and `own` (the addresses of this machine): for tests. */
export function createReach(
	{ ranges, named }: Networks,
	lookUp: (host: string, family: 0 | 4) => Promise<string[]> = found,
	own: () => string[] = ownAddresses,
): Reach {
	const [inside, written] = [listOf(ranges), listOf(named.filter((address) => isIP(address) !== 0))]

	function allows(address: string): boolean {
		if (has(written, address)) return true
		return has(inside, address) && !has(nowhere, address) && !has(listOf(own()), address)
	}

	return {
		allows,
		allowsHub: (address) =>
			allows(address) || (isIP(address) !== 0 && ![near, nowhere, listOf(own())].some((list) => has(list, address))),
		async addressOf(host, family) {
			const addresses = isIP(host) ? [host] : await lookUp(host, family ?? 0)
			const allowed = addresses.find(allows)
			if (allowed !== undefined) return allowed
			const at = isIP(host) ? host : `${host} (${addresses.join(', ')})`
			throw new DeviceError('address-refused', `${at} is in no network of deviceNetworks in maru.yaml`)
		},
	}
}

async function found(host: string, family: 0 | 4): Promise<string[]> {
	try {
		return (await lookup(host, { all: true, family })).map(({ address }) => address)
	} catch (cause) {
		throw new DeviceError('unreachable', `${host} is not known on this network`, { cause })
	}
}

/** Loopback left out: that is a network like others, which nobody has to allow. */
function ownAddresses(): string[] {
	return Object.values(networkInterfaces()).flatMap((all) =>
		(all ?? []).flatMap((one) => (one.internal ? [] : one.address)),
	)
}

function listOf(ranges: readonly string[]): BlockList {
	const list = new BlockList()
	for (const range of ranges) {
		const [address = '', prefix] = range.split('/')
		if (prefix === undefined) list.addAddress(withoutZone(address), familyOf(address))
		else list.addSubnet(address, Number(prefix), familyOf(address))
	}
	return list
}

/** An address of IPv4 is the same one in the form of IPv6. */
function has(list: BlockList, address: string): boolean {
	return isIP(address) !== 0 && list.check(withoutZone(address), familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
	return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

function withoutZone(address: string): string {
	return address.split('%')[0] ?? ''
}
