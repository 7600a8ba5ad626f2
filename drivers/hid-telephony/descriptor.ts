/**
 * HID report descriptors as values (HID 1.11, 6.2.2). Pure. What a descriptor may ask for is bounded as in Linux, which
 * has read it before us; and as there, a usage without a page belongs to the last page that was declared.
 */

export type DescriptorFault =
	| 'empty'
	| 'too-long'
	/** It ends within an item. */
	| 'cut-short'
	| 'pop-without-push'
	| 'push-too-deep'
	/** A collection is not closed, or one is closed that was never opened. */
	| 'collections'
	| 'delimiters'
	| 'report-id'
	| 'report-too-large'
	| 'too-many-controls'

export class DescriptorError extends Error {
	readonly fault: DescriptorFault

	constructor(fault: DescriptorFault) {
		super(`the report descriptor is malformed: ${fault}`)
		this.fault = fault
	}
}

/** A usage with its page in the upper 16 bits: 0x0b0020. */
interface UsageRange {
	readonly first: number
	readonly last: number
}

/** One thing that a report carries: a value of one usage, or an array of slots that name which of its usages are on. */
export interface Control {
	readonly direction: 'input' | 'output'
	/** 0: the device has no report ids. */
	readonly report: number
	/** From the first bit behind the id. */
	readonly bit: number
	/** Bits of the value, or of one slot. */
	readonly size: number
	/** 1 unless it is an array. */
	readonly slots: number
	/** In order; of a value only one, with `first` and `last` the same. */
	readonly usages: readonly UsageRange[]
	readonly array: boolean
	readonly relative: boolean
	/** It falls back by itself to the value that it has when nobody touches it. */
	readonly preferred: boolean
	readonly min: number
	readonly max: number
	/** Usage of the application collection around it; 0: there is none. */
	readonly application: number
}

export interface Descriptor {
	readonly controls: readonly Control[]
	/** Reports begin with an id. */
	readonly numbered: boolean
	/** Bytes of each output report without its id. */
	readonly outputBytes: ReadonlyMap<number, number>
}

const mostBytes = 4_096
const mostBits = 16_384 * 8
const mostControls = 12_288
const deepest = 64

interface Globals {
	page: number
	min: { unsigned: number; signed: number }
	max: { unsigned: number; signed: number }
	size: number
	count: number
	report: number
}

interface LocalUsage extends UsageRange {
	/** It was written with its own page. */
	readonly extended: boolean
}

interface Locals {
	usages: LocalUsage[]
	minimum: number | null
	delimiter: { open: boolean; branch: number }
}

const zero = { unsigned: 0, signed: 0 }
const fresh = (): Locals => ({ usages: [], minimum: null, delimiter: { open: false, branch: 0 } })

