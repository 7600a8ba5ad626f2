import { describe, expect, it } from 'vitest'
import {
	type Command,
	decode,
	encode,
	encodeInquiry,
	headerFrom,
	type Inquiry,
	type Reply,
	readFocus,
	readFocusMode,
	readPanTilt,
	readPower,
	readVersion,
	readZoom,
} from '../../../drivers/visca/codec.ts'
import { modelOf } from '../../../drivers/visca/models.ts'
import { bytes, notation } from '../hex.ts'

const four = { pan: 4, tilt: 4 } as const
const far = { kind: 'pan-tilt-to', panSpeed: 0x18, tiltSpeed: 0x14 } as const

/** EVI-D70 Technical Manual, "Command List (4/4)"; PTZOptics VISCA list rev 1.2; Sony SRG-X400 list (7/8). */
const commands: [string, Command, string][] = [
	['left', { kind: 'pan-tilt', pan: -9, tilt: 0 }, '81 01 06 01 09 01 01 03 FF'],
	['right and up', { kind: 'pan-tilt', pan: 24, tilt: 20 }, '81 01 06 01 18 14 02 01 FF'],
	['down', { kind: 'pan-tilt', pan: 0, tilt: -3 }, '81 01 06 01 01 03 03 02 FF'],
	['stop, with speeds that no model refuses', { kind: 'pan-tilt', pan: 0, tilt: 0 }, '81 01 06 01 01 01 03 03 FF'],
	['faster than documented', { kind: 'pan-tilt', pan: 99, tilt: -99 }, '81 01 06 01 18 18 02 02 FF'],
	['speed zero', { kind: 'zero-speed' }, '81 01 06 01 00 00 03 03 FF'],
	['to a place', { ...far, pan: 2448, tilt: -443, digits: four }, '81 01 06 02 18 14 00 09 09 00 0F 0E 04 05 FF'],
	[
		'to a place left and up',
		{ ...far, pan: -2448, tilt: 1296, digits: four },
		'81 01 06 02 18 14 0F 06 07 00 00 05 01 00 FF',
	],
	[
		'to a place in five digits of pan (BRC-H700)',
		{ ...far, pan: -0x8a58, tilt: 0x493d, tiltSpeed: 0, digits: { pan: 5, tilt: 4 } },
		'81 01 06 02 18 00 0F 07 05 0A 08 04 09 03 0D FF',
	],
	[
		'to a place out of all range',
		{ ...far, pan: 1e9, tilt: -1e9, digits: four },
		'81 01 06 02 18 14 07 0F 0F 0F 08 00 00 00 FF',
	],
	['home', { kind: 'home' }, '81 01 06 04 FF'],
	['cancel', { kind: 'cancel', socket: 2 }, '81 22 FF'],
	['zoom stop', { kind: 'zoom', speed: 0 }, '81 01 04 07 00 FF'],
	['zoom tele, fastest', { kind: 'zoom', speed: 8 }, '81 01 04 07 27 FF'],
	['zoom wide, slowest', { kind: 'zoom', speed: -1 }, '81 01 04 07 30 FF'],
	['zoom to the optical end', { kind: 'zoom-to', zoom: 0x4000 }, '81 01 04 47 04 00 00 00 FF'],
	['zoom, never into the digital range', { kind: 'zoom-to', zoom: 0x7ac0 }, '81 01 04 47 04 00 00 00 FF'],
	['autofocus', { kind: 'focus', mode: 'auto' }, '81 01 04 38 02 FF'],
	['manual focus', { kind: 'focus', mode: 'manual' }, '81 01 04 38 03 FF'],
	['focus far', { kind: 'focus', mode: 'far' }, '81 01 04 08 02 FF'],
	['focus near', { kind: 'focus', mode: 'near' }, '81 01 04 08 03 FF'],
	['focus stop', { kind: 'focus', mode: 'stop' }, '81 01 04 08 00 FF'],
	['focus to the far end', { kind: 'focus-to', focus: 0x1000 }, '81 01 04 48 01 00 00 00 FF'],
	['focus near the near end', { kind: 'focus-to', focus: 0xefff }, '81 01 04 48 0E 0F 0F 0F FF'],
	['memory set', { kind: 'preset', action: 'set', slot: 3 }, '81 01 04 3F 01 03 FF'],
	['memory recall', { kind: 'preset', action: 'recall', slot: 15 }, '81 01 04 3F 02 0F FF'],
	[
		'a memory that would look like the terminator',
		{ kind: 'preset', action: 'recall', slot: 255 },
		'81 01 04 3F 02 FE FF',
	],
	['power on', { kind: 'power', on: true }, '81 01 04 00 02 FF'],
	['standby', { kind: 'power', on: false }, '81 01 04 00 03 FF'],
	['IF_Clear', { kind: 'clear' }, '81 01 00 01 FF'],
]

