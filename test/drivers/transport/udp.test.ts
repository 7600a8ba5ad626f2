import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { createUdp, type UdpLink } from '../../../drivers/transport/udp.ts'
import { until } from '../wait.ts'

const open: { close(): void }[] = []
afterEach(() => {
	for (const one of open.splice(0)) one.close()
})

async function peer(address = '127.0.0.1'): Promise<{ socket: Socket; port: number }> {
	const socket = createSocket('udp4')
	socket.bind(0, address)
	await once(socket, 'listening')
	open.push(socket)
	return { socket, port: socket.address().port }
}

async function freePort(): Promise<number> {
	const socket = createSocket('udp4')
	socket.bind(0)
	await once(socket, 'listening')
	const { port } = socket.address()
	socket.close()
	return port
}

function heardBy(link: UdpLink): string[] {
	const heard: string[] = []
	link.onDatagram((bytes) => heard.push(Buffer.from(bytes).toString()))
	return heard
}

describe('a link', () => {
	it('carries datagrams both ways', async () => {
		const { socket, port } = await peer()
		socket.on('message', (bytes, from) => socket.send(`answer to ${bytes}`, from.port, from.address))
		const link = await createUdp()({ host: 'localhost', port, localPort: 0 })
		open.push(link)
		const heard = heardBy(link)
		link.send(Buffer.from('question'))
		await until('the answer', () => heard.length > 0)
		expect(heard).toEqual(['answer to question'])
	})

	it('that is closed sends nothing and may be closed again', async () => {
		const link = await createUdp()({ host: '127.0.0.1', port: 9, localPort: 0 })
		link.close()
		link.send(Buffer.from('late'))
		link.close()
	})

	it('to a name that nobody knows is refused', async () => {
		await expect(createUdp()({ host: 'nowhere.invalid', port: 9, localPort: 0 })).rejects.toMatchObject({
			code: 'unreachable',
		})
	})
})

describe('links with a fixed local port', () => {
	it('share it, and each hears its own camera, also from another port than the one that was asked', async () => {
		const localPort = await freePort()
		const openUdp = createUdp()
		const [a, b] = [await peer('127.0.0.2'), await peer('127.0.0.3')]
		const elsewhere = await peer('127.0.0.3')
		const linkA = await openUdp({ host: '127.0.0.2', port: a.port, localPort })
		const linkB = await openUdp({ host: '127.0.0.3', port: b.port, localPort })
		open.push(linkA, linkB)
		const [heardA, heardB] = [heardBy(linkA), heardBy(linkB)]
		a.socket.on('message', (_bytes, from) => {
			expect(from.port).toBe(localPort)
			a.socket.send('from a', from.port, from.address)
		})
		b.socket.on('message', (_bytes, from) => elsewhere.socket.send('from b', from.port, from.address))
		linkA.send(Buffer.from('?'))
		linkB.send(Buffer.from('?'))
		await until('both answers', () => heardA.length + heardB.length === 2)
		expect([heardA, heardB]).toEqual([['from a'], ['from b']])
	})

	it('tell two cameras behind one address apart by their ports', async () => {
		const localPort = await freePort()
		const openUdp = createUdp()
		const [a, b] = [await peer(), await peer()]
		const linkA = await openUdp({ host: '127.0.0.1', port: a.port, localPort })
		const linkB = await openUdp({ host: '127.0.0.1', port: b.port, localPort })
		open.push(linkA, linkB)
		const [heardA, heardB] = [heardBy(linkA), heardBy(linkB)]
		b.socket.send('from b', localPort, '127.0.0.1')
		await until('it', () => heardB.length > 0)
		expect([heardA, heardB]).toEqual([[], ['from b']])
	})

	it('let go of it when the last is closed, and not before', async () => {
		const localPort = await freePort()
		const openUdp = createUdp()
		const camera = await peer()
		const first = await openUdp({ host: '127.0.0.1', port: camera.port, localPort })
		const second = await openUdp({ host: '127.0.0.1', port: camera.port, localPort })
		first.close()
		first.close()
		const arrival = once(camera.socket, 'message')
		second.send(Buffer.from('still here'))
		expect(String((await arrival)[0])).toBe('still here')
		second.close()
		const again = await createUdp()({ host: '127.0.0.1', port: camera.port, localPort })
		again.close()
	})

	it('are refused where another program has the port, and work once it is free', async () => {
		const other = createSocket('udp4')
		other.bind(0)
		await once(other, 'listening')
		const localPort = other.address().port
		const openUdp = createUdp()
		const options = { host: '127.0.0.1', port: 9, localPort }
		await expect(openUdp(options)).rejects.toMatchObject({ code: 'unreachable' })
		other.close()
		await once(other, 'close')
		const link = await openUdp(options)
		link.close()
	})
})
