import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { type Faults, startViscaCamera } from '../../../drivers/virtual/visca-camera.ts'
import { bytes, notation } from '../hex.ts'
import { until } from '../wait.ts'

/** The virtual camera by the manual, without our driver: bytes in, bytes out. */

const open: (() => unknown)[] = []
afterEach(async () => {
	for (const close of open.splice(0)) await close()
})

async function talkTo(faults: Faults = {}) {
	const camera = await startViscaCamera({ host: '127.0.0.1', port: 0, framing: 'raw', faults })
	const socket = createSocket('udp4')
	socket.bind(0)
	await once(socket, 'listening')
	open.push(
		() => camera.close(),
		() => socket.close(),
	)
	const replies: { packet: string; at: number }[] = []
	socket.on('message', (packet) => replies.push({ packet: notation(packet), at: performance.now() }))
	const next = async () => {
		await until('a reply', () => replies.length > 0)
		return replies.shift() ?? { packet: '', at: 0 }
	}
	return {
		camera,
		tell: (packet: string) => socket.send(bytes(packet), camera.port, '127.0.0.1'),
		next,
		async ask(packet: string) {
			socket.send(bytes(packet), camera.port, '127.0.0.1')
			return (await next()).packet
		},
	}
}

const far = '81 01 06 02 18 14 00 09 00 00 00 00 00 00 FF'
const tele = '81 01 04 47 04 00 00 00 FF'

describe('a virtual camera', () => {
	it('acknowledges a field later, and completes when it has arrived', async () => {
		const { tell, next, camera } = await talkTo()
		const before = performance.now()
		tell(tele)
		const ack = await next()
		expect(ack.packet).toBe('90 41 FF')
		expect(ack.at - before).toBeGreaterThan(10)
		expect(camera.head().zoom.position).toBeLessThan(0.9)
		expect((await next()).packet).toBe('90 51 FF')
		expect(camera.head().zoom.position).toBe(1)
	})

	it.each([
		['version', '81 09 00 02 FF', '90 50 00 01 7F 01 01 02 02 FF'],
		['power', '81 09 04 00 FF', '90 50 02 FF'],
		['pan-tilt position', '81 09 06 12 FF', '90 50 00 00 00 00 00 00 00 00 FF'],
		['zoom position', '81 09 04 47 FF', '90 50 00 00 00 00 FF'],
		['focus position', '81 09 04 48 FF', '90 50 01 00 00 00 FF'],
		['focus mode', '81 09 04 38 FF', '90 50 02 FF'],
		['something unknown', '81 09 7E 7E FF', '90 60 02 FF'],
	])('answers an inquiry for %s', async (_what, inquiry, answer) => {
		const { ask } = await talkTo()
		expect(await ask(inquiry)).toBe(answer)
	})

	it('has two sockets and no room for a third command', async () => {
		const { ask } = await talkTo()
		expect(await ask(far)).toBe('90 41 FF')
		expect(await ask(tele)).toBe('90 42 FF')
		expect(await ask('81 01 06 01 01 01 03 03 FF')).toBe('90 60 03 FF')
	})

	it('ends what it is told to cancel, and moves no further', async () => {
		const { ask, camera } = await talkTo()
		expect(await ask(far)).toBe('90 41 FF')
		await until('it to move', () => camera.head().pan.position > 1)
		expect(await ask('81 21 FF')).toBe('90 61 04 FF')
		await until('it to stand', () => camera.head().pan.velocity === 0)
		expect(camera.head().pan.position).toBeLessThan(100)
		expect(await ask('81 22 FF')).toBe('90 62 05 FF')
	})

	it.each([
		['a command that is none', '81 01 77 77 FF', '90 60 02 FF'],
		['manual focus in autofocus', '81 01 04 08 02 FF', '90 60 41 FF'],
		['a memory that was never set', '81 01 04 3F 02 05 FF', '90 60 41 FF'],
		['a drive to nowhere', '81 01 06 01 01 01 04 03 FF', '90 60 02 FF'],
	])('refuses %s', async (_what, command, refusal) => {
		const { ask } = await talkTo()
		expect(await ask(command)).toBe(refusal)
	})

	it('refuses all but power in standby', async () => {
		const { ask } = await talkTo({ standby: true })
		expect(await ask('81 01 06 04 FF')).toBe('90 60 41 FF')
		expect(await ask('81 09 04 00 FF')).toBe('90 50 03 FF')
		expect(await ask('81 01 04 00 02 FF')).toBe('90 41 FF')
	})

	it('refuses speed zero where it is told to be such a model', async () => {
		const { ask } = await talkTo({ refuseSpeedZero: true })
		expect(await ask('81 01 06 01 00 00 03 03 FF')).toBe('90 60 02 FF')
		expect(await ask('81 01 06 01 01 01 03 03 FF')).toBe('90 41 FF')
	})

	it('acknowledges and completes as late as it is told', async () => {
		const { tell, next } = await talkTo({ lateAckMs: 150, lateCompletionMs: 150 })
		const before = performance.now()
		tell('81 01 04 07 00 FF')
		const [ack, completion] = [await next(), await next()]
		expect([ack.packet, completion.packet]).toEqual(['90 41 FF', '90 51 FF'])
		// By the time from the beginning: an acknowledgement may be read late, and the completion at once.
		expect(ack.at - before).toBeGreaterThan(140)
		expect(completion.at - before).toBeGreaterThan(290)
	})

	it('says unasked that the network has changed, as often as it is told', async () => {
		const { tell, next, ask } = await talkTo({ networkChange: 1 })
		tell('81 09 04 00 FF')
		expect([(await next()).packet, (await next()).packet]).toEqual(['90 38 FF', '90 50 02 FF'])
		expect(await ask('81 09 04 00 FF')).toBe('90 50 02 FF')
	})

	it('loses its power in the midst of a movement, stands, and says so when it is back', async () => {
		const { camera, ask, tell, next } = await talkTo()
		expect(await ask(far)).toBe('90 41 FF')
		await until('it to move', () => camera.head().pan.position > 1)
		camera.faults.rebootMidMove = 200
		tell('81 09 04 00 FF')
		expect((await next()).packet).toBe('90 38 FF')
		const { position } = camera.head().pan
		expect(position).toBeLessThan(100)
		// Its sockets are free, and nobody goes on to where it was sent.
		expect(await ask('81 01 04 07 00 FF')).toBe('90 41 FF')
		expect(camera.head().pan.position).toBe(position)
	})

	it('cancels what runs when it is cleared', async () => {
		const { camera, ask } = await talkTo()
		expect(await ask(far)).toBe('90 41 FF')
		await until('it to move', () => camera.head().pan.position > 1)
		expect(await ask('81 01 00 01 FF')).toBe('90 50 FF')
		await until('it to stand', () => camera.head().pan.velocity === 0)
		expect(camera.head().pan.position).toBeLessThan(100)
	})
})
