import { describe, expect, it } from 'vitest'
import { bytesText, delayText, leftText } from '../../../control-panel/lib/desk/relay/words.ts'
import { DeskWords } from '../../../control-panel/lib/desk/words.ts'

const ko = new DeskWords({ current: 'ko' }).t
const en = new DeskWords({ current: 'en' }).t

describe('The figures of a relay', () => {
	it.each([
		[null, '–', '–'],
		[0, '0초', '0 s'],
		[1_249, '1.2초', '1.2 s'],
		[12_000, '12초', '12 s'],
	])('are late by %s ms: %s', (ms, korean, english) => {
		expect([delayText(ms, ko), delayText(ms, en)]).toEqual([korean, english])
	})

	it.each([
		[null, '–', '–'],
		[0, '0분', '0 min'],
		[3_599, '59분', '59 min'],
		[3_600, '1시간', '1 h'],
		[1e9, '999시간', '999 h'],
	])('leave the disk %s seconds: %s', (seconds, korean, english) => {
		expect([leftText(seconds, ko), leftText(seconds, en)]).toEqual([korean, english])
	})

	it.each([
		[0, '0 MB'],
		[12_400_000, '12 MB'],
		[1_250_000_000, '1.3 GB'],
	])('of %i bytes: %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))
})
