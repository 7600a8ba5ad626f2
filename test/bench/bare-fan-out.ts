/** The floor of "floor told to 200": one text to every socket, whenever one of them says so. argv: bytes of the text. Prints its port. */
import { WebSocketServer } from 'ws'

const text = 'x'.repeat(Number(process.argv[2]))
const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
	const address = server.address()
	if (address && typeof address === 'object') console.log(address.port)
})
server.on('connection', (socket) => {
	socket.on('message', () => {
		for (const client of server.clients) client.send(text)
	})
})
process.stdin.on('end', () => process.exit(0)).resume()
