/**
 * The floor of "tap → wire": the least program that could do it. One WebSocket server, one bare transport, no checks, no
 * second process. argv: the kind of camera and its configuration. Prints its own port.
 */
import { WebSocketServer } from 'ws'
import type { Kind } from '../devices/hardware-kinds.ts'
import { bares } from './bares.ts'

const [, , kind = '', config = '{}'] = process.argv
const camera = await bares[kind as Kind](JSON.parse(config))
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
	const address = server.address()
	if (address && typeof address === 'object') console.log(address.port)
})
server.on('connection', (socket) => {
	socket.on('message', (data) => {
		if (JSON.parse(String(data)).command.type === 'camera.move') camera.send()
	})
})
process.stdin.on('end', () => process.exit(0)).resume()
