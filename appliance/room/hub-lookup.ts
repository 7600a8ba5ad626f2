import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { hostOf } from '../protocol/host.ts'

/** Where a link leads that is none of our own hub's: whoever stands at a panel types it. */

/** Its names mean only addresses where a hub may be; asked with each connection, and that address is connected to. */
export function lookupWithin(may: (address: string) => boolean): LookupFunction {
	return (host, options, found) =>
		lookup(host, { ...options, all: true }, (error, addresses = []) => {
			const allowed = addresses.filter(({ address }) => may(address))
			const [first] = allowed
			if (error || !first) return found(error ?? new Error(`no hub may be where ${host} is`), '')
			if (options.all) found(null, allowed)
			else found(null, first.address, first.family)
		})
}

/** What is an address already is looked up by nobody. */
export function isRefused(url: string, may: (address: string) => boolean): boolean {
	const host = hostOf(url)
	return isIP(host) !== 0 && !may(host)
}
