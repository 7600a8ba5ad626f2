import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Opens sockets and stops halfway: `node half-open.ts HTTP-PORT HTTPS-PORT COUNT`. By turns a request whose headers never
 * end, and a TLS handshake of which only the beginning comes. A process of its own, so that it takes nobody's time but the
 * service's. Prints a line when all are open, one each second with how many still are, and ends with its standard input.
 */

const [http = 0, https = 0, count = 0] = process.argv.slice(2).map(Number)
const perSecond = 1_000
const sockets = new Set<Socket>()
let refused = 0

process.stdin.on('end', () => process.exit()).resume()

for (let i = 0; i < count; i++) {
	const tls = i % 2 === 1
	const socket = connect(tls ? https : http, '127.0.0.1')
	socket.on('error', () => {})
	socket.on('connect', () => {
		sockets.add(socket)
		// The head of a ClientHello of 512 bytes, of which nothing follows.
		socket.write(
			tls
				? Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3)
				: 'GET /api/v1/health HTTP/1.1\r\nHost: maru\r\nX-Slow: ',
		)
	})
	socket.on('close', () => {
		if (!sockets.delete(socket)) refused += 1
	})
	if (i % 50 === 49) await sleep(50_000 / perSecond)
}
console.log(JSON.stringify({ all: true, open: sockets.size, refused }))
setInterval(() => console.log(JSON.stringify({ all: true, open: sockets.size, refused })), 1_000)
