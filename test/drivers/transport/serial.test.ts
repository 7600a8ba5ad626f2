import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ByteLink } from '../../../drivers/transport/link.ts'
import { openSerial } from '../../../drivers/transport/serial.ts'
import { until } from '../wait.ts'
import { startPair } from './pty.ts'

/** On real ptys. What they cannot show: rates on the wire, parity, modem lines. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

const patient = new AbortController().signal

async function pair() {
	const line = await startPair()
	running.push(line.close)
	return line
}

async function open(path: string, rest: { baudRate?: number; writeMs?: number } = {}): Promise<ByteLink> {
	const link = await openSerial({ path, baudRate: 9_600, ...rest }, patient)
	running.push(() => link[Symbol.asyncDispose]())
	return link
}

function heardBy(link: ByteLink): () => string {
	const heard: Buffer[] = []
	link.onBytes((bytes) => heard.push(Buffer.from(bytes)))
	return () => Buffer.concat(heard).toString('latin1')
}

describe('A serial line', () => {
	it('carries every byte both ways, in order', async () => {
		const { path, other } = await pair()
		const [a, b] = [await open(path, { baudRate: 38_400 }), await open(other)]
		const [atA, atB] = [heardBy(a), heardBy(b)]
		const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
		await a.write(all)
		await b.write(Buffer.from('answer'))
		await until('the bytes', () => atB().length === 256 && atA() === 'answer')
		expect(Buffer.from(atB(), 'latin1').equals(all)).toBe(true)
	})

	it.each([300, 2_400, 19_200, 115_200, 250_000])('runs at %i baud', async (baudRate) => {
		const { path, other } = await pair()
		const [a, b] = [await open(path, { baudRate }), await open(other, { baudRate })]
		const atB = heardBy(b)
		await a.write(Buffer.from('x'))
		await until('it', () => atB() === 'x')
	})

	it('is ours alone, until it is closed', async () => {
		const { path } = await pair()
		const first = await open(path)
		await expect(open(path)).rejects.toMatchObject({ code: 'unreachable' })
		await first[Symbol.asyncDispose]()
		expect(await first.lost).toBeUndefined()
		await open(path)
	})

	it('that is not there cannot be opened, and says so by its path', async () => {
		await expect(open('/dev/serial/by-id/usb-nothing')).rejects.toMatchObject({
			code: 'unreachable',
			message: expect.stringContaining('/dev/serial/by-id/usb-nothing cannot be opened'),
		})
	})

	it('nobody waits for any more is not kept open', async () => {
		const { path } = await pair()
		await expect(openSerial({ path, baudRate: 9_600 }, AbortSignal.abort())).rejects.toMatchObject({ code: 'lost' })
		await open(path)
	})

	it('that is unplugged is lost, and back under the same path', async () => {
		const line = await pair()
		const link = await open(line.path)
		heardBy(link)
		await line.unplug()
		expect(await link.lost).toMatchObject({ code: 'lost' })
		await expect(link.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'lost' })
		await line.replug()
		const again = await open(line.path)
		await again.write(Buffer.from('x'))
	})

	it('that is unplugged in the midst of a read is lost, too', async () => {
		// Whether it is in its midst cannot be said from outside: of eight, most are.
		for (let i = 0; i < 8; i++) {
			const line = await pair()
			const link = await open(line.path)
			const listening = delay(i % 4)
			heardBy(link)
			await listening
			await line.unplug()
			expect(await link.lost).toMatchObject({ code: 'lost' })
		}
	})

	it('that takes no bytes rejects after the deadline, with everything that waits, and can be closed', async () => {
		const { path } = await pair() // nobody reads the other end
		const link = await open(path, { writeMs: 300 })
		heardBy(link)
		const outcomes = await Promise.allSettled([1, 2, 3].map(() => link.write(new Uint8Array(300_000))))
		expect(outcomes.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'timeout' } })
		expect(await link.lost).toMatchObject({ code: 'timeout' })
		await link[Symbol.asyncDispose]()
	})

	it('that is pulled out with a write under way rejects it', async () => {
		const line = await pair()
		const link = await open(line.path, { writeMs: 2_000 })
		heardBy(link)
		const writing = link.write(new Uint8Array(1_000_000)).then(
			() => null,
			(error: unknown) => error,
		)
		await line.unplug()
		expect(await writing).toMatchObject({ code: expect.stringMatching(/^(lost|timeout)$/) })
	})
})