describe('a command', () => {
	it.each(commands)('%s', (_name, command, packet) => {
		expect(notation(encode(command))).toBe(packet)
	})
})

/** EVI-D70 Technical Manual, "VISCA communication specifications": 8x, x = 1..7; replies z0, z = x + 8. */
describe('the address of a camera on a line', () => {
	it('stands in the header of what it is told and asked', () => {
		expect(notation(encode({ kind: 'home' }, 3))).toBe('83 01 06 04 FF')
		expect(notation(encode({ kind: 'cancel', socket: 1 }, 7))).toBe('87 21 FF')
		expect(notation(encode({ kind: 'clear' }, 2))).toBe('82 01 00 01 FF')
		expect(notation(encodeInquiry('version', 5))).toBe('85 09 00 02 FF')
	})

	it('stands, with eight added, in the header of what it answers', () => {
		expect([1, 2, 7].map((address) => headerFrom(address).toString(16))).toEqual(['90', 'a0', 'f0'])
	})
})

/** EVI-D70 Technical Manual, "Inquiry Command List". */
const inquiries: [Inquiry, string][] = [
	['version', '81 09 00 02 FF'],
	['power', '81 09 04 00 FF'],
	['pan-tilt', '81 09 06 12 FF'],
	['zoom', '81 09 04 47 FF'],
	['focus', '81 09 04 48 FF'],
	['focus-mode', '81 09 04 38 FF'],
]

describe('an inquiry', () => {
	it.each(inquiries)('%s', (inquiry, packet) => {
		expect(notation(encodeInquiry(inquiry))).toBe(packet)
	})
})

/** EVI-D70 Technical Manual, "VISCA Camera-Issued Messages". */
const replies: [string, string, Reply][] = [
	['ACK, socket 1', '90 41 FF', { kind: 'ack', socket: 1 }],
	['ACK from an address that is not ours (PTZOptics G3)', 'A0 42 FF', { kind: 'ack', socket: 2 }],
	['ACK without a socket', '90 40 FF', { kind: 'ack', socket: 0 }],
	['completion', '90 52 FF', { kind: 'completion', socket: 2 }],
	['IF_Clear done', '90 50 FF', { kind: 'completion', socket: 0 }],
	['answer', '90 50 02 FF', { kind: 'answer', payload: Uint8Array.of(2) }],
	['message length', '90 60 01 FF', { kind: 'error', socket: 0, reason: 'length' }],
	['syntax', '90 60 02 FF', { kind: 'error', socket: 0, reason: 'syntax' }],
	['buffer full', '90 60 03 FF', { kind: 'error', socket: 0, reason: 'buffer-full' }],
	['cancelled', '90 61 04 FF', { kind: 'error', socket: 1, reason: 'cancelled' }],
	['no socket', '90 62 05 FF', { kind: 'error', socket: 2, reason: 'no-socket' }],
	['not executable', '90 61 41 FF', { kind: 'error', socket: 1, reason: 'not-executable' }],
	['an error that no list knows', '90 60 77 FF', { kind: 'error', socket: 0, reason: 'other' }],
	['network change', '90 38 FF', { kind: 'unknown' }],
	['no terminator', '90 41 00', { kind: 'unknown' }],
	['nothing', '', { kind: 'unknown' }],
	['longer than any packet', '90 50 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF', { kind: 'unknown' }],
]

