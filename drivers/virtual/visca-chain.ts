import type { ByteLink } from '../transport/link.ts'
import { createUnit, type Faults, type Unit, type UnitOptions } from './visca-unit.ts'
import { createWire, type Wire } from './wire.ts'

/**
 * Up to seven VISCA cameras on one serial line, as a daisy chain: each takes what is for its address and passes on the
 * rest, up or down, at the speed of the line. The other end of the line is whatever carries bytes.
 */

export interface LineFaults {
	/** So many replies come behind bytes that mean nothing. */
	garbage?: number
	/** So many replies are cut in half. */
	halfFrames?: number
	/** The adapter lets the controller hear itself. */
	echo?: boolean
	/** What the cameras say does not reach the controller: its receiving wire is not connected. */
	mute?: boolean
	/** Whatever is told to a camera, the last of the chain answers as well, over and over. */
	flood?: boolean
	/** They have their addresses from switches and know no chain. */
	bus?: boolean
}

export interface ChainOptions extends Pick<UnitOptions, 'ackMs' | 'clock'> {
	baudRate: number
	/** What each does wrong, one entry for each camera; may be changed while it runs. */
	cameras: Faults[]
	faults?: LineFaults
}

export interface VirtualChain {
	/** The first has address 1. */
	readonly cameras: readonly Pick<Unit, 'faults' | 'head' | 'heard' | 'onPacket' | 'powerCut'>[]
	readonly faults: LineFaults
	/** What came from the controller, in hex, oldest first; at most the last 1,000 packets. */
	readonly heard: readonly string[]
	/** The adapter is plugged in; what was plugged in before is not any more. */
	plug(link: ByteLink): void
	close(): Promise<void>
}

interface Node {
	readonly unit: Unit
	fromAbove(packet: Buffer): void
	fromBelow(packet: Buffer): void
}

const broadcast = 0x88
const garbage = Buffer.from('81555590004123fe7f0090', 'hex')
const strays = ['50000102030405060708ff', '41ff', '51ff', '5002ff'].map((hex) => Buffer.from(hex, 'hex'))

export function startViscaChain({ baudRate, cameras, faults = {}, ...rest }: ChainOptions): VirtualChain {
	const byteMs = 10_000 / baudRate
	const heard: string[] = []
	const wires: Wire[] = []
	let link: ByteLink | null = null
	/** The wire up from the first camera ends at the adapter. */
	const out = wire((packet) => {
		if (!faults.mute) link?.write(spoilt(packet)).catch(() => {})
	})
	const nodes: Node[] = []
	for (const [at, own] of cameras.entries()) nodes.push(nodeAt(at, own))
	const into = wire((packet) => {
		heard.push(packet.toString('hex'))
		if (heard.length > 1_000) heard.shift()
		nodes[0]?.fromAbove(packet)
		if (faults.flood) for (const stray of strays) out.put(Buffer.concat([Buffer.of((8 + nodes.length) << 4), stray]))
	})

	function wire(arrive: (packet: Buffer) => void): Wire {
		const made = createWire(byteMs, arrive)
		wires.push(made)
		return made
	}

	function spoilt(packet: Buffer): Buffer {
		if (faults.garbage) {
			faults.garbage -= 1
			return Buffer.concat([garbage, packet])
		}
		if (!faults.halfFrames) return packet
		faults.halfFrames -= 1
		return packet.subarray(0, Math.ceil(packet.length / 2))
	}

	function nodeAt(at: number, own: Faults): Node {
		const up = at === 0 ? out : wire((packet) => nodes[at - 1]?.fromBelow(packet))
		const last = at === cameras.length - 1
		const down = last ? null : wire((packet) => nodes[at + 1]?.fromAbove(packet))
		/** 0: it has none yet. */
		let address = faults.bus ? at + 1 : 0
		const unit = createUnit({
			...rest,
			faults: own,
			onChange: () => up.put(address === 0 ? Buffer.of(broadcast, 0x38, 0xff) : unit.packet([0x38], address)),
			onPowerCut() {
				if (!faults.bus) address = 0
			},
		})

		function hearAll(packet: Buffer): Buffer {
			if (packet[1] === 0x30 && packet.length === 4) {
				address = packet[2] ?? 0
				return Buffer.of(broadcast, 0x30, address + 1, 0xff)
			}
			if (packet.toString('hex') === '88010001ff') unit.clear()
			return packet
		}

		return {
			unit,
			fromAbove(packet) {
				if (unit.off) return
				if (packet[0] === broadcast && !faults.bus) return (down ?? up).put(hearAll(packet))
				if (address === 0 || packet[0] !== (0x80 | address)) return down?.put(packet)
				if (!unit.listens()) return
				unit.hear(packet, (bytes, afterMs) => {
					const reply = unit.packet(bytes, address)
					unit.say(afterMs, () => {
						// On a stream what has no end would swallow what follows.
						for (const strange of unit.noise()) up.put(Buffer.concat([strange, Buffer.of(0xff)]))
						up.put(reply)
					})
				})
			},
			fromBelow(packet) {
				if (!unit.off) up.put(packet)
			},
		}
	}

	return {
		cameras: nodes.map(({ unit }) => unit),
		faults,
		heard,
		plug(next) {
			link = next
			let rest = Buffer.alloc(0)
			next.onBytes((bytes) => {
				if (faults.echo) next.write(Buffer.from(bytes)).catch(() => {})
				rest = Buffer.concat([rest, bytes])
				for (let end = rest.indexOf(0xff); end >= 0; end = rest.indexOf(0xff)) {
					into.put(rest.subarray(0, end + 1))
					rest = rest.subarray(end + 1)
				}
			})
			next.lost.then(() => {
				if (link === next) link = null
			})
		},
		async close() {
			for (const { unit } of nodes) unit.close()
			for (const one of wires) one.close()
			await link?.[Symbol.asyncDispose]()
		},
	}
}
