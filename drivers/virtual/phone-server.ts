import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { VirtualPhone } from './phone.ts'

/**
 * A virtual phone at the end of a TCP connection, where the kernel has no USB to plug it into. It says who it is in a line
 * of JSON, as sysfs would; then each report goes behind a byte that tells its length, both ways. Whoever connects last
 * has it, and as with USB it stays what it is while nobody does.
 */
export interface PhoneServer {
	host: string
	port: number
	close(): void
}

export async function servePhone(phone: VirtualPhone): Promise<PhoneServer> {
	let line: Socket | null = null
	phone.emit = (report) => line?.write(Buffer.from([report.length, ...report]))
	const server = createServer({ noDelay: true }, (socket) => {
		line?.destroy()
		line = socket
		const { name, vendorId, productId } = phone.model
		socket.write(`${JSON.stringify({ name, vendorId, productId, descriptor: phone.descriptor.toString('hex') })}\n`)
		let rest = Buffer.alloc(0)
		socket.on('data', (bytes) => {
			rest = Buffer.concat([rest, bytes])
			for (let length = rest[0]; length !== undefined && rest.length > length; length = rest[0]) {
				const report = rest.subarray(1, 1 + length)
				rest = rest.subarray(1 + length)
				// hidraw's callers begin with a 0 where a device has no ids, and the kernel takes it away.
				phone.onOutput(report[0] === 0 ? report.subarray(1) : report)
			}
		})
		socket.on('error', () => {}) // the host is gone, which 'close' tells
		socket.once('close', () => {
			if (line === socket) line = null
		})
	})
	server.listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { address: host, port } = server.address() as AddressInfo
	return {
		host,
		port,
		close() {
			server.close()
			line?.destroy()
		},
	}
}