describe('a reply', () => {
	it.each(replies)('%s', (_name, packet, reply) => {
		expect(decode(bytes(packet))).toEqual(reply)
	})
})

describe('an answer', () => {
	it('tells pan and tilt in four digits each', () => {
		expect(readPanTilt(bytes('00 09 09 00 0F 0E 04 05'))).toEqual({ pan: 2448, tilt: -443 })
	})

	it('tells pan in five digits and tilt in four or five, on models that count finer', () => {
		expect(readPanTilt(bytes('0F 07 05 0A 08 0E 07 09 06'))).toEqual({ pan: -0x8a58, tilt: -0x186a })
		expect(readPanTilt(bytes('00 09 0C 0A 07 0F 0E 04 05 0B'))).toEqual({ pan: 0x9ca7, tilt: -0x1ba5 })
	})

	it('tells zoom, power and version', () => {
		expect(readZoom(bytes('01 02 03 04'))).toBe(0x1234)
		expect([readPower(bytes('02')), readPower(bytes('03')), readPower(bytes('04'))]).toEqual(['on', 'standby', null])
		expect(readVersion(bytes('00 01 05 13 01 02 02'))).toEqual({ vendor: 1, model: 0x0513, rom: 0x0102 })
	})

	it('tells the lens, which counts beyond what a signed number would', () => {
		expect(readFocus(bytes('0E 0F 0F 0F'))).toBe(0xefff)
		const modes = ['02', '03', '04'].map((mode) => readFocusMode(bytes(mode)))
		expect(modes).toEqual(['auto', 'manual', null])
	})

	it('of another shape tells nothing', () => {
		const strange = bytes('01 02 03')
		expect([readPanTilt(strange), readZoom(strange), readPower(strange), readVersion(strange)]).toEqual([
			null,
			null,
			null,
			null,
		])
	})
})

describe('a model', () => {
	const version = (model: number) => ({ vendor: 1, model })

	it('that nobody knows is taken for what most are', () => {
		expect(modelOf(null)).toMatchObject({ panPerDegree: 14.4, tiltSpeeds: 20 })
		expect(modelOf({ vendor: 0x1234, model: 0x0617 })).toEqual(modelOf(null))
	})

	/** Ends of travel as the manuals write them, in steps. */
	it.each([
		['SRG-X400', 0x0617, [-0x2200, 0x2200], [-0x400, 0x1200]],
		['SRG-120DH', 0x0511, [-0x1400, 0x1400], [-0x500, 0x500]],
		['BRC-X1000', 0x0519, [0x9ca7, -0x9ca7], [-0x1ba5, 0x52ef]],
		['ILME-FR7', 0x051e, [-0x9ca7, 0x9ca7], [-0x1ba5, 0xb3b0]],
	])('%s ends where its manual says', (name, code, pan, tilt) => {
		const model = modelOf(version(code))
		expect(model.name).toContain(name)
		// Within the rounding of the steps for one degree.
		for (const end of [0, 1] as const) {
			expect(Math.abs(model.pan[end] * model.panPerDegree - (pan[end] ?? 0))).toBeLessThan(15)
			expect(Math.abs(model.tilt[end] * model.tiltPerDegree - (tilt[end] ?? 0))).toBeLessThan(15)
		}
	})

	it('yields to the configuration', () => {
		expect(modelOf(version(0x0617), { panPerDegree: 10 })).toMatchObject({ panPerDegree: 10, tiltPerDegree: 51.2 })
	})
})
