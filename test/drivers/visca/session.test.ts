import { describe, expect, it } from 'vitest'
import type { Command } from '../../../drivers/visca/codec.ts'
import { type Framing, rawFraming, sonyFraming } from '../../../drivers/visca/framing.ts'
import type { Message } from '../../../drivers/visca/pending.ts'
import { createSession, type Output } from '../../../drivers/visca/session.ts'
import { bytes, notation } from '../hex.ts'

/** Conversations with the session; time is a number. Bytes are told without the frame, as '#number packet'. */
function converse(framing: Framing = sonyFraming()) {
	const session = createSession(framing)
	let lastId = 0
	const told = (outputs: Output[]) =>
		outputs
			.filter((output) => output.type === 'write' || output.type === 'settled')
			.map((output) => (output.type === 'write' ? written(output.bytes) : settled(output)))
	const written = (frame: Uint8Array) => {
		if (!framing.numbered) return notation(frame[0] === 0x01 ? frame.subarray(8) : frame)
		if (frame[0] === 0x02) return 'RESET'
		return `#${new DataView(frame.buffer).getUint32(4)} ${notation(frame.subarray(8))}`
	}
	const settled = ({ id, error, payload }: Output & { type: 'settled' }) =>
		`${id}: ${error ? error.code : payload ? `answer ${notation(payload)}` : 'done'}`
	const frame = (type: number, sequence: number, packet: string) => {
		const payload = bytes(packet)
		return Uint8Array.of(type >> 8, type & 0xff, 0, payload.length, 0, 0, sequence >> 8, sequence & 0xff, ...payload)
	}
	return {
		begin: () => told(session.begin()),
		ask: (now: number, message: Message) => told(session.submit(++lastId, message, now)),
		/** A reply, numbered where the framing is Sony's. */
		hear: (now: number, sequence: number, packet: string) =>
			told(session.receive(framing.reset ? frame(0x0111, sequence, packet) : bytes(packet), now)),
		control: (now: number, sequence: number, packet: string) =>
			told(session.receive(frame(0x0201, sequence, packet), now)),
		tick: (now: number) => told(session.tick(now)),
		/** So many questions, asked and answered: the numbers are then past those that a camera gives that can't count. */
		warmUp(questions: number) {
			for (let i = 0; i < questions; i++) {
				this.ask(0, where)
				this.hear(0, i, '90 50 00 00 00 01 00 00 00 02 FF')
			}
		},
		wakeAt: (now: number) => session.tick(now).find((output) => output.type === 'wake')?.at,
	}
}

const right = (pan: number): Message => ({
	kind: 'drive',
	axis: 'pan-tilt',
	command: { kind: 'pan-tilt', pan, tilt: 0 },
})
const tele: Message = { kind: 'drive', axis: 'zoom', command: { kind: 'zoom', speed: 8 } }
const stop: Message = { kind: 'stop', axis: 'pan-tilt', command: { kind: 'pan-tilt', pan: 0, tilt: 0 } }
const act = (command: Command, axes: ('pan-tilt' | 'zoom')[] = []): Message => ({
	kind: 'act',
	command,
	axes,
	limitMs: 10_000,
})
const home = act({ kind: 'home' }, ['pan-tilt'])
const zoomTo = act({ kind: 'zoom-to', zoom: 0 }, ['zoom'])
const where: Message = { kind: 'inquiry', inquiry: 'pan-tilt' }
const howFar: Message = { kind: 'inquiry', inquiry: 'zoom' }

const stopBytes = '81 01 06 01 01 01 03 03 FF'
const driveBytes = (speed: string) => `81 01 06 01 ${speed} 01 02 03 FF`
const homeBytes = '81 01 06 04 FF'
const full = '90 60 03 FF'

