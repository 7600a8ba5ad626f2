import { describe, expect, it } from 'vitest'
import { DescriptorError, parseDescriptor } from '../../../drivers/hid-telephony/descriptor.ts'
import { layoutOf, readInput } from '../../../drivers/hid-telephony/layout.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { bytes, notation } from '../hex.ts'

/** Report descriptors in the notation of HID 1.11 (6.2.2) and the usage tables. */

const parse = (text: string) => parseDescriptor(bytes(text))
const places = (text: string) =>
	parse(text).controls.map(({ direction, report, bit, size, usages }) => [
		...[direction, report, bit, size],
		usages.flatMap(({ first, last }) => (first === last ? first : [first, last])),
	])
const inside = (items: string) => `05 0B 09 05 A1 01 ${items} C0`

describe('A report descriptor', () => {
	it('places values one behind the other, each direction and report for itself', () => {
		const text = inside(
			'85 01 75 01 95 01 09 20 81 22 09 2F 81 06 05 08 09 17 91 22 85 02 09 09 91 22 05 0B 09 21 81 06',
		)
		expect(places(text)).toEqual([
			['input', 1, 0, 1, [0x0b0020]],
			['input', 1, 1, 1, [0x0b002f]],
			['output', 1, 0, 1, [0x080017]],
			['output', 2, 0, 1, [0x080009]],
			['input', 2, 0, 1, [0x0b0021]],
		])
	})

	it('skips padding and values that have no usage, and counts their bits', () => {
		expect(places(inside('75 03 95 01 81 01 75 07 81 02 75 01 09 20 81 22'))).toEqual([['input', 0, 10, 1, [0x0b0020]]])
	})

	it('gives a range of usages out in order, and the last one to all that are left', () => {
		expect(places(inside('19 20 29 21 75 02 95 04 81 02')).map(([, , bit, , usage]) => [bit, usage])).toEqual([
			...[
				[0, [0x0b0020]],
				[2, [0x0b0021]],
				[4, [0x0b0021]],
				[6, [0x0b0021]],
			],
		])
	})

	it('keeps what was pushed', () => {
		const text = inside('75 01 95 01 A4 05 08 75 08 09 17 91 02 B4 09 20 81 22')
		expect(places(text)).toEqual([
			['output', 0, 0, 8, [0x080017]],
			['input', 0, 0, 1, [0x0b0020]],
		])
	})

	it('lets a usage have its own page, and one without belong to the page declared last', () => {
		const four = inside('75 01 95 01 0B 20 00 0B 00 05 0C 81 22')
		expect(places(four)).toEqual([['input', 0, 0, 1, [0x0b0020]]])
		const late = inside('75 01 95 01 09 E9 05 0C 81 02')
		expect(places(late)).toEqual([['input', 0, 0, 1, [0x0c00e9]]])
		const both = inside('75 01 95 02 09 07 05 09 09 01 81 06')
		expect(places(both).map(([, , , , usage]) => usage)).toEqual([[0x0b0007], [0x090001]])
	})

	it('passes over long items, reserved ones and what a delimiter offers instead', () => {
		expect(places(inside('FE 03 10 01 02 03 75 01 95 01 0C 09 20 81 22'))).toHaveLength(1)
		expect(places(inside('75 01 95 01 A9 01 09 20 A9 00 A9 01 09 21 A9 00 81 22'))).toEqual([
			['input', 0, 0, 1, [0x0b0020]],
		])
	})

	it.each([
		['empty', ''],
		['cut-short', '05'],
		['cut-short', '06 01'],
		['cut-short', 'FE 09 00 01'],
		['pop-without-push', 'B4'],
		['push-too-deep', 'A4 '.repeat(65)],
		['collections', 'C0'],
		['collections', '05 0B 09 05 A1 01'],
		['collections', 'A1 01 '.repeat(65)],
		['delimiters', 'A9 01 81 02'],
		['delimiters', 'A9 00'],
		['report-id', '85 00'],
		['report-id', '86 00 01'],
		['report-too-large', '75 20 97 FF FF FF FF 81 01'],
		['too-many-controls', `${inside('75 01 96 FF 7F 09 20 81 02')}`],
		['too-long', '05 0B '.repeat(2_049)],
	])('is refused as %s', (fault, text) => {
		expect(() => parse(text)).toThrow(DescriptorError)
		expect(() => parse(text)).toThrow(expect.objectContaining({ fault }))
	})
})