/** Throws a DescriptorError. */
export function parseDescriptor(bytes: Uint8Array): Descriptor {
	if (bytes.length === 0) throw new DescriptorError('empty')
	if (bytes.length > mostBytes) throw new DescriptorError('too-long')
	const controls: Control[] = []
	const collections: { application: number }[] = []
	const stack: Globals[] = []
	/** Bits so far, by direction and report. */
	const bits = new Map<string, number>()
	let globals: Globals = { page: 0, min: zero, max: zero, size: 0, count: 0, report: 0 }
	let locals = fresh()
	let numbered = false

	function main(tag: number, data: number): void {
		if (locals.delimiter.open) throw new DescriptorError('delimiters')
		complete(locals.usages, globals.page)
		if (tag === 0x8) field('input', data)
		else if (tag === 0x9) field('output', data)
		else if (tag === 0xb) field('feature', data)
		else if (tag === 0xa) {
			if (collections.length >= deepest) throw new DescriptorError('collections')
			const around = collections.at(-1)?.application ?? 0
			collections.push({ application: data === 1 ? (locals.usages[0]?.first ?? 0) : around })
		} else if (tag === 0xc && collections.pop() === undefined) throw new DescriptorError('collections')
		locals = fresh()
	}

	function field(direction: Control['direction'] | 'feature', flags: number): void {
		const { size, count, report, min } = globals
		const place = `${direction} ${report}`
		const bit = bits.get(place) ?? 0
		const after = bit + size * count
		if (after > mostBits) throw new DescriptorError('report-too-large')
		bits.set(place, after)
		const constant = (flags & 1) !== 0
		if (constant || direction === 'feature' || size === 0 || size > 32 || locals.usages.length === 0) return
		const array = (flags & 2) === 0
		const shape = {
			...{ direction, report, size, array },
			...{ relative: (flags & 4) !== 0, preferred: (flags & 0x20) === 0 },
			...{ min: min.signed, max: min.signed < 0 ? globals.max.signed : globals.max.unsigned },
			application: collections.at(-1)?.application ?? 0,
		}
		if (controls.length + (array ? 1 : count) > mostControls) throw new DescriptorError('too-many-controls')
		if (array) controls.push({ ...shape, bit, slots: count, usages: locals.usages })
		else
			for (const [i, usages] of spread(locals.usages, count)) {
				controls.push({ ...shape, bit: bit + i * size, slots: 1, usages })
			}
	}

	function global(tag: number, data: Uint8Array): void {
		const value = read(data)
		if (tag === 0x0) globals = { ...globals, page: value.unsigned }
		else if (tag === 0x1) globals = { ...globals, min: value }
		else if (tag === 0x2) globals = { ...globals, max: value }
		else if (tag === 0x7) globals = { ...globals, size: value.unsigned }
		else if (tag === 0x8) {
			if (value.unsigned < 1 || value.unsigned > 255) throw new DescriptorError('report-id')
			numbered = true
			globals = { ...globals, report: value.unsigned }
		} else if (tag === 0x9) globals = { ...globals, count: value.unsigned }
		else if (tag === 0xa) {
			if (stack.length >= deepest) throw new DescriptorError('push-too-deep')
			stack.push(globals)
		} else if (tag === 0xb) {
			const pushed = stack.pop()
			if (!pushed) throw new DescriptorError('pop-without-push')
			globals = pushed
		}
	}

	function local(tag: number, data: Uint8Array): void {
		const { unsigned } = read(data)
		if (tag === 0xa) {
			const { delimiter } = locals
			if (delimiter.open === (unsigned !== 0)) throw new DescriptorError('delimiters')
			delimiter.open = unsigned !== 0
			if (delimiter.open) delimiter.branch += 1
			return
		}
		// Of usages that stand for the same thing the first set counts.
		if (locals.delimiter.branch > 1) return
		const extended = data.length === 4
		const usage = extended ? unsigned : globals.page * 0x1_0000 + unsigned
		if (tag === 0x0) locals.usages.push({ first: usage, last: usage, extended })
		else if (tag === 0x1) locals.minimum = usage
		else if (tag === 0x2 && locals.minimum !== null) {
			const first = locals.minimum
			locals.minimum = null
			if (first <= usage) locals.usages.push({ first, last: usage, extended })
		}
	}

	for (let at = 0; at < bytes.length; ) {
		const prefix = bytes[at] ?? 0
		if (prefix === 0xfe) {
			// A long item: its size, its tag, its data. None has ever been given a meaning.
			at += 3 + (bytes[at + 1] ?? 0)
			if (at > bytes.length) throw new DescriptorError('cut-short')
			continue
		}
		const length = [0, 1, 2, 4][prefix & 3] ?? 0
		const data = bytes.subarray(at + 1, at + 1 + length)
		if (data.length < length) throw new DescriptorError('cut-short')
		at += 1 + length
		const tag = prefix >> 4
		const type = (prefix >> 2) & 3
		if (type === 0) main(tag, read(data).unsigned)
		else if (type === 1) global(tag, data)
		else if (type === 2) local(tag, data)
	}
	if (collections.length > 0) throw new DescriptorError('collections')
	if (locals.delimiter.open) throw new DescriptorError('delimiters')
	return { controls, numbered, outputBytes: outputBytesOf(bits) }
}

/** Little-endian, of 0, 1, 2 or 4 bytes. */
function read(data: Uint8Array): { unsigned: number; signed: number } {
	const unsigned = data.reduce((sum, byte, i) => sum + byte * 2 ** (8 * i), 0)
	const half = 2 ** (8 * data.length - 1)
	return { unsigned, signed: data.length > 0 && unsigned >= half ? unsigned - 2 * half : unsigned }
}

/** Gives usages the page that was declared after them, unless that page was already in use among them (as Linux does). */
function complete(usages: LocalUsage[], page: number): void {
	for (let i = usages.length - 1; i >= 0; i--) {
		const usage = usages[i]
		if (!usage || usage.extended) continue
		if (Math.floor(usage.first / 0x1_0000) === page) return
		const at = (full: number) => page * 0x1_0000 + (full % 0x1_0000)
		usages[i] = { first: at(usage.first), last: at(usage.last), extended: false }
	}
}

/** One usage for each of `count` values; the last one is also that of all that are left. */
function* spread(usages: readonly UsageRange[], count: number): Generator<[number, [UsageRange]]> {
	let range = 0
	let offset = 0
	for (let i = 0; i < count; i++) {
		const { first, last } = usages[range] ?? { first: 0, last: 0 }
		const usage = Math.min(first + offset, last)
		yield [i, [{ first: usage, last: usage }]]
		if (usage < last) offset += 1
		else if (range < usages.length - 1) {
			range += 1
			offset = 0
		}
	}
}

function outputBytesOf(bits: ReadonlyMap<string, number>): Map<number, number> {
	const outputs = [...bits].flatMap(([place, length]): [number, number][] => {
		const [direction, report] = place.split(' ')
		return direction === 'output' ? [[Number(report), Math.ceil(length / 8)]] : []
	})
	return new Map(outputs)
}
