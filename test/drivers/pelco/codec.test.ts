import { describe, expect, it } from 'vitest'
import { type Axis, type Command, createReader, encode, encodeQuestion } from '../../../drivers/pelco/codec.ts'
import { degreesOf, presetOf, stepsOf } from '../../../drivers/pelco/model.ts'
import { bytes, notation } from '../hex.ts'

/** Pelco D Protocol Manual (TF-0002, version 2 revision 1); its tables give the bytes, its formula the checksum. */

const drive = (over: Partial<Extract<Command, { kind: 'drive' }>>): Command => ({
	...{ kind: 'drive', pan: 0, tilt: 0, zoom: 0, focus: null },
	...over,
})

const frames: [what: string, address: number, Command, string][] = [
	// "Standard commands": command 1 and 2 by bits, byte 5 pan speed, byte 6 tilt speed.
	['pan right', 1, drive({ pan: 0x20 }), 'FF 01 00 02 20 00 23'],
	['pan left at high speed', 2, drive({ pan: -0x3f }), 'FF 02 00 04 3F 00 45'],
	['tilt up', 1, drive({ tilt: 0x10 }), 'FF 01 00 08 00 10 19'],
	['tilt down', 1, drive({ tilt: -0x10 }), 'FF 01 00 10 00 10 21'],
	['left and down', 2, drive({ pan: -0x3f, tilt: -0x20 }), 'FF 02 00 14 3F 20 75'],
	['right and up', 1, drive({ pan: 1, tilt: 1 }), 'FF 01 00 0A 01 01 0D'],
	['zoom tele', 1, drive({ zoom: 1 }), 'FF 01 00 20 00 00 21'],
	['zoom wide', 1, drive({ zoom: -1 }), 'FF 01 00 40 00 00 41'],
	['focus far', 1, drive({ focus: 'far' }), 'FF 01 00 80 00 00 81'],
	['focus near', 1, drive({ focus: 'near' }), 'FF 01 01 00 00 00 02'],
	['all at once', 1, drive({ pan: 0x20, tilt: -0x08, zoom: 1, focus: 'near' }), 'FF 01 01 32 20 08 5C'],
	['no step faster than high speed', 1, drive({ pan: 0x7f }), 'FF 01 00 02 3F 00 42'],
	['stop', 1, { kind: 'stop' }, 'FF 01 00 00 00 00 01'],
	['stop of the last address', 255, { kind: 'stop' }, 'FF FF 00 00 00 00 FF'],
	['camera on', 1, { kind: 'power', on: true }, 'FF 01 88 00 00 00 89'],
	['camera off', 1, { kind: 'power', on: false }, 'FF 01 08 00 00 00 09'],
	// "Extended commands": bit 0 of command 2 is set.
	['set preset', 1, { kind: 'preset', action: 'set', preset: 5 }, 'FF 01 00 03 00 05 09'],
	['clear preset', 1, { kind: 'preset', action: 'clear', preset: 5 }, 'FF 01 00 05 00 05 0B'],
	['go to preset', 1, { kind: 'preset', action: 'goto', preset: 5 }, 'FF 01 00 07 00 05 0D'],
	['go to zero pan', 1, { kind: 'preset', action: 'goto', preset: 0x22 }, 'FF 01 00 07 00 22 2A'],
	['set auxiliary', 3, { kind: 'auxiliary', number: 1, on: true }, 'FF 03 00 09 00 01 0D'],
	['clear auxiliary', 3, { kind: 'auxiliary', number: 1, on: false }, 'FF 03 00 0B 00 01 0F'],
	['zoom speed', 1, { kind: 'zoom-speed', speed: 3 }, 'FF 01 00 25 00 03 29'],
	['autofocus', 1, { kind: 'autofocus', on: true }, 'FF 01 00 2B 00 00 2C'],
	['focus by hand', 1, { kind: 'autofocus', on: false }, 'FF 01 00 2B 00 02 2E'],
	// "Set pan position": 4500 (1194) for 45 degrees. "Set tilt position": 33000 (80E8) for 30 degrees above the horizon.
	['pan to 45 degrees', 1, { kind: 'go', axis: 'pan', steps: 4500 }, 'FF 01 00 4B 11 94 F1'],
	['tilt to 30 degrees above', 1, { kind: 'go', axis: 'tilt', steps: 33000 }, 'FF 01 00 4D 80 E8 B6'],
	// "Set zoom position": 1781 (06F5) for ×5 of ×184.
	['zoom to 5 of 184', 1, { kind: 'go', axis: 'zoom', steps: 1781 }, 'FF 01 00 4F 06 F5 4B'],
]

