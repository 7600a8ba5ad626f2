import { createServer, isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { ConfigError } from './config.ts'
import type { Config } from './config-schema.ts'
import { hostOf } from './protocol/host.ts'

/** Where the listeners go, and by which names and addresses others find this machine. */

/** One port each, counted up. */
const mostWorkers = 128

/** MARU_PORT: the HTTP listener goes there and the others follow by the same distance; 0: free ports; null: as it is. Throws a ConfigError. */
export async function placePorts(config: Config, port: number | null): Promise<Config> {
	if (port === null) return config
	const { http, https, media, feeds } = config.listen
	const distance = port - http.port
	const move = (from: number) => from + distance
	const [first, last] = feeds.portRange
	if (port !== 0) {
		const listen = {
			...config.listen,
			http: { ...http, port },
			https: { ...https, port: move(https.port) },
			media: { ...media, port: move(media.port) },
			feeds: { ...feeds, portRange: [move(first), move(last)] as [number, number] },
		}
		const others = [listen.https.port, listen.media.port, listen.media.port + mostWorkers, ...listen.feeds.portRange]
		const [lowest, highest] = [Math.min(...others), Math.max(...others)]
		const refuse = (message: string) => new ConfigError('MARU_PORT', [{ line: 1, column: 1, message }])
		if (highest > 65_535) {
			throw refuse(
				`${port} would move other listeners past port 65535: at most ${port - (highest - 65_535)}, or 0 for free ports`,
			)
		}
		if (lowest < 1) {
			throw refuse(
				`${port} would move other listeners below port 1: at least ${port + 1 - lowest}, or 0 for free ports`,
			)
		}
		return { ...config, listen }
	}
	const listen = {
		...config.listen,
		http: { ...http, port: await freePort(http.host) },
		https: { ...https, port: await freePort(https.host) },
		// The SFU finds as many in a row as it has workers; feeds share their range with whoever else uses it.
		media: { ...media, port: 0 },
	}
	return { ...config, listen }
}

async function freePort(host: string): Promise<number> {
	const server = createServer()
	await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
	const address = server.address()
	await new Promise((resolve) => server.close(resolve))
	if (typeof address === 'object' && address) return address.port
	throw new Error(`no free port on ${host}`)
}

/** IPv4 addresses of this machine, loopback left out. */
export function localAddresses(): string[] {
	return Object.values(networkInterfaces())
		.flat()
		.filter((address) => address !== undefined)
		.filter(({ family, internal }) => family === 'IPv4' && !internal)
		.map(({ address }) => address)
}

/** What the certificate has to cover. */
export function certificateNames(publicUrl: string): { names: string[]; addresses: string[] } {
	const host = hostOf(publicUrl)
	const isAddress = isIP(host) !== 0
	return {
		names: [...new Set([...(isAddress ? [] : [host]), hostname().toLowerCase(), 'localhost'])],
		addresses: [...new Set([...(isAddress ? [host] : []), ...localAddresses(), '127.0.0.1'])],
	}
}

/** The origin that links carry, as browsers write it: small letters, and no port where it is the usual one. */
export function publicOrigin({ publicUrl, listen: { https } }: Config): string {
	if (publicUrl !== 'auto') return new URL(publicUrl).origin
	return originOf('https', isEverywhere(https.host) ? (localAddresses()[0] ?? '127.0.0.1') : https.host, https.port)
}

/** Where this machine itself finds the HTTP listener: stage, local panel, the room's way to its hub. */
export function loopbackOrigin({ listen: { http } }: Config): string {
	return originOf('http', http.host, http.port)
}

/** The origins of our own pages, by whichever name and address they were opened. Networks come and go: ask anew. */
export function ownOrigins(config: Config): string[] {
	const { http, https } = config.listen
	const hosts = [...localAddresses(), hostname()].map((host) => originOf('https', host, https.port))
	return [publicOrigin(config), ...hosts, loopbackOrigin(config), originOf('http', 'localhost', http.port)]
}

const isEverywhere = (host: string) => host === '0.0.0.0' || host === '::'

const originOf = (scheme: 'http' | 'https', host: string, port: number) =>
	new URL(`${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`).origin
