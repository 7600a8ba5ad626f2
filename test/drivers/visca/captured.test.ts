import { describe, expect, it } from 'vitest'
import { encode, encodeInquiry, readFocusMode, readPanTilt, readPower, readZoom } from '../../../drivers/visca/codec.ts'
import { lineFraming, sonyFraming } from '../../../drivers/visca/framing.ts'
import { linePace } from '../../../drivers/visca/pace.ts'
import type { Message } from '../../../drivers/visca/pending.ts'
import { createSession } from '../../../drivers/visca/session.ts'
import { fixture, notation } from '../hex.ts'
import { converse } from './converse.ts'

/** Conversations with real cameras, as others have logged them. */

describe('A Sony BRC-300 on a serial line', () => {
	const wire = fixture('sony-brc-300.hex')
	const [stopAtZero, , , , tele, , , wide] = wire.map((frame) => notation(frame.bytes))
	const answers = wire.filter(({ sent }) => !sent).map((frame) => notation(frame.bytes))

	it('is told to zoom as it was told there', () => {
		expect(notation(encode({ kind: 'zoom', speed: 2 }))).toBe(tele)
		expect(notation(encode({ kind: 'zoom', speed: 0 }))).toBe(wide)
	})

	it('is stopped with speeds that it does not refuse', () => {
		expect(stopAtZero).toBe('81 01 06 01 00 00 03 03 FF')
		expect(notation(encode({ kind: 'pan-tilt', pan: 0, tilt: 0 }))).toBe('81 01 06 01 01 01 03 03 FF')
	})

	it('is understood when it refuses, acknowledges and completes', () => {
		const talk = converse(createSession(lineFraming(1), linePace(1, 1)))
		const zoom = (speed: number): Message => ({ kind: 'drive', axis: 'zoom', command: { kind: 'zoom', speed } })
		const harder: Message = { kind: 'stop', axis: 'pan-tilt', command: { kind: 'zero-speed' } }
		const [refusal = '', , ack = '', completion = ''] = answers
		expect(talk.tell(0, harder)).toEqual([`urgent ${stopAtZero}`])
		talk.sent(0, String(stopAtZero))
		expect(talk.hear(25, refusal)).toEqual(['1: rejected'])
		talk.tell(1_000, zoom(2))
		talk.sent(1_000, String(tele))
		expect(talk.hear(1_042, ack)).toEqual(['2: done'])
		expect(talk.hear(1_055, completion)).toEqual([])
		expect(talk.tell(1_072, { kind: 'stop', axis: 'zoom', command: { kind: 'zoom', speed: 0 } })).toEqual([
			`urgent ${wide}`,
		])
		talk.sent(1_072, String(wide))
		expect(talk.hear(1_109, ack)).toEqual(['3: done'])
	})
})

describe('A BirdDog P200 over IP', () => {
	const wire = fixture('birddog-p200.hex')

	it('is asked as it was asked there', () => {
		const framing = sonyFraming()
		const asked = (['power', 'focus-mode', 'zoom', 'pan-tilt'] as const).map((inquiry, i) =>
			notation(framing.wrap('inquiry', [0x2f4a, 0x2f5a, 0x2f5c, 0x2f5d][i] ?? 0, encodeInquiry(inquiry))),
		)
		expect(asked).toEqual(wire.filter(({ sent }) => sent).map((frame) => notation(frame.bytes)))
	})

	it('says that it is on, focuses by itself, and where it looks', () => {
		const answers = wire.filter(({ sent }) => !sent).flatMap((frame) => sonyFraming().read(frame.bytes))
		const [power, mode, zoom, at] = answers.map((one) =>
			one.kind === 'reply' ? one.packet.slice(2, -1) : new Uint8Array(),
		)
		expect(readPower(power as Uint8Array)).toBe('on')
		expect(readFocusMode(mode as Uint8Array)).toBe('auto')
		expect(readZoom(zoom as Uint8Array)).toBe(0)
		expect(readPanTilt(at as Uint8Array)).toEqual({ pan: -394, tilt: -205 })
	})
})
