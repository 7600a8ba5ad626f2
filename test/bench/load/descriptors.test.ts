import { closeSync, openSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { eventually } from '../../eventually.ts'
import { descriptorsOf } from './descriptors.ts'

const ends: (() => void)[] = []
afterEach(() => {
	for (const end of ends.splice(0)) end()
})

it('connections of people, a socket whose other end has gone, and a file are told apart', async () => {
	const accepted: Socket[] = []
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		accepted.push(socket.on('error', () => {}))
		socket.resume()
	})
	ends.push(
		() => server.close(),
		() => {
			for (const socket of accepted) socket.destroy()
		},
	)
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	const { port } = server.address() as AddressInfo
	const look = () => descriptorsOf(process.pid, port)
	const before = look()

	const people = [1, 2, 3].map(() => connect(port, '127.0.0.1').on('error', () => {}))
	ends.push(() => {
		for (const socket of people) socket.destroy()
	})
	await eventually(() => expect(look().connections).toBe(3))
	people[0]?.end()
	await eventually(() => expect(look().connections).toBe(2))
	expect(look().others.get('TCP half closed (CLOSE_WAIT)')).toBe(1)

	const file = openSync('/dev/null', 'r')
	const { others, all } = look()
	closeSync(file)
	expect(others.get('file')).toBe((before.others.get('file') ?? 0) + 1)
	expect(all).toBeGreaterThan(before.all)
})
