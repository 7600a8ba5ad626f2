import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ByteLink } from '../../../drivers/transport/link.ts'
import { openSerial } from '../../../drivers/transport/serial.ts'
import { type LineFaults, startViscaChain } from '../../../drivers/virtual/visca-chain.ts'
import type { Faults } from '../../../drivers/virtual/visca-unit.ts'
import { bytes, notation } from '../hex.ts'
import { startPair } from '../transport/pty.ts'
import { until } from '../wait.ts'

/** The virtual daisy chain by the manual, without our driver: bytes in, bytes out, on a real pty. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

async function talkTo(cameras: Faults[], faults: LineFaults = {}, baudRate = 9_600) {
	const pair = await startPair()
	const chain = startViscaChain({ baudRate, cameras, faults })
	const signal = new AbortController().signal
	const open = async (path: string): Promise<ByteLink> => {
		const link = await openSerial({ path, baudRate }, signal)
		running.push(() => link[Symbol.asyncDispose]())
		return link
	}
	running.push(pair.close, chain.close)
	chain.plug(await open(pair.other))
	const controller = await open(pair.path)
	let heard = ''
	controller.onBytes((bytes) => {
		heard += `${notation(bytes)} `
	})
	return {
		chain,
		tell: (packet: string) => controller.write(bytes(packet)),
		heard: () => heard.trim(),
		/** All that comes back until the last byte of it. */
		async ask(packet: string, answer: string): Promise<number> {
			heard = ''
			const from = performance.now()
			await controller.write(bytes(packet))
			await until(answer, () => heard.trim() === answer)
			return performance.now() - from
		},
	}
}

const seven = () => Array.from({ length: 7 }, () => ({}))

describe('A virtual daisy chain', () => {
	it('gives each camera the next address, and tells how many there are', async () => {
		const { ask } = await talkTo(seven())
		await ask('88 30 01 FF', '88 30 08 FF')
		await ask('81 09 04 00 FF', '90 50 02 FF')
		await ask('87 09 04 00 FF', 'F0 50 02 FF')
	})

	it('answers nothing before it has addresses, and no address that nobody has', async () => {
		const { tell, ask, heard } = await talkTo([{}, {}])
		await tell('81 09 04 00 FF')
		await ask('88 30 01 FF', '88 30 03 FF')
		await tell('83 09 04 00 FF')
		await ask('82 09 04 00 FF', 'A0 50 02 FF')
		expect(heard()).toBe('A0 50 02 FF')
	})

	it('clears all its cameras at once, and lets the word come round', async () => {
		const { ask } = await talkTo([{}, {}])
		await ask('88 30 01 FF', '88 30 03 FF')
		await ask('81 01 06 02 18 14 00 09 00 00 00 00 00 00 FF', '90 41 FF')
		await ask('82 01 06 02 18 14 00 09 00 00 00 00 00 00 FF', 'A0 41 FF')
		await ask('88 01 00 01 FF', '88 01 00 01 FF')
		// The first socket of each is free again.
		await ask('81 01 04 47 04 00 00 00 FF', '90 41 FF')
		await ask('82 01 04 47 04 00 00 00 FF', 'A0 41 FF')
	})

	it('is as slow as its line', async () => {
		const { ask } = await talkTo([{}], {}, 1_200)
		await ask('88 30 01 FF', '88 30 02 FF')
		// Five bytes there and eleven back, ten bits each, and one field of video.
		expect(await ask('81 09 06 12 FF', '90 50 00 00 00 00 00 00 00 00 FF')).toBeGreaterThan((16 * 10_000) / 1_200)
	})

	it('is interrupted by a camera without power, which has no address when it is back and says so', async () => {
		const { chain, tell, ask, heard } = await talkTo([{}, {}, {}])
		await ask('88 30 01 FF', '88 30 04 FF')
		chain.cameras[1]?.powerCut(300)
		await tell('83 09 04 00 FF')
		await ask('81 09 04 00 FF', '90 50 02 FF')
		await until('it to say so', () => heard().endsWith('88 38 FF'))
		await tell('82 09 04 00 FF')
		await ask('83 09 04 00 FF', 'B0 50 02 FF')
		await ask('88 30 01 FF', '88 30 04 FF')
		await ask('82 09 04 00 FF', 'A0 50 02 FF')
	})

	it('may be a bus, whose cameras have their addresses and know no broadcast', async () => {
		const { tell, ask } = await talkTo([{}, {}], { bus: true })
		await tell('88 30 01 FF')
		await ask('82 09 04 00 FF', 'A0 50 02 FF')
	})

	it('garbles, cuts, echoes and falls silent as it is told', async () => {
		const { chain, tell, ask, heard } = await talkTo([{}])
		await ask('88 30 01 FF', '88 30 02 FF')
		chain.faults.garbage = 1
		await tell('81 09 04 00 FF')
		await until('garbage', () => heard().endsWith('90 50 02 FF') && heard().length > 40)
		chain.faults.halfFrames = 1
		await ask('81 09 04 00 FF', '90 50')
		chain.faults.echo = true
		await ask('81 09 04 00 FF', '81 09 04 00 FF 90 50 02 FF')
		Object.assign(chain.faults, { echo: false, mute: true })
		await tell('81 09 04 00 FF')
		await until('it to be heard', () => chain.heard.at(-1) === '81090400ff')
		await delay(100) // until it has answered
		chain.faults.mute = false
		await ask('81 09 04 00 FF', '90 50 02 FF')
	})

	it('tells a change unasked, from the address of the camera', async () => {
		const { ask } = await talkTo([{}, { networkChange: 1 }])
		await ask('88 30 01 FF', '88 30 03 FF')
		await ask('82 09 04 00 FF', 'A0 38 FF A0 50 02 FF')
	})

	it('hears neighbours that answer what nobody asked', async () => {
		const { chain, tell, heard } = await talkTo([{}, {}])
		chain.faults.flood = true
		await tell('81 09 04 00 FF')
		await until('the neighbour', () => heard().includes('A0 41 FF A0 51 FF'))
	})
})