describe('A layout', () => {
	/** Collection, then Usage, count and flags of one input. */
	const kindOf = (usage: string, flags: string, min = '00') =>
		layoutOf(parse(inside(`15 ${min} 25 01 75 02 95 01 ${usage} 81 ${flags}`)))?.capabilities

	it.each([
		['hook', '09 20', '22', '00', 'level'],
		['hook', '09 20', '02', '00', 'level'],
		['hook', '09 20', '06', '00', 'one-shot'],
		['mute', '09 2F', '22', '00', 'level'],
		['mute', '09 2F', '02', '00', 'one-shot'],
		['mute', '09 2F', '06', '00', 'one-shot'],
		['mute', '09 2F', '26', 'FF', 'three-state'],
		['mute', '09 2F', '00', '01', 'one-shot'],
	] as const)('tells how a %s (%s) with the flags %s speaks', (name, usage, flags, min, kind) => {
		expect(kindOf(usage, flags, min)?.[name]).toBe(kind)
	})

	it('reads a button of an array', () => {
		const layout = layoutOf(parse(inside('15 01 25 03 75 04 95 02 09 20 09 2F 09 26 81 00')))
		const { mute, drop } = layout?.inputs ?? {}
		if (!mute || !drop) throw new Error('not found')
		expect([readInput(mute, bytes('02'), false), readInput(drop, bytes('02'), false)]).toEqual([1, 0])
		expect([readInput(mute, bytes('32'), false), readInput(drop, bytes('32'), false)]).toEqual([1, 1])
		expect(readInput(mute, bytes(''), false)).toBeNull()
	})

	it('takes no value from out of its range, nor from a report that is too short or another one', () => {
		const hook = layoutOf(parse(inside('85 02 15 00 25 01 75 04 95 01 09 20 81 22')))?.inputs.hook
		if (!hook) throw new Error('not found')
		expect(['02 01', '02 00', '02 03', '02', '03 01', ''].map((it) => readInput(hook, bytes(it), true))).toEqual([
			...[1, 0, null, null, null, null],
		])
	})

	it('takes a button of a gamepad for no telephone', () => {
		expect(layoutOf(parse('05 01 09 05 A1 01 05 09 19 01 29 08 15 00 25 01 75 01 95 08 81 02 C0'))).toBeNull()
	})

	const call = { offHook: true, muted: true, ringing: true, held: true }
	const none = { offHook: false, muted: false, ringing: false, held: false }
	it.each([
		['level hook with one-shot mute', ['00 0F'], ['00 00']],
		['report 2 with keypad and ringer', ['02 6F 00'], ['02 00 00']],
		['report 4 that forgets its mute', ['04 0F'], ['04 00']],
		['a report for each key and lamp', ['19 01', '17 01', '18 01', '1A 01'], ['19 00', '17 00', '18 00', '1A 00']],
		['16-bit outputs, not aligned', ['07 F8 FF FF FF FF FF 0F'], ['07 00 00 00 00 00 00 00']],
		['level hook and level mute', ['03 07'], ['03 00']],
		['one-shot hook and three-state mute', ['02 0F'], ['02 00']],
	])('of %s composes the whole call', (kind, lit, dark) => {
		const model = phoneModels.find((model) => model.kind === kind)
		const layout = model && layoutOf(parseDescriptor(new VirtualPhone(model).descriptor))
		expect(layout?.compose(call).map(notation)).toEqual(lit)
		expect(layout?.compose(none).map(notation)).toEqual(dark)
	})
})
