import assert from 'node:assert/strict'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { type AddressingOutput, createAddressing, readBroadcast } from '../../../drivers/visca/addressing.ts'
import { createBlindSession } from '../../../drivers/visca/blind.ts'
import {
	decode,
	readFocus,
	readFocusMode,
	readPanTilt,
	readPower,
	readVersion,
	readZoom,
} from '../../../drivers/visca/codec.ts'
import { createSplitter, lineFraming, rawFraming, sonyFraming } from '../../../drivers/visca/framing.ts'
import { linePace } from '../../../drivers/visca/pace.ts'
import type { Message } from '../../../drivers/visca/pending.ts'
import { createSession, type Output, type Session } from '../../../drivers/visca/session.ts'
import { fuzzInputs, mutated, survives } from '../fuzz.ts'
import { bytes, fixture } from '../hex.ts'

/** Replies as the lists have them, from several addresses, and what concerns a whole line. */
const replies = [
	...['90 41 FF', 'A0 42 FF', 'B0 51 FF', '90 50 FF', '90 60 02 FF', '90 60 03 FF', '90 61 04 FF', 'F0 62 41 FF'],
	...['90 50 02 FF', '90 50 01 02 03 04 FF', 'B0 50 00 09 09 00 0F 0E 04 05 FF', '90 50 00 01 05 13 01 02 02 FF'],
	...['88 30 02 FF', '88 30 08 FF', '88 01 00 01 FF', '90 38 FF', '88 38 FF', '83 01 06 01 05 05 02 03 FF'],
].map(bytes)
const datagrams = fixture('sony-visca-over-ip.hex').map((frame) => frame.bytes)

/** Whatever a wire brings: noise, what was right once, what is right. */
const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), mutated(replies), fc.constantFrom(...replies))
const datagram = fc.oneof(fc.uint8Array({ maxLength: 40 }), mutated(datagrams), fc.constantFrom(...datagrams))
const stream = fc.array(piece, { maxLength: 6 })

describe('whatever arrives', () => {
	it('is decoded without an exception', () => {
		survives(piece, (packet) => assert.equal(typeof decode(packet).kind, 'string'))
	})

	it.each(Object.entries({ readPanTilt, readZoom, readFocus, readFocusMode, readPower, readVersion }))(
		'is read by %s without an exception',
		(_, read) => {
			survives(piece, (payload) => {
				read(payload)
				read(payload.subarray(2, -1))
			})
		},
	)

	it('in whatever pieces, gives the same packets, none longer than sixteen bytes', () => {
		survives(stream, (pieces) => {
			const split = createSplitter()
			const packets = pieces.flatMap((one) => split(one))
			const whole = createSplitter()(Buffer.concat(pieces))
			assert.equal(Buffer.compare(Buffer.concat(packets), Buffer.concat(whole)), 0)
			assert.equal(packets.length, whole.length)
			assert(packets.every(({ length }) => length <= 16))
		})
	})

	it("is read as a datagram of Sony's without an exception", () => {
		const framing = sonyFraming()
		survives(datagram, (frame) => {
			assert(framing.read(frame).every(({ kind }) => typeof kind === 'string'))
		})
	})

	it('on a shared line, gives each camera nothing but packets from its address', () => {
		survives(stream, (pieces) => {
			const framing = lineFraming(3)
			for (const incoming of pieces.flatMap((one) => framing.read(one))) {
				assert.equal(incoming.kind === 'reply' && incoming.packet[0], 0xb0)
			}
		})
	})

	it('is read as what concerns a whole line without an exception, and tells of one to seven cameras', () => {
		survives(piece, (packet) => {
			const heard = readBroadcast(packet)
			if (heard?.kind !== 'addressed') return
			assert(heard.cameras >= 1 && heard.cameras <= 7)
		})
	})

	it('leaves the addressing of a line able to come to an end, and to be asked again', () => {
		survives(fc.array(fc.oneof(piece, fc.constantFrom('ask', 'doubt', 'tick')), { maxLength: 30 }), (steps) => {
			const addressing = createAddressing()
			let now = 0
			const wakes = (outputs: AddressingOutput[]) => outputs.some(({ type }) => type === 'wake')
			for (const step of steps) {
				now += 90
				if (step === 'tick') addressing.tick(now)
				else if (typeof step === 'string') addressing.begin(now, step === 'ask')
				else addressing.receive(step, now)
			}
			for (let i = 0; i < 4; i++) {
				now += 600
				addressing.tick(now)
			}
			assert(!wakes(addressing.tick(now)))
			assert(wakes(addressing.begin(now, false)))
			// Half a packet of what came before may swallow one.
			addressing.receive(bytes('FF'), now)
			const told = addressing.receive(bytes('88 30 05 FF'), now)
			assert(told.some((output) => output.type === 'settled' && output.cameras === 4))
		})
	})
})