describe('numbers', () => {
	it('begin with a RESET and go up with each new message', () => {
		const talk = converse()
		expect(talk.begin()).toEqual(['RESET'])
		expect(talk.ask(0, home)).toEqual([`#0 ${homeBytes}`])
		expect(talk.ask(0, where)).toEqual(['#1 81 09 06 12 FF'])
	})

	it('tell which of several questions an answer is for', () => {
		const talk = converse()
		talk.ask(0, home)
		talk.ask(0, home)
		talk.ask(0, where)
		talk.ask(0, howFar)
		expect(talk.hear(16, 3, '90 50 01 02 03 04 FF')).toEqual(['4: answer 01 02 03 04'])
		expect(talk.hear(17, 2, '90 50 00 00 00 01 00 00 00 02 FF')).toEqual(['3: answer 00 00 00 01 00 00 00 02'])
	})

	it('are heard whatever address the camera answers from', () => {
		const talk = converse()
		talk.ask(0, stop)
		expect(talk.hear(16, 0, 'A0 41 FF')).toEqual(['1: done'])
	})

	it('that a camera ignores are matched in order instead', () => {
		const talk = converse()
		talk.ask(0, home)
		talk.ask(0, zoomTo)
		talk.ask(0, stop)
		for (const ack of ['90 41 FF', '90 42 FF']) expect(talk.hear(16, 1, ack)).toEqual([])
		expect(talk.hear(20, 1, '90 43 FF')).toEqual(['3: done'])
		expect(talk.hear(900, 1, '90 52 FF')).toEqual(['2: done'])
	})

	it('of what was given up do not confirm what came after it', () => {
		const talk = converse()
		for (let i = 0; i < 3; i++) talk.ask(0, where)
		for (let i = 0; i < 3; i++) talk.hear(1, i, '90 50 00 00 00 01 00 00 00 02 FF')
		talk.ask(2, right(5))
		talk.ask(3, stop)
		expect(talk.hear(18, 3, '90 41 FF')).toEqual([])
		expect(talk.hear(19, 4, '90 42 FF')).toEqual(['5: done'])
	})
})

describe('a command with an end', () => {
	it('is done on its completion, not on its ACK', () => {
		const talk = converse()
		talk.ask(0, home)
		expect(talk.hear(16, 0, '90 41 FF')).toEqual([])
		expect(talk.tick(5_000)).toEqual([])
		expect(talk.hear(6_000, 0, '90 51 FF')).toEqual(['1: done'])
	})

	it('that is never completed ends in a time-out', () => {
		const talk = converse()
		talk.ask(0, home)
		talk.hear(16, 0, '90 41 FF')
		expect(talk.tick(10_016)).toEqual(['1: timeout'])
	})

	it.each([
		['90 60 02 FF', 'syntax'],
		['90 61 41 FF', 'not executable'],
	])('is rejected by %s (%s)', (packet) => {
		const talk = converse()
		talk.ask(0, home)
		expect(talk.hear(16, 0, packet)).toEqual(['1: rejected'])
	})

	it('gives way to a newer one on the same axis', () => {
		const talk = converse()
		talk.ask(0, home)
		talk.hear(16, 0, '90 41 FF')
		expect(talk.ask(500, right(5))).toEqual(['1: rejected', `#1 ${driveBytes('05')}`])
		expect(talk.ask(510, tele)).toEqual(['#2 81 01 04 07 27 FF'])
	})
})

describe('what is not answered', () => {
	it('is sent again under the same number', () => {
		const talk = converse()
		talk.ask(0, home)
		expect(talk.wakeAt(1)).toBe(250)
		expect(talk.tick(249)).toEqual([])
		expect(talk.tick(250)).toEqual([`#0 ${homeBytes}`])
	})

	it("had arrived when the camera then says 'abnormal sequence'", () => {
		const talk = converse()
		talk.begin()
		talk.control(1, 0, '01')
		talk.ask(2, right(5))
		talk.tick(252)
		expect(talk.control(253, 0, '0F 01')).toEqual(['1: done'])
	})

	it('is asked anew when its answer was lost', () => {
		const talk = converse()
		talk.control(1, 0, '01')
		talk.ask(2, where)
		talk.tick(252)
		expect(talk.control(253, 0, '0F 01')).toEqual(['#1 81 09 06 12 FF'])
	})

	it('is told anew when something later may have overtaken it: a lost stop is not taken for obeyed', () => {
		const talk = converse()
		talk.control(1, 0, '01')
		talk.ask(2, stop)
		talk.ask(3, where)
		expect(talk.tick(82)).toEqual([`#0 ${stopBytes}`])
		expect(talk.control(83, 0, '0F 01')).toEqual([`#2 ${stopBytes}`])
	})

	it('three times in a row makes both sides count anew', () => {
		const talk = converse()
		talk.warmUp(5)
		talk.ask(0, home)
		expect(talk.tick(250)).toEqual([`#5 ${homeBytes}`])
		expect(talk.tick(500)).toEqual([`#5 ${homeBytes}`])
		expect(talk.tick(750)).toEqual(['RESET', `#0 ${homeBytes}`])
		expect(talk.tick(1_000)).toEqual(['6: timeout'])
	})

	it('ends in a time-out', () => {
		const talk = converse(rawFraming())
		talk.ask(0, home)
		const seen = [250, 500, 750, 1_000].flatMap((now) => talk.tick(now))
		expect(seen).toEqual([homeBytes, homeBytes, homeBytes, '1: timeout'])
	})
})

