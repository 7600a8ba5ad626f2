/**
 * Regular expressions of the configuration, matched against what a device sends. JavaScript's own matcher tries every
 * way, which for some patterns takes longer than the world lasts; here each (instruction, place in the line) is tried once,
 * so that any pattern costs no more than its length times the line's. Price: no look-around and no backreferences.
 */

export interface Pattern {
	/** The text of the group `seat`; null: the line does not match. */
	match(line: string): string | null
}

/** Says in words what is wrong with a pattern. */
export class PatternError extends Error {}

type Step =
	| { op: 'take'; takes(char: string): boolean }
	/** Goes on at `first`, and at `second` should that fail. */
	| { op: 'fork'; first: number; second: number }
	| { op: 'jump'; to: number }
	| { op: 'assert'; holds(before: string | undefined, after: string | undefined): boolean }
	| { op: 'seat'; edge: 'start' | 'end' }
	| { op: 'match' }

/** A part of a pattern: it appends its steps. */
interface Part {
	emit(program: Step[]): void
	/** The group `seat` is in it. */
	seat: boolean
	/** It may match nothing. */
	empty: boolean
}

const mostSteps = 1_000
const mostRepeats = 100
const tokens =
	/\\(?:[xX][0-9a-fA-F]{2}|u\{[^}]*\}|u[0-9a-fA-F]{4}|c[A-Za-z]|[pP]\{[^}]*\}|k<[^>]*>|[1-9]\d*|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<[A-Za-z_$][\w$]*>|<?[=!]|[^<(]*?:))?|\{\d+(?:,\d*)?\}\??|[*+?]\??|./gsu

/** Throws a PatternError. */
export function compilePattern(source: string): Pattern {
	checkSyntax(source)
	const whole = parse(source.match(tokens) ?? [])
	if (!whole.seat) throw new PatternError('it has no group (?<seat>…)')
	const program: Step[] = []
	whole.emit(program)
	program.push({ op: 'match' })
	return { match: (line) => run(program, [...line]) }
}

/** What is wrong for JavaScript is wrong here: the parser below only sees what makes sense. */
function checkSyntax(source: string): void {
	try {
		new RegExp(source, 'u')
	} catch (error) {
		const told = error instanceof Error ? error.message : String(error)
		throw new PatternError(told.replace(/^.*\/u: /s, '').toLowerCase())
	}
}

function parse(list: readonly string[]): Part {
	let next = 0

	function alternatives(): Part {
		const branches = [sequence()]
		while (list[next] === '|') {
			next += 1
			branches.push(sequence())
		}
		return branches.reduceRight((rest, branch) => either(branch, rest))
	}

	function sequence(): Part {
		const parts: Part[] = []
		for (let token = list[next]; token !== undefined && token !== '|' && token !== ')'; token = list[next]) {
			next += 1
			parts.push(repeated(atom(token)))
		}
		return {
			seat: parts.some(({ seat }) => seat),
			empty: parts.every(({ empty }) => empty),
			emit(program) {
				for (const { emit } of parts) emit(program)
			},
		}
	}

	function repeated(part: Part): Part {
		const quantifier = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)$/.exec(list[next] ?? '')
		if (!quantifier) return part
		next += 1
		const [, sign, least = '', comma, most, lazy] = quantifier
		if (part.seat) throw new PatternError('the group (?<seat>…) must not be repeated or optional')
		// JavaScript has rules of its own for rounds that take nothing, and nobody needs them.
		if (part.empty) throw new PatternError('a part that may match nothing must not be repeated or optional')
		const min = sign ? (sign === '+' ? 1 : 0) : Number(least)
		const max = sign ? (sign === '?' ? 1 : null) : comma ? (most ? Number(most) : null) : min
		if (Math.max(min, max ?? 0) > mostRepeats) throw new PatternError(`it repeats more than ${mostRepeats} times`)
		return repeat(part, min, max, lazy === '?')
	}

	function atom(token: string): Part {
		if (token.startsWith('(')) {
			if (token.endsWith('=') || token.endsWith('!'))
				throw new PatternError('looking ahead or behind is not possible here')
			if (token.startsWith('(?') && token !== '(?:' && !token.startsWith('(?<')) {
				throw new PatternError(`'${token}' is not possible here`)
			}
			const inner = alternatives()
			next += 1 // its ')'
			return token === '(?<seat>' ? seat(inner) : inner
		}
		if (/^\\(?:[1-9]|k<)/.test(token)) throw new PatternError('backreferences are not possible here')
		if (token === '^') return one({ op: 'assert', holds: (before) => before === undefined })
		if (token === '$') return one({ op: 'assert', holds: (_, after) => after === undefined })
		if (token === '\\b') return one({ op: 'assert', holds: (before, after) => isWord(before) !== isWord(after) })
		if (token === '\\B') return one({ op: 'assert', holds: (before, after) => isWord(before) === isWord(after) })
		return one({ op: 'take', takes: taker(token) })
	}

	return alternatives()
}

