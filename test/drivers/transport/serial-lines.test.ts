import { afterEach, describe, expect, it } from 'vitest'
import { DeviceError } from '../../../drivers/device.ts'
import type { ByteLink } from '../../../drivers/transport/link.ts'
import { openSerial } from '../../../drivers/transport/serial.ts'
import { byteMs, createSerialLines, type OpenLine } from '../../../drivers/transport/serial-lines.ts'
import { until } from '../wait.ts'
import { startPair } from './pty.ts'

/** Several devices on one port, on real ptys; who goes first is shown on a line that only notes what it is given. */

const running: (() => unknown)[] = []
afterEach(async () => {
	for (const end of running.splice(0).reverse()) await end()
})

const patient = new AbortController().signal

async function wire() {
	const line = await startPair()
	const other = await openSerial({ path: line.other, baudRate: 9_600 }, patient)
	running.push(line.close, () => other[Symbol.asyncDispose]())
	return { line, other, atOther: heardBy(other) }
}

function heardBy(link: { onBytes: ByteLink['onBytes'] }): () => string {
	let heard = ''
	link.onBytes((bytes) => {
		heard += Buffer.from(bytes).toString('latin1')
	})
	return () => heard
}

async function open(openLine: OpenLine, path: string, baudRate = 9_600, signal = patient) {
	const line = await openLine({ path, baudRate }, signal)
	running.push(() => line[Symbol.asyncDispose]())
	return line
}

describe('Devices on one serial line', () => {
	it('share the port, and each hears every byte', async () => {
		const { line, other, atOther } = await wire()
		const openLine = createSerialLines()
		const [a, b] = await Promise.all([open(openLine, line.path), open(openLine, line.path)])
		expect(a.port).toBe(b.port)
		const [atA, atB, atPort] = [heardBy(a), heardBy(b), heardBy(a.port)]
		await Promise.all([a.write(Buffer.from('from a ')), b.write(Buffer.from('from b '))])
		await other.write(Buffer.from('to all'))
		await until('the bytes', () => atOther() === 'from a from b ' && atPort() === 'to all')
		expect([atA(), atB()]).toEqual(['to all', 'to all'])
	})

	it('never mix their packets', async () => {
		const { line, atOther } = await wire()
		const openLine = createSerialLines()
		const members = await Promise.all(['A', 'B', 'C'].map(() => open(openLine, line.path, 115_200)))
		const packet = (at: number) => Buffer.from(String.fromCharCode(65 + at).repeat(12))
		const written = Array.from({ length: 60 }, (_, i) => members[i % 3]?.write(packet(i % 3)))
		await Promise.all(written)
		await until('all packets', () => atOther().length === 60 * 12)
		expect(atOther().match(/A{12}|B{12}|C{12}/g)).toHaveLength(60)
	})

	it('close the port when the last one leaves, and not before', async () => {
		const { line, atOther } = await wire()
		const openLine = createSerialLines()
		const [a, b] = [await open(openLine, line.path), await open(openLine, line.path)]
		await a[Symbol.asyncDispose]()
		expect(await a.lost).toBeUndefined()
		await expect(a.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'lost' })
		await b.write(Buffer.from('still here'))
		await until('it', () => atOther() === 'still here')
		await b[Symbol.asyncDispose]()
		await open(createSerialLines(), line.path)
	})

	it('may open it again while it is still being closed', async () => {
		const { line } = await wire()
		const openLine = createSerialLines()
		const first = await open(openLine, line.path)
		const leaving = first[Symbol.asyncDispose]()
		const second = await open(openLine, line.path, 19_200)
		expect(second.port).not.toBe(first.port)
		await leaving
	})

	it('are all told when it is unplugged; the next opening opens it anew', async () => {
		const { line } = await wire()
		const openLine = createSerialLines()
		const [a, b] = [await open(openLine, line.path), await open(openLine, line.path)]
		const before = performance.now()
		await line.unplug()
		expect(await Promise.all([a.lost, b.lost, a.port.lost])).toEqual([
			expect.any(DeviceError),
			expect.any(DeviceError),
			expect.any(DeviceError),
		])
		console.log(`told of an unplug after ${Math.round(performance.now() - before)} ms`)
		await expect(a.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'lost' })
		await expect(open(openLine, line.path)).rejects.toMatchObject({ code: 'unreachable' })
		await line.replug()
		const again = await open(openLine, line.path)
		await again.write(Buffer.from('x'))
		// Those that leave late take nothing away.
		await a[Symbol.asyncDispose]()
		await b[Symbol.asyncDispose]()
		await again.write(Buffer.from('x'))
	})

	it('cannot run at two speeds', async () => {
		const { line } = await wire()
		const openLine = createSerialLines()
		await open(openLine, line.path)
		await expect(open(openLine, line.path, 38_400)).rejects.toMatchObject({
			code: 'rejected',
			message: `${line.path} runs at 9600 baud, 8N1: a device there cannot have 38400 baud, 8N1`,
		})
	})

	it('do not wait for one who gives up, nor lose the port to them', async () => {
		const { line } = await wire()
		const openLine = createSerialLines()
		const gone = new AbortController()
		const giving = open(openLine, line.path, 9_600, gone.signal)
		const staying = open(openLine, line.path)
		gone.abort()
		await expect(giving).rejects.toMatchObject({ code: 'lost' })
		await (await staying).write(Buffer.from('x'))
	})

	it('hear that it is not there, each of them', async () => {
		const openLine = createSerialLines()
		const path = '/dev/serial/by-id/usb-nothing'
		const outcomes = await Promise.allSettled([open(openLine, path), open(openLine, path)])
		for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'unreachable' } })
	})
})