describe('a camera that counts from elsewhere', () => {
	it('is reset, and told once more what it refused', () => {
		const talk = converse()
		talk.warmUp(5)
		talk.ask(0, home)
		talk.ask(0, where)
		expect(talk.control(5, 5, '0F 01')).toEqual(['RESET', `#0 ${homeBytes}`, '#1 81 09 06 12 FF'])
		// The refusal of the other one is about the old numbers.
		expect(talk.control(6, 6, '0F 01')).toEqual([])
	})
})

describe('drives', () => {
	it('do not queue up: two without an ACK, and the newest waits', () => {
		const talk = converse()
		expect(talk.ask(0, right(1))).toEqual([`#0 ${driveBytes('01')}`])
		expect(talk.ask(1, right(2))).toEqual(['1: done', `#1 ${driveBytes('02')}`])
		expect(talk.ask(2, right(3))).toEqual(['2: done'])
		expect(talk.ask(3, right(4))).toEqual(['3: done'])
		expect(talk.hear(16, 0, '90 41 FF')).toEqual([`#2 ${driveBytes('04')}`])
		expect(talk.hear(32, 2, '90 41 FF')).toEqual(['4: done'])
	})

	it('of another axis are not touched', () => {
		const talk = converse()
		talk.ask(0, right(1))
		expect(talk.ask(1, tele)).toEqual(['#1 81 01 04 07 27 FF'])
		expect(talk.hear(16, 0, '90 41 FF')).toEqual(['1: done'])
	})

	it('for which there is no room are tried again, the newest instead', () => {
		const talk = converse()
		talk.ask(0, right(1))
		expect(talk.hear(16, 0, full)).toEqual([])
		expect(talk.tick(50)).toEqual([])
		expect(talk.ask(60, right(2))).toEqual(['1: done', `#1 ${driveBytes('02')}`])
		expect(talk.tick(77)).toEqual([])
	})

	it('for which there is no room are tried again by themselves', () => {
		const talk = converse()
		talk.ask(0, right(1))
		talk.hear(16, 0, full)
		expect(talk.wakeAt(17)).toBe(76)
		expect(talk.tick(76)).toEqual([`#1 ${driveBytes('01')}`])
	})
})

describe('a stop', () => {
	it('passes drives that wait or have no ACK, and these are never sent again', () => {
		const talk = converse()
		for (let i = 1; i <= 3; i++) talk.ask(0, right(i))
		expect(talk.ask(1, stop)).toEqual(['3: done', `#2 ${stopBytes}`])
		expect(talk.hear(20, 2, '90 41 FF')).toEqual(['4: done'])
		expect([250, 500, 1_000].flatMap((now) => talk.tick(now))).toEqual([])
	})

	it('passes commands without an ACK and questions', () => {
		const talk = converse()
		talk.ask(0, home)
		talk.ask(0, zoomTo)
		talk.ask(0, where)
		expect(talk.ask(0, stop)).toEqual(['1: rejected', `#3 ${stopBytes}`])
	})

	it('is repeated soon and often until it is confirmed', () => {
		const talk = converse(rawFraming())
		talk.ask(0, stop)
		const seen = [80, 160, 240, 320].flatMap((now) => talk.tick(now))
		expect(seen).toEqual([stopBytes, stopBytes, stopBytes, stopBytes])
		expect(talk.hear(330, 0, '90 41 FF')).toEqual(['1: done'])
		expect(talk.tick(2_000)).toEqual([])
	})

	it('ends in a time-out within 1.2 s where nothing answers', () => {
		const talk = converse()
		talk.ask(0, stop)
		const seen: string[] = []
		for (let now = 0; now <= 1_200; now += 10) seen.push(...talk.tick(now))
		expect(seen.at(-1)).toBe('1: timeout')
		expect(seen.filter((line) => line.endsWith(stopBytes)).length).toBeGreaterThan(8)
	})

	it('that finds journeys in both sockets ends the one of its axis to have room', () => {
		const talk = converse()
		talk.ask(0, home)
		talk.ask(0, zoomTo)
		talk.hear(16, 0, '90 41 FF')
		talk.hear(16, 1, '90 42 FF')
		expect(talk.ask(100, stop)).toEqual(['1: rejected', '#2 81 21 FF', `#3 ${stopBytes}`])
		expect(talk.hear(116, 2, '90 61 04 FF')).toEqual([])
		expect(talk.hear(116, 3, '90 41 FF')).toEqual(['3: done'])
		expect(talk.hear(900, 1, '90 52 FF')).toEqual(['2: done'])
	})

	it('for which there is no room empties the sockets and comes again as a new request', () => {
		const talk = converse()
		talk.ask(100, stop)
		expect(talk.hear(116, 0, full)).toEqual(['#1 81 21 FF', '#2 81 22 FF', `#3 ${stopBytes}`])
		expect(talk.hear(132, 1, '90 61 04 FF')).toEqual([])
		expect(talk.hear(132, 3, '90 41 FF')).toEqual(['1: done'])
		expect(talk.hear(140, 2, '90 62 04 FF')).toEqual([])
	})

	it('is told apart from a second one: each is confirmed by its own ACK', () => {
		const talk = converse()
		talk.warmUp(3)
		talk.ask(0, stop)
		expect(talk.ask(10, stop)).toEqual([`#4 ${stopBytes}`])
		expect(talk.hear(26, 4, '90 41 FF')).toEqual(['5: done'])
		expect(talk.hear(27, 3, '90 41 FF')).toEqual(['4: done'])
	})

	it('gives way to a newer drive, and is not repeated after it', () => {
		const talk = converse()
		talk.ask(0, stop)
		expect(talk.ask(10, right(5))).toEqual(['1: done', `#1 ${driveBytes('05')}`])
		talk.hear(26, 1, '90 41 FF')
		expect(talk.tick(80)).toEqual([])
	})
})