/** What a single character, escape or class stands for, as JavaScript has it. */
function taker(token: string): (char: string) => boolean {
	const single = new RegExp(`^${token}$`, 'u')
	const ascii = Array.from({ length: 128 }, (_, code) => single.test(String.fromCharCode(code)))
	return (char) => ascii[char.codePointAt(0) ?? 0] ?? single.test(char)
}

const isWord = (char: string | undefined) => char !== undefined && /^\w$/.test(char)

function one(step: Step): Part {
	return { seat: false, empty: step.op !== 'take', emit: (program) => void push(program, step) }
}

function seat(inner: Part): Part {
	return {
		seat: true,
		empty: inner.empty,
		emit(program) {
			push(program, { op: 'seat', edge: 'start' })
			inner.emit(program)
			push(program, { op: 'seat', edge: 'end' })
		},
	}
}

function either(one: Part, other: Part): Part {
	return {
		seat: one.seat || other.seat,
		empty: one.empty || other.empty,
		emit(program) {
			const fork = { op: 'fork' as const, first: program.length + 1, second: 0 }
			push(program, fork)
			one.emit(program)
			const skip = { op: 'jump' as const, to: 0 }
			push(program, skip)
			fork.second = program.length
			other.emit(program)
			skip.to = program.length
		},
	}
}

/** As many copies as must be, then a loop or as many as may be. */
function repeat(part: Part, min: number, max: number | null, lazy: boolean): Part {
	return {
		seat: false,
		empty: min === 0,
		emit(program) {
			for (let i = 0; i < min; i++) part.emit(program)
			if (max === null) {
				const at = program.length
				const loop = fork(program, lazy, part)
				push(program, { op: 'jump', to: at })
				loop()
				return
			}
			const exits = Array.from({ length: max - min }, () => fork(program, lazy, part))
			for (const exit of exits) exit()
		},
	}
}

/** The part or nothing; the result leads the nothing to where the program then ends. */
function fork(program: Step[], lazy: boolean, part: Part): () => void {
	const step = { op: 'fork' as const, first: 0, second: 0 }
	push(program, step)
	const body = program.length
	part.emit(program)
	return () => {
		step.first = lazy ? program.length : body
		step.second = lazy ? body : program.length
	}
}

function push(program: Step[], step: Step): void {
	if (program.length >= mostSteps) throw new PatternError('it is too long once its repetitions are written out')
	program.push(step)
}

function run(program: readonly Step[], line: readonly string[]): string | null {
	const width = line.length + 1
	/** A place that was tried has failed, and would fail again: what lies behind it is the same. */
	const tried = new Uint8Array(program.length * width)
	for (let start = 0; start < width; start++) {
		const open: Thread[] = [{ step: 0, at: start, from: -1, to: -1 }]
		for (let thread = open.pop(); thread; thread = open.pop()) {
			let { step: number, at, from, to } = thread
			for (;;) {
				const step = program[number]
				const place = number * width + at
				if (!step || tried[place]) break
				tried[place] = 1
				if (step.op === 'match') return from < 0 ? null : line.slice(from, to).join('')
				if (step.op === 'fork') {
					open.push({ step: step.second, at, from, to })
					number = step.first
					continue
				}
				if (step.op === 'jump') {
					number = step.to
					continue
				}
				if (step.op === 'assert' && !step.holds(line[at - 1], line[at])) break
				if (step.op === 'take') {
					const char = line[at]
					if (char === undefined || !step.takes(char)) break
					at += 1
				}
				if (step.op === 'seat' && step.edge === 'start') from = at
				if (step.op === 'seat' && step.edge === 'end') to = at
				number += 1
			}
		}
	}
	return null
}

/** One way through the pattern: where it is in the program and in the line, and where the seat begins and ends. */
interface Thread {
	step: number
	at: number
	from: number
	to: number
}