const drive: Message = { kind: 'drive', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 5, tilt: 0 } }
const stop: Message = { kind: 'stop', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 0, tilt: 0 } }
const home: Message = { kind: 'act', command: { kind: 'home' }, axes: ['pan-tilt'], limitMs: 900 }
const ask: Message = { kind: 'inquiry', inquiry: 'zoom' }
const messages = { drive, stop, home, ask }
const verbs = ['drive', 'stop', 'home', 'ask', 'tick', 'turn'] as const
const step = fc.oneof(fc.constantFrom(...verbs), piece, datagram)

/** Drives a session through the steps and then leaves it alone with a silent camera. */
function endure(session: Session, steps: ((typeof verbs)[number] | Uint8Array)[], inTurn: boolean) {
	const open = new Set<number>()
	/** What waits for its turn on the line. */
	let queue: Uint8Array[] = []
	let now = 1_000
	let id = 0

	function note(outputs: Output[]): boolean {
		for (const output of outputs) {
			// Told twice, or told of what was never asked, would be as bad as never.
			if (output.type === 'settled') assert(open.delete(output.id))
			if (output.type === 'write' && inTurn) queue.push(output.bytes)
			if (output.type === 'withdraw') {
				assert(queue.includes(output.bytes))
				queue = queue.filter((bytes) => bytes !== output.bytes)
			}
		}
		return outputs.some(({ type }) => type === 'wake')
	}

	function turn(): boolean {
		const bytes = queue.shift()
		return bytes ? note(session.sent(bytes, now)) : false
	}

	note(session.begin())
	for (const one of steps) {
		now += 40
		if (typeof one !== 'string') note(session.receive(one, now))
		else if (one === 'tick') note(session.tick(now))
		else if (one === 'turn') turn()
		else {
			open.add(++id)
			note(session.submit(id, messages[one], now))
			// What would move the camera again must not stand in line behind its stop.
			if (one === 'stop') assert(!queue.some(moves))
		}
	}
	for (let i = 0; i < 200; i++) {
		now += 50
		while (queue.length > 0) turn()
		if (!note(session.tick(now)) && queue.length === 0) break
	}
	assert.deepEqual([...open], [])
}

/** A pan-tilt drive that is no stop, or a way home. */
function moves(bytes: Uint8Array): boolean {
	if (bytes[1] !== 0x01 || bytes[2] !== 0x06) return false
	return bytes[3] === 0x04 || (bytes[3] === 0x01 && !(bytes[6] === 0x03 && bytes[7] === 0x03))
}

describe('whatever arrives leaves a session able to end all that was asked', () => {
	it.each<[string, () => Session, boolean]>([
		['over IP', () => createSession(sonyFraming()), false],
		['over TCP', () => createSession(rawFraming()), false],
		['on a shared line', () => createSession(lineFraming(1), linePace(1, 1)), true],
		['on a line that is not wired back', () => createBlindSession(1), true],
	])('%s', (_, begin, inTurn) => {
		// No parser: each of these is a whole conversation of up to two dozen of their inputs.
		const conversations = Math.ceil(fuzzInputs / 4)
		survives(fc.array(step, { maxLength: 24 }), (steps) => endure(begin(), steps, inTurn), conversations)
	})
})
