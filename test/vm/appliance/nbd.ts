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
	/** The machine waits for its disk meanwhile, and never knows. */
	rehearseCut<T>(look: () => Promise<T>): Promise<{ cut: Cut; seen: T }>
	/** What the machine had handed over when it was killed has come, and the power goes. */
	cut(): Promise<Cut>
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
	let held: Promise<unknown> | null = null
	const server = createServer((peer) => {
		const ended = serve(peer, disk, bytes, () => held).finally(() => open.delete(ended))
		open.add(ended)
	})
	rmSync(socket, { force: true })
	await new Promise<void>((resolve) => server.listen(socket, resolve))
	return {
		url: `nbd:unix:${socket}`,
		disk,
		rehearseCut(look) {
			const rehearsed = disk.rehearse(look)
			held = rehearsed
				.catch(() => {})
				.finally(() => {
					held = null
				})
			return rehearsed
		},
		async cut() {
			await Promise.all(open)
			return disk.cut()
		},
		close() {
			server.close()
			closeSync(file)
		},
	}
}

/** One connection, until it ends. */
async function serve(peer: Socket, disk: VolatileDisk, bytes: number, held: Held): Promise<void> {
	peer.on('error', () => {}) // the machine was killed, and its end is ours as well
	const take = reader(peer)
	try {
		await greet(peer, take, bytes)
		for (;;) await obey(peer, take, disk, held)
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

async function obey(peer: Socket, take: Take, disk: VolatileDisk, held: Held): Promise<void> {
	const request = await take(requestBytes)
	const how = request.readUInt16BE(4)
	const type = request.readUInt16BE(6)
	const offset = Number(request.readBigUInt64BE(16))
	const length = request.readUInt32BE(24)
	const data = type === commands.write ? await take(length) : null
	for (let wait = held(); wait; wait = held()) await wait
	const answer = (error: number, data: Buffer = Buffer.alloc(0)) => {
		peer.write(Buffer.concat([number(0x67446698, 4), number(error, 4), request.subarray(8, 16), data]))
	}
	switch (type) {
		case commands.read:
			return answer(0, disk.read(offset, length))
		case commands.write:
			if (data) disk.write(offset, data, (how & fua) !== 0)
			return answer(0)
		case commands.flush:
			disk.flush()
			return answer(0)
		case commands.end:
			throw new Ended()
		default:
			answer(invalid)
	}
}

/** Null: the disk may be used. */
type Held = () => Promise<unknown> | null

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