describe('without numbers', () => {
	it('one question is asked at a time', () => {
		const talk = converse(rawFraming())
		expect(talk.ask(0, where)).toEqual(['81 09 06 12 FF'])
		expect(talk.ask(0, howFar)).toEqual([])
		expect(talk.hear(16, 0, '90 50 00 00 00 01 00 00 00 02 FF')).toEqual([
			'1: answer 00 00 00 01 00 00 00 02',
			'81 09 04 47 FF',
		])
	})

	it('an answer of the wrong length is not taken for this one', () => {
		const talk = converse(rawFraming())
		talk.ask(0, howFar)
		expect(talk.hear(16, 0, '90 50 00 00 00 01 00 00 00 02 FF')).toEqual([])
		expect(talk.hear(17, 0, '90 50 00 00 00 01 FF')).toEqual(['1: answer 00 00 00 01'])
	})

	it('completions are told apart by their sockets', () => {
		const talk = converse(rawFraming())
		talk.ask(0, home)
		talk.ask(0, zoomTo)
		expect(talk.hear(16, 0, '90 41 FF 90 42 FF')).toEqual([])
		expect(talk.hear(900, 0, '90 52 FF')).toEqual(['2: done'])
		expect(talk.hear(901, 0, '90 51 FF')).toEqual(['1: done'])
	})

	it("a drive's completion does not confirm the stop after it", () => {
		const talk = converse(rawFraming())
		talk.ask(0, right(5))
		talk.hear(16, 0, '90 41 FF')
		talk.ask(17, stop)
		expect(talk.hear(18, 0, '90 51 FF')).toEqual([])
		expect(talk.hear(34, 0, '90 41 FF')).toEqual(['2: done'])
	})

	it('the ACK of a drive that the stop made void does not confirm the stop', () => {
		const talk = converse(rawFraming())
		talk.ask(0, right(5))
		talk.ask(1, stop)
		expect(talk.hear(16, 0, '90 41 FF')).toEqual([])
		expect(talk.hear(17, 0, '90 42 FF')).toEqual(['2: done'])
	})

	it('a second ACK of a stop that was sent twice is not taken for IF_Clear, which has none', () => {
		const talk = converse(rawFraming())
		talk.ask(0, stop)
		expect(talk.tick(80)).toEqual([stopBytes])
		expect(talk.hear(90, 0, '90 41 FF')).toEqual(['1: done'])
		talk.ask(91, act({ kind: 'clear' }))
		expect(talk.hear(92, 0, '90 41 FF')).toEqual([])
		expect(talk.hear(107, 0, '90 50 FF')).toEqual(['2: done'])
	})

	it('an error without a socket is for the oldest command without an ACK', () => {
		const talk = converse(rawFraming())
		talk.ask(0, home)
		talk.hear(16, 0, '90 41 FF')
		talk.ask(17, zoomTo)
		expect(talk.hear(33, 0, '90 60 41 FF')).toEqual(['2: rejected'])
	})
})
