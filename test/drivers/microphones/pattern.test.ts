import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern, PatternError } from '../../../drivers/microphones/pattern.ts'
import { fuzzInputs } from '../fuzz.ts'

const seatIn = (pattern: string, line: string) => compilePattern(pattern).match(line)
/** What JavaScript's own matcher says, where it comes to an end. */
const theirs = (pattern: string, line: string) => new RegExp(pattern, 'u').exec(line)?.groups?.seat ?? null

function complaint(pattern: string): string {
	try {
		compilePattern(pattern)
	} catch (error) {
		if (error instanceof PatternError) return error.message
		throw error
	}
	return 'none'
}

describe('A pattern', () => {
	it.each<[string, string, string | null]>([
		['^MIC (?<seat>\\d+) ON$', 'MIC 12 ON', '12'],
		['^MIC (?<seat>\\d+) ON$', 'MIC 12 ON ', null],
		['^MIC (?<seat>\\d+) ON$', ' MIC 12 ON', null],
		['(?<seat>\\d+)', 'seat 007, mic 3', '007'],
		['(?<seat>\\d+?)', '12', '1'],
		['^(?:MIC|DLG) *(?<seat>[0-9a-fA-F]{1,4})[:;]\\s*(?:ON|on)$', 'DLG  00a3;on', '00a3'],
		['^(?<seat>\\d{2})(?<more>.*)$', '1234', '12'],
		['^(?<seat>.{2,3}?)석 켜짐$', '의장석 켜짐', '의장'],
		['^\\[(?<seat>[^\\]]+)\\]$', '[a-1]', 'a-1'],
		['\\bS(?<seat>\\d+)\\b', 'XS1 S2x S3', '3'],
		['^x{3}(?<seat>y{2,})z?$', 'xxxyyyz', 'yyy'],
		['^\\x02(?<seat>\\u0031\\u{32})\\x03$', '\x0212\x03', '12'],
		['^(?:(?<seat>a)|b)$', 'b', null],
		['^A(?<seat>\\d)$|^B(?<seat>\\d)$', 'B2', '2'],
		['(?<seat>)', '', ''],
	])('%s reads %j as %j', (pattern, line, seat) => {
		expect(seatIn(pattern, line)).toBe(seat)
		expect(theirs(pattern, line)).toBe(seat)
	})

	it.each([
		['^MIC (\\d+) ON$', 'it has no group (?<seat>…)'],
		['^MIC (?<seat>\\d+ ON$', 'unterminated group'],
		['^MIC [(?<seat>\\d+) ON$', 'unterminated character class'],
		['*(?<seat>1)', 'nothing to repeat'],
		['(?<seat>1)(?<seat>2)', 'duplicate capture group name'],
		['(?<seat>\\d)+', 'the group (?<seat>…) must not be repeated or optional'],
		['^(?:x(?<seat>\\d)?)$', 'the group (?<seat>…) must not be repeated or optional'],
		['(?=MIC)(?<seat>\\d)', 'looking ahead or behind is not possible here'],
		['(?<!MIC)(?<seat>\\d)', 'looking ahead or behind is not possible here'],
		['(?<a>x)\\k<a>(?<seat>\\d)', 'backreferences are not possible here'],
		['(x)\\1(?<seat>\\d)', 'backreferences are not possible here'],
		['(?i:mic)(?<seat>\\d)', "'(?i:' is not possible here"],
		['(?<seat>\\d)(?:x*)*', 'a part that may match nothing must not be repeated or optional'],
		['(?<seat>\\d)(?:x|)?', 'a part that may match nothing must not be repeated or optional'],
		['(?<seat>\\d)x{101}', 'it repeats more than 100 times'],
		['(?<seat>\\d)(?:x{100}){100}', 'it is too long once its repetitions are written out'],
	])('%s is refused: %s', (pattern, message) => {
		expect(complaint(pattern)).toBe(message)
	})

	it.each([
		'^(a+)+(?<seat>b)$',
		'^(a|a)*(?<seat>b)$',
		'^(.+)+(.+)+(.+)+(?<seat>b)$',
		'^.*.*.*.*.*.*.*.*.*.*(?<seat>b)$',
		'(a+)*(a+)*(?<seat>b)$',
		'^([a-z]+|a)+\\s?(?<seat>\\d)',
	])('%s takes no longer on 512 bytes than its length times theirs', (pattern) => {
		const compiled = compilePattern(pattern)
		const lines = ['a'.repeat(512), `${'a'.repeat(510)}!b`, 'aaa '.repeat(128)]
		// JavaScript's own takes for ever. The limit is there to end a test that would hang.
		for (const line of lines) runInNewContext('match(line)', { match: compiled.match, line }, { timeout: 5_000 })
	})

	it('means what JavaScript means by it', () => {
		const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '1')
		const { source } = fc.letrec<{ source: string }>((tie) => ({
			source: fc.oneof(
				{ depthSize: 'small', withCrossShrink: true },
				atom,
				fc.tuple(tie('source'), tie('source')).map(([a, b]) => `${a}${b}`),
				fc.tuple(tie('source'), tie('source')).map(([a, b]) => `(?:${a}|${b})`),
				fc
					.tuple(tie('source'), fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}'))
					.map(([a, quantifier]) => `(?:${a})${quantifier}`),
			),
		}))
		const pattern = fc
			.tuple(fc.constantFrom('^', '', '\\b'), source, source, source, fc.constantFrom('$', ''))
			.map(([begin, before, seat, after, end]) => `${begin}${before}(?<seat>${seat})${after}${end}`)
		const line = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 8 })
		fc.assert(
			fc.property(pattern, line, (pattern, line) => {
				fc.pre(complaint(pattern) === 'none')
				expect(seatIn(pattern, line), `${pattern} on '${line}'`).toBe(theirs(pattern, line))
			}),
			{ numRuns: fuzzInputs, maxSkipsPerRun: 100 },
		)
	})
})
