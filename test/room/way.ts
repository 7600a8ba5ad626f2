import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, connect as dial, type Server, type Socket as Stream } from 'node:net'

/** A cable between us and the camera that can be cut, or carry nothing for a while. */
export interface Way {
	readonly rtsp: string
	cut(): void
	hang(): void
	mend(): void
	close(): void
}

export async function openWay(rtsp: string): Promise<Way> {
	const address = new URL(rtsp)
	const camera = { port: Number(address.port), host: address.hostname }
	const streams = new Set<Stream>()
	let whole = true
	const server: Server = createServer((near) => {
		const far = dial(camera)
		for (const stream of [near, far]) {
			streams.add(stream)
			stream.on('error', () => {})
			stream.on('close', () => {
				streams.delete(stream)
				near.destroy()
				far.destroy()
			})
		}
		near.pipe(far)
		far.pipe(near)
		if (!whole) near.destroy()
	}).listen(0, '127.0.0.1')
	await once(server, 'listening')
	const bound = server.address()
	if (bound === null || typeof bound === 'string') throw new Error('no port')
	const { port } = bound
	address.port = String(port)
	return {
		rtsp: address.href,
		cut() {
			whole = false
			server.close()
			for (const stream of streams) stream.destroy()
		},
		hang() {
			for (const stream of streams) stream.unpipe().pause()
		},
		mend() {
			if (!whole) server.listen(port, '127.0.0.1')
			whole = true
		},
		close() {
			for (const stream of streams) stream.destroy()
			server.close()
		},
	}
}

/** Processes whose command line holds this text. */
export function processesWith(text: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((name) => {
			try {
				return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text)
			} catch {
				return false
			}
		})
		.map(Number)
}
