/**
 * The floor of "tap → wire": the least program that could do it. One WebSocket server, one datagram socket, no checks,
 * no second process. argv: the camera's port. Prints its own port.
 */
import { createSocket } from 'node:dgram'
import { WebSocketServer } from 'ws'

const camera = Number(process.argv[2])
const udp = createSocket('udp4')
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
	const address = server.address()
	if (address && typeof address === 'object') console.log(address.port)
})
server.on('connection', (socket) => {
	let sequence = 0
	socket.on('message', (data) => {
		const { command } = JSON.parse(String(data))
		const frame = Buffer.from('0100000900000000810106010A0A0303FF', 'hex')
		frame.writeUInt32BE(++sequence, 4)
		frame[14] = command.pan < 0 ? 1 : 2
		udp.send(frame, camera, '127.0.0.1')
	})
})
process.stdin.on('end', () => process.exit(0)).resume()