const questions: [Axis, address: number, asked: string, answered: string, steps: number][] = [
	['pan', 1, 'FF 01 00 51 00 00 52', 'FF 01 00 59 11 94 FF', 4500],
	['tilt', 1, 'FF 01 00 53 00 00 54', 'FF 01 00 5B 80 E8 C4', 33000],
	['zoom', 1, 'FF 01 00 55 00 00 56', 'FF 01 00 5D 06 F5 59', 1781],
	// The sync byte may stand anywhere in an answer.
	['pan', 1, 'FF 01 00 51 00 00 52', 'FF 01 00 59 00 FF 59', 255],
	['zoom', 255, 'FF FF 00 55 00 00 54', 'FF FF 00 5D FF FF 5A', 65535],
	// An address with which the start of the answer would be a general response to the question.
	['pan', 8, 'FF 08 00 51 00 00 59', 'FF 08 00 59 00 10 71', 16],
]

describe('A frame', () => {
	it.each(frames)('%s', (_, address, command, expected) => {
		expect(notation(encode(address, command))).toBe(expected)
	})

	it.each(questions)('asks where %s stands', (axis, address, asked) => {
		expect(notation(encodeQuestion(address, axis))).toBe(asked)
	})
})

describe('What comes back', () => {
	const stop = 'FF 01 00 00 00 00 01'

	it.each(questions)('tells where %s stands', (axis, _, asked, answered, steps) => {
		expect(createReader(bytes(asked)).read(bytes(answered))).toEqual({ kind: 'position', axis, steps })
	})

	it('is read in whatever pieces, behind our own frame and noise', () => {
		const [, , asked, answered] = questions[0] as (typeof questions)[number]
		const reader = createReader(bytes(asked))
		const stream = bytes(`00 FF 13 ${asked} 55 FF FF 01 00 ${answered}`)
		const replies = Array.from(stream, (byte) => reader.read(Uint8Array.of(byte))).filter((reply) => reply !== null)
		expect(replies).toEqual([{ kind: 'position', axis: 'pan', steps: 4500 }])
	})

	it.each([
		['a checksum that is wrong', 'FF 01 00 59 11 94 FE'],
		['another address', 'FF 02 00 59 11 94 00'],
		['the answer to another question', 'FF 01 00 5B 80 E8 C4'],
		['our own question', 'FF 01 00 51 00 00 52'],
		['half an answer', 'FF 01 00 59 11'],
		['a third byte that has to be 0', 'FF 01 01 59 11 94 00'],
	])('with %s is no answer', (_, answer) => {
		expect(createReader(bytes('FF 01 00 51 00 00 52')).read(bytes(answer))).toBeNull()
	})

	it.each([
		// "The checksum is the sum of the transmitted command's checksum and the alarm information."
		['without an alarm', stop, 'FF 01 00 01'],
		['with alarm 1', stop, 'FF 01 01 02'],
		['behind our own frame', stop, `${stop} FF 01 00 01`],
		['to a preset', 'FF 01 00 07 00 05 0D', 'FF 01 00 0D'],
	])('says that a command was taken, %s', (_, sent, answer) => {
		expect(createReader(bytes(sent)).read(bytes(answer))).toEqual({ kind: 'taken' })
	})

	it.each([
		['of another command', 'FF 01 00 02'],
		['of another dome', 'FF 02 00 01'],
		['of our own adapter', stop],
		['with an alarm that there is not', 'FF 01 80 81'],
	])('%s says nothing of it', (_, answer) => {
		expect(createReader(bytes(stop)).read(bytes(answer))).toBeNull()
	})

	it('shows that an answer has begun, which our own frame and noise do not', () => {
		const reader = createReader(bytes('FF 01 00 51 00 00 52'))
		const begun = (piece: string) => {
			reader.read(bytes(piece))
			return reader.begun
		}
		expect(begun('00 12 FF 01 00')).toBe(false)
		expect(begun('51 00 00 52')).toBe(false)
		expect(begun('FF 01 00 59')).toBe(true)
	})
})

describe('How a dome counts', () => {
	it.each([
		// "4500: 45 degrees below the horizon, 33000: 30 degrees above it."
		['tilt', 4500, -100, -45],
		['tilt', 33000, -100, 30],
		['tilt', 9000, -100, -90],
		['pan', 4500, 100, 45],
		['pan', 35999, 100, -0.01],
		['pan', 18000, 100, 180],
		['pan', 0, 100, 0],
	])('%s %i', (_, steps, perDegree, degrees) => {
		expect(degreesOf(steps, perDegree)).toBeCloseTo(degrees, 6)
		expect(stepsOf(degrees, perDegree)).toBe(steps)
	})

	it('comes round where it is more than a turn', () => {
		expect(degreesOf(40_500, 100)).toBeCloseTo(45, 6)
		expect(stepsOf(405, 100)).toBe(4500)
	})

	it('leaves out the presets that mean something else', () => {
		const presets = Array.from({ length: 80 }, (_, slot) => presetOf(slot))
		expect(presets.slice(0, 34)).toEqual([...Array.from({ length: 32 }, (_, i) => i + 1), 35, 36])
		expect(presets).not.toContain(95)
		expect(new Set(presets).size).toBe(80)
	})
})
