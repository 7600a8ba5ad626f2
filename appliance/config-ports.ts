import { createServer } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { ConfigError } from './config.ts'
import type { Config } from './config-schema.ts'

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
			http: { ...http, port },
			https: { ...https, port: move(https.port) },
			media: { ...media, port: move(media.port) },
			feeds: { ...feeds, portRange: [move(first), move(last)] as [number, number] },
		}
		const highest = Math.max(listen.https.port, listen.media.port + mostWorkers, ...listen.feeds.portRange)
		if (highest > 65_535) {
			const message = `${port} would move other listeners past port 65535: at most ${port - (highest - 65_535)}, or 0 for free ports`
			throw new ConfigError('MARU_PORT', [{ line: 1, column: 1, message }])
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
	const { hostname: host } = new URL(publicUrl)
	const isAddress = /^[\d.]+$/.test(host)
	return {
		names: [...new Set([...(isAddress ? [] : [host]), hostname(), 'localhost'])],
		addresses: [...new Set([...(isAddress ? [host] : []), ...localAddresses(), '127.0.0.1'])],
	}
}

/** The origin that links carry. */
export function publicOrigin({ publicUrl, listen }: Config): string {
	if (publicUrl !== 'auto') return publicUrl
	const { host, port } = listen.https
	return `https://${host === '0.0.0.0' ? (localAddresses()[0] ?? '127.0.0.1') : host}:${port}`
}
