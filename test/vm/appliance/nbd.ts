import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { randomOf } from '../../chaos/plan.ts'
import { type Cut, VolatileDisk } from '../../power/volatile-disk.ts'

/**
 * A disk with a cache that forgets, over a Unix socket (NBD, fixed newstyle, simple replies: doc/proto.md of the nbd
 * project), for QEMU to give to a machine.
 */
export interface DiskServer {
	/** How QEMU names it. */
	readonly url: string
	readonly disk: VolatileDisk
	/**
	 * Resolves when something lies in the disk's cache that is not flushed, or after so long all the same. From then on the
	 * machine waits for its disk, until it has been cut or the look at what a cut would have left is over.
	 */
	amidWrites(ms: number): Promise<void>
	/** The machine waits for its disk meanwhile, and never knows. */
	rehearseCut<T>(look: () => Promise<T>): Promise<{ cut: Cut; seen: T }>
	/** `kill`: of the machine. What it hands over from now on never comes. */
	cut(kill: () => Promise<unknown>): Promise<Cut>
	close(): void
}

const hasFlags = 1
const flags = hasFlags | 4 /* flush */ | 8 /* FUA */
const options = { exportName: 1, abort: 2, info: 6, go: 7 }
const replies = { ack: 1, info: 3, unsupported: 0x8000_0001 }
const commands = { read: 0, write: 1, end: 2, flush: 3 }
const fua = 1
const invalid = 22 // EINVAL
const optionMagic = Buffer.from('IHAVEOPT')
const replyMagic = 0x3e889045565a9n
const requestBytes = 28

/** Serves the image. `seed` decides what is lost. */
export async function serveDisk(image: string, socket: string, seed: number): Promise<DiskServer> {
	const file = openSync(image, 'r+')
	const bytes = fstatSync(file).size
	const store = {
		read(offset: number, length: number) {
			const data = Buffer.alloc(length)
			readSync(file, data, 0, length, offset)
			return data
		},
		write: (offset: number, data: Buffer) => void writeSync(file, data, 0, data.length, offset),
	}
	const disk = new VolatileDisk(store, randomOf(seed))
	const open = new Set<Promise<void>>()
	let hold: Hold | null = null
	/** Called with each write. */
	let written = () => {}
	const served: Served = { disk, bytes, held: () => hold?.over ?? null, written: () => written() }
	const server = createServer((peer) => {
		const ended = serve(peer, served).finally(() => open.delete(ended))
		open.add(ended)
	})
	rmSync(socket, { force: true })
	await new Promise<void>((resolve) => server.listen(socket, resolve))
	return {
		url: `nbd:unix:${socket}`,
		disk,
		async amidWrites(ms) {
			const { promise, resolve } = Promise.withResolvers<void>()
			const late = setTimeout(resolve, ms)
			written = () => {
				if (disk.unflushed === 0 || hold) return
				// Before the next request is obeyed.
				hold = newHold()
				resolve()
			}
			await promise
			clearTimeout(late)
			written = () => {}
			hold ??= newHold()
		},
		async rehearseCut(look) {
			hold ??= newHold()
			try {
				return await disk.rehearse(look)
			} finally {
				hold.end(true)
				hold = null
			}
		},
		async cut(kill) {
			hold ??= newHold()
			await kill()
			hold.end(false)
			await Promise.all(open)
			hold = null
			return disk.cut()
		},
		close() {
			server.close()
			closeSync(file)
		},
	}
}

/** One connection, until it ends. */
async function serve(peer: Socket, served: Served): Promise<void> {
	peer.on('error', () => {}) // the machine was killed, and its end is ours as well
	const take = reader(peer)
	try {
		await greet(peer, take, served.bytes)
		for (;;) await obey(peer, take, served)
	} catch (error) {
		if (!(error instanceof Ended)) throw error
	} finally {
		peer.destroy()
	}
}

class Ended extends Error {}

async function greet(peer: Socket, take: Take, bytes: number): Promise<void> {
	peer.write(Buffer.concat([Buffer.from('NBDMAGIC'), optionMagic, number(3, 2)])) // fixed newstyle, no zeroes
	await take(4)
	const size = Buffer.alloc(8)
	size.writeBigUInt64BE(BigInt(bytes))
	for (;;) {
		const head = await take(16)
		const option = head.readUInt32BE(8)
		await take(head.readUInt32BE(12))
		const answer = (type: number, data = Buffer.alloc(0)) => {
			const magic = Buffer.alloc(8)
			magic.writeBigUInt64BE(replyMagic)
			peer.write(Buffer.concat([magic, number(option, 4), number(type, 4), number(data.length, 4), data]))
		}
		if (option === options.abort) throw new Ended()
		if (option === options.exportName) {
			peer.write(Buffer.concat([size, number(flags, 2)]))
			return
		}
		if (option !== options.go && option !== options.info) {
			answer(replies.unsupported)
			continue
		}
		answer(replies.info, Buffer.concat([number(0, 2), size, number(flags, 2)]))
		answer(replies.ack)
		if (option === options.go) return
	}
}

async function obey(peer: Socket, take: Take, { disk, held, written }: Served): Promise<void> {
	const request = await take(requestBytes)
	const how = request.readUInt16BE(4)
	const type = request.readUInt16BE(6)
	const offset = Number(request.readBigUInt64BE(16))
	const length = request.readUInt32BE(24)
	const data = type === commands.write ? await take(length) : null
	for (let over = held(); over; over = held()) if (!(await over)) throw new Ended()
	const answer = (error: number, data: Buffer = Buffer.alloc(0)) => {
		peer.write(Buffer.concat([number(0x67446698, 4), number(error, 4), request.subarray(8, 16), data]))
	}
	switch (type) {
		case commands.read:
			return answer(0, disk.read(offset, length))
		case commands.write:
			if (data) disk.write(offset, data, (how & fua) !== 0)
			answer(0)
			return written()
		case commands.flush:
			disk.flush()
			return answer(0)
		case commands.end:
			throw new Ended()
		default:
			answer(invalid)
	}
}

interface Served {
	disk: VolatileDisk
	bytes: number
	/** Null: the disk may be used. Resolves with whether it may be used again, or the machine has no power. */
	held: () => Promise<boolean> | null
	/** Called after each write. */
	written: () => void
}

interface Hold {
	over: Promise<boolean>
	end(goesOn: boolean): void
}

function newHold(): Hold {
	const { promise: over, resolve: end } = Promise.withResolvers<boolean>()
	return { over, end }
}

type Take = (length: number) => Promise<Buffer>

/** Gives what comes, so many bytes at a time; rejects with Ended at the end. One at a time may ask. */
function reader(peer: Socket): Take {
	let parts: Buffer[] = []
	let there = 0
	let over = false
	let wake = () => {}
	peer.on('data', (part: Buffer) => {
		parts.push(part)
		there += part.length
		wake()
	})
	peer.on('close', () => {
		over = true
		wake()
	})
	return async (length) => {
		while (there < length) {
			if (over) throw new Ended()
			await new Promise<void>((resolve) => {
				wake = resolve
			})
		}
		const all = Buffer.concat(parts)
		parts = [all.subarray(length)]
		there -= length
		return all.subarray(0, length)
	}
}

function number(value: number, bytes: 2 | 4): Buffer {
	const buffer = Buffer.alloc(bytes)
	buffer.writeUIntBE(value, 0, bytes)
	return buffer
}
