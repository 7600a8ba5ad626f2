import { openSerial } from '../transport/serial.ts'
import { createDome, type Dome, type DomeOptions } from './pelco-dome.ts'

/**
 * An RS-485 line with domes on it, behind a real serial port whose other end is the driver's. The port itself takes bytes at
 * any speed: here they take as long as on the wire, one direction at a time. Who speaks while another does spoils both.
 */

export interface PelcoLineOptions {
	/** A serial port. */
	path: string
	baudRate?: number
	domes: readonly DomeOptions[]
	/** The adapter hears what it sends. */
	echo?: boolean
	/** Milliseconds from the end of a question to the first byte of its answer. */
	thinkMs?: number
}

export interface PelcoLine {
	readonly domes: readonly Dome[]
	/** Whole frames that arrived, in hex, oldest first; at most the last 1,000. Not those that a collision spoilt. */
	readonly heard: readonly string[]
	/** How often somebody spoke while another did. */
	readonly collisions: number
	close(): Promise<void>
}

const sync = 0xff
/** Nothing, a row of one byte, a frame for another address, an answer cut short, a sync byte alone. */
const noises = ['', '5555555555', 'ff630059112233', 'ff010059', 'ff'].map((hex) => Buffer.from(hex, 'hex'))

export async function startPelcoLine(options: PelcoLineOptions): Promise<PelcoLine> {
	const { path, baudRate = 2_400, echo = false, thinkMs = 6 } = options
	const link = await openSerial({ path, baudRate }, new AbortController().signal)
	const now = () => performance.now()
	const byteMs = 10_000 / baudRate
	const domes = options.domes.map((dome) => createDome(dome, now))
	const heard: string[] = []
	/** What will happen, in its order: timers of their own would overtake each other on a busy machine. */
	const coming: { at: number; work: () => void }[] = []
	let timer: NodeJS.Timeout | undefined
	let held: number[] = []
	/** When the last byte that came in will have left the wire, and the last of an answer. */
	let inUntil = 0
	let outUntil = 0
	let outFrom = 0
	let collisions = 0
	/** Answers under way that somebody has talked over. */
	let spoilt = false
	let noisy = 0

	function at(moment: number, work: () => void) {
		const place = coming.findIndex((other) => other.at > moment)
		coming.splice(place < 0 ? coming.length : place, 0, { at: moment, work })
		happen()
	}

	function happen() {
		clearTimeout(timer)
		while (coming[0] && coming[0].at <= now()) coming.shift()?.work()
		if (coming[0]) timer = setTimeout(happen, Math.max(1, coming[0].at - now()))
	}

	link.onBytes((bytes) => {
		const begin = Math.max(now(), inUntil)
		inUntil = begin + bytes.length * byteMs
		if (echo) at(inUntil, () => void link.write(bytes).catch(() => {}))
		if (begin < outUntil && inUntil > outFrom) {
			collisions += 1
			spoilt = true
			held = []
			return
		}
		at(inUntil, () => {
			for (const byte of bytes) take(byte)
		})
	})

	function take(byte: number) {
		held.push(byte)
		while (held.length > 0 && held[0] !== sync) held.shift()
		if (held.length < 7) return
		const frame = held.slice(1, 6)
		if (((frame.reduce((sum, one) => sum + one, 0) ^ (held[6] ?? 0)) & 0xff) !== 0) {
			held.shift()
			while (held.length > 0 && held[0] !== sync) held.shift()
			return
		}
		heard.push(Buffer.from(held).toString('hex'))
		if (heard.length > 1_000) heard.shift()
		held = []
		for (const dome of domes) {
			if (dome.address !== frame[0] || spent(dome, 'loseFrames')) continue
			const answer = dome.hear(frame)
			if (answer && !spent(dome, 'loseReplies')) send(dome, answer)
		}
	}

	/** Whether this fault happens now; it is counted. */
	function spent({ faults }: Dome, fault: 'loseFrames' | 'loseReplies' | 'wrongChecksums'): boolean {
		const left = faults[fault] ?? 0
		if (left > 0) faults[fault] = left - 1
		return left > 0
	}

	function send(dome: Dome, body: number[]) {
		const { faults } = dome
		const wrong = faults.wrongChecksum || spent(dome, 'wrongChecksums')
		// A general response brings its checksum along: it is not made of its own bytes.
		const sum = body.length === 3 ? (body.pop() ?? 0) : body.reduce((all, byte) => all + byte, 0)
		const moved = faults.wrongAddress ? 1 : 0
		const [address = 0, ...rest] = body
		const reply = Buffer.of(sync, address + moved, ...rest, sum + moved + (wrong ? 1 : 0))
		const noise = faults.noise ? (noises[noisy++ % noises.length] ?? Buffer.of()) : Buffer.of()
		const bytes = Buffer.concat([noise, reply])
		outFrom = now() + thinkMs
		outUntil = outFrom + bytes.length * byteMs
		spoilt = false
		// It began to speak while somebody else does.
		if (inUntil > outFrom) {
			collisions += 1
			spoilt = true
		}
		at(outUntil, () => {
			link.write(spoilt ? bytes.map((byte) => byte ^ 0x5a) : bytes).catch(() => {})
		})
	}

	return {
		domes,
		heard,
		get collisions() {
			return collisions
		},
		async close() {
			clearTimeout(timer)
			coming.length = 0
			await link[Symbol.asyncDispose]()
		},
	}
}
