import { randomUUID } from 'node:crypto'
import type { Log } from '../device.ts'
import type { Reach } from '../reach.ts'
import {
	type Group,
	hearGroup,
	type MulticastLink,
	type Network,
	networksOfThisMachine,
	openMulticast,
} from '../transport/multicast.ts'
import { openTcp } from '../transport/tcp.ts'
import { type Address, discoveryGroup } from './discovery.ts'
import { createSearch, type Found, type SearchOutput } from './discovery-session.ts'

export interface SearchOptions {
	seconds: number
	/** Default: all networks of this machine. That of its own programs as well: virtual cameras are there. */
	networks?: readonly Network[]
	/** Default: that of WS-Discovery. */
	group?: Group
}

export interface SearchResult {
	cameras: Found[]
	/** On which something could be sent, as '192.0.2.0/24'; not that of this machine's own programs. */
	networks: string[]
}

const tryMs = 1_000
/** At a time. Whoever answers may name any address: we knock, and at few doors. */
const mostTries = 32

/**
 * Searches all networks for ONVIF cameras, for so long and at most a second more. A network without multicast is left out
 * and costs the others nothing. Ends at once, with what was found so far, when the signal says so. Never rejects.
 */
export async function searchCameras(
	{ seconds, networks = networksOfThisMachine(), group = discoveryGroup }: SearchOptions,
	{ signal, log, allows = () => true }: { signal: AbortSignal; log: Log; allows?: Reach['allows'] },
): Promise<SearchResult> {
	const links = new Map<string, MulticastLink>()
	await Promise.all(
		networks.map(async (network) => {
			const link = await openMulticast(network, group).catch(skipped)
			// Interfaces without addresses of their own may share one.
			if (link && !links.has(network.address)) links.set(network.address, link)
			else link?.close()
		}),
	)
	// Cameras that have just started say so to all. Not hearing that is no reason not to ask.
	const hello = await hearGroup(networks, group).catch(skipped)

	function skipped(error: unknown): null {
		log.debug({ error }, 'a network was not searched')
		return null
	}

	const search = createSearch({ networks: [...links.keys()], seconds, id: randomUUID })
	const reached = new Set<string>()
	const late = new AbortController()
	const knock = knocker(AbortSignal.any([signal, late.signal]), allows)
	const tries: Promise<void>[] = []
	const { promise: ended, resolve: end } = Promise.withResolvers<void>()
	let timer: NodeJS.Timeout | undefined

	function perform(outputs: SearchOutput[]): void {
		for (const output of outputs) {
			if (output.type === 'send') {
				const sent = links.get(output.network)?.send(output.bytes)
				sent?.then(() => void reached.add(output.network), skipped)
			} else if (output.type === 'try') {
				const { address } = output
				tries.push(knock(address).then((reachable) => search.tried(address, reachable)))
			} else if (output.type === 'wake') {
				timer = setTimeout(tick, Math.max(0, output.at - performance.now()))
			} else {
				end()
			}
		}
	}

	const tick = () => perform(search.tick(performance.now()))
	const hear = (bytes: Uint8Array, from: string) => perform(search.receive(bytes, from))
	for (const link of links.values()) link.onDatagram(hear)
	hello?.onDatagram(hear)
	const stop = () => end()
	signal.addEventListener('abort', stop)
	if (signal.aborted) end()
	else tick()
	await ended
	signal.removeEventListener('abort', stop)
	clearTimeout(timer)
	for (const link of links.values()) link.close()
	hello?.close()
	const overdue = setTimeout(() => late.abort(), tryMs)
	await Promise.all(tries)
	clearTimeout(overdue)
	const searched = networks.filter(({ address, internal }) => !internal && reached.has(address))
	return { cameras: search.found(), networks: [...new Set(searched.map(({ cidr }) => cidr))] }
}

/** Tells whether somebody listens there. The same address, asked for again, is the same question. */
function knocker(signal: AbortSignal, allows: Reach['allows']): (address: Address) => Promise<boolean> {
	const known = new Map<string, Promise<boolean>>()
	const waiting: (() => void)[] = []
	let running = 0

	async function knock({ host, port }: Address): Promise<boolean> {
		if (!allows(host)) return false
		if (running >= mostTries) await new Promise<void>((resolve) => waiting.push(resolve))
		running += 1
		try {
			const link = await openTcp({ host, port }, AbortSignal.any([signal, AbortSignal.timeout(tryMs)]))
			await link[Symbol.asyncDispose]()
			return true
		} catch {
			return false
		} finally {
			running -= 1
			waiting.shift()?.()
		}
	}

	return (address) => {
		const key = `${address.host} ${address.port}`
		const asked = known.get(key) ?? knock(address)
		known.set(key, asked)
		return asked
	}
}