describe('Packets on a line that is busy', () => {
	/** Nine bytes take a tenth of a second. */
	const slow = { path: 'noted', baudRate: 900 }

	async function noted() {
		const written: { at: number; text: string }[] = []
		const { promise: lost, resolve: lose } = Promise.withResolvers<undefined>()
		const openLine = createSerialLines(async () => ({
			lost,
			async write(bytes) {
				written.push({ at: performance.now(), text: Buffer.from(bytes).toString() })
			},
			onBytes: () => {},
			[Symbol.asyncDispose]: async () => lose(undefined),
		}))
		const [a, b] = [await openLine(slow, patient), await openLine(slow, patient)]
		running.push(a[Symbol.asyncDispose], b[Symbol.asyncDispose])
		return { a, b, written, texts: () => written.map(({ text }) => text).join(' ') }
	}

	const nine = (letter: string) => Buffer.from(letter.repeat(9))
	const ignore = () => {}

	it('go out at once where it is free, and then at its speed', async () => {
		const { a, b, written } = await noted()
		const first = a.write(nine('a'))
		expect(written).toHaveLength(1)
		await Promise.all([first, b.write(nine('b')), a.write(nine('c'))])
		const [one, two, three] = written.map(({ at }) => at) as [number, number, number]
		expect(two - one).toBeGreaterThan(95)
		expect(three - two).toBeGreaterThan(95)
		await new Promise((resolve) => setTimeout(resolve, 120))
		b.write(nine('d'))
		expect(written).toHaveLength(4)
	})

	it('wait while an urgent one passes them, whoever sends it; two urgent ones keep their order', async () => {
		const { a, b, texts } = await noted()
		const all = [a.write(Buffer.from('1')), a.write(Buffer.from('2')), b.write(Buffer.from('3'))]
		all.push(b.write(Buffer.from('stop'), true), a.write(Buffer.from('halt'), true))
		await Promise.all(all)
		expect(texts()).toBe('1 stop halt 2 3')
	})

	it('can be taken back while they wait', async () => {
		const { a, b, texts } = await noted()
		const [gone, late] = [Buffer.from('1'), Buffer.from('2')]
		const writing = a.write(gone)
		const taken = a.write(late).catch((error: unknown) => error)
		a.withdraw(gone)
		a.withdraw(late)
		await b.write(Buffer.from('3'))
		await writing
		expect(await taken).toMatchObject({ code: 'rejected' })
		expect(texts()).toBe('1 3')
	})

	it('of one who leaves are not sent any more, unless they are urgent', async () => {
		const { a, b, texts } = await noted()
		b.write(Buffer.from('1')).catch(ignore)
		a.write(Buffer.from('2')).catch(ignore)
		a.write(Buffer.from('stop'), true).catch(ignore)
		await a[Symbol.asyncDispose]()
		await b.write(Buffer.from('3'))
		expect(texts()).toBe('1 stop 3')
	})

	it('take as long as their bits', () => {
		expect(byteMs({ path: '', baudRate: 9_600 }) * 9).toBeCloseTo(9.4, 1)
		expect(byteMs({ path: '', baudRate: 2_400, parity: 'even', stopBits: 2 })).toBeCloseTo(5)
	})
})
