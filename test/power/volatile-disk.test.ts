import { describe, expect, it } from 'vitest'
import { randomOf } from '../chaos/plan.ts'
import { VolatileDisk } from './volatile-disk.ts'

const block = 4_096

function open(seed = 1, blocks = 64) {
	const bytes = Buffer.alloc(blocks * block)
	const store = {
		read: (offset: number, length: number) => Buffer.from(bytes.subarray(offset, offset + length)),
		write: (offset: number, data: Buffer) => void data.copy(bytes, offset),
	}
	return { disk: new VolatileDisk(store, randomOf(seed)), bytes }
}

const filled = (value: number, length = block) => Buffer.alloc(length, value)

describe('A disk that forgets', () => {
	it('reads what was written last, flushed or not, also where a block was written in parts', () => {
		const { disk } = open()
		disk.write(0, filled(1, 2 * block))
		disk.flush()
		disk.write(block - 512, filled(2, 1_024))
		const read = disk.read(0, 2 * block)
		expect(read.subarray(0, block - 512).every((byte) => byte === 1)).toBe(true)
		expect(read.subarray(block - 512, block + 512).every((byte) => byte === 2)).toBe(true)
		expect(read.subarray(block + 512).every((byte) => byte === 1)).toBe(true)
	})

	it('keeps whatever was flushed or written through, whatever is cut', () => {
		for (let seed = 1; seed <= 50; seed++) {
			const { disk } = open(seed)
			disk.write(0, filled(1))
			disk.flush()
			disk.write(block, filled(2), true)
			disk.write(2 * block, filled(3))
			disk.cut()
			expect(disk.read(0, 2 * block)).toEqual(Buffer.concat([filled(1), filled(2)]))
		}
	})

	it('loses, keeps or tears what was not, by sectors, and tells how much', () => {
		const seen = { kept: 0, lost: 0, torn: 0 }
		for (let seed = 1; seed <= 20; seed++) {
			const { disk, bytes } = open(seed)
			for (let at = 0; at < 64; at++) disk.write(at * block, filled(7))
			expect(bytes.every((byte) => byte === 0)).toBe(true)
			const cut = disk.cut()
			expect(cut.kept + cut.lost + cut.torn).toBe(64)
			for (const fate of ['kept', 'lost', 'torn'] as const) seen[fate] += cut[fate]
			for (let at = 0; at < bytes.length; at += 512) {
				const sector = bytes.subarray(at, at + 512)
				expect(sector.every((byte) => byte === sector[0])).toBe(true)
			}
		}
		expect(Math.min(...Object.values(seen))).toBeGreaterThan(0)
	})

	it('may have put an older form of a block on the disk that was never flushed', () => {
		const left = new Set<number>()
		for (let seed = 1; seed <= 50; seed++) {
			const { disk, bytes } = open(seed)
			disk.write(0, filled(1))
			disk.write(0, filled(2))
			disk.cut()
			left.add(bytes[0] ?? -1)
		}
		expect([...left].sort()).toEqual([0, 1, 2])
	})

	it('shows what a cut would leave, and goes on as if there had been none', async () => {
		for (let seed = 1; seed <= 20; seed++) {
			const { disk, bytes } = open(seed)
			disk.write(0, filled(1, 8 * block))
			disk.flush()
			const before = Buffer.from(bytes)
			disk.write(0, filled(2, 32 * block))
			const read = disk.read(0, 32 * block)
			const { cut, seen } = await disk.rehearse(async () => Buffer.from(bytes))
			expect(cut.kept + cut.lost + cut.torn).toBe(32)
			expect(seen.equals(before)).toBe(cut.kept + cut.torn === 0)
			expect(bytes.equals(before)).toBe(true)
			expect(disk.read(0, 32 * block).equals(read)).toBe(true)
			disk.flush()
			expect(bytes.subarray(0, 32 * block).every((byte) => byte === 2)).toBe(true)
		}
	})
})
