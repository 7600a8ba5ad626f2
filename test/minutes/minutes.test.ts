import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { blocksOf, type Writing } from '../../appliance/minutes/blocks.ts'
import { attendanceCsv } from '../../appliance/minutes/csv.ts'
import { html } from '../../appliance/minutes/html.ts'
import { markdown } from '../../appliance/minutes/markdown.ts'
import type { Minutes } from '../../appliance/minutes/minutes.ts'
import { odt } from '../../appliance/minutes/odt.ts'
import { park, someMinutes } from './some.ts'

const ko: Writing = { language: 'ko', timeZone: 'Asia/Seoul' }
const en: Writing = { language: 'en', timeZone: 'Asia/Seoul' }
const hostile = `<script>alert("1")</script> & *굵게* _밑_ | 칸 \`코드\` [링크](x) \\ 끝`

/** Every text that the minutes say, cell by cell. */
function textsOf(minutes: Minutes, writing: Writing): string[] {
	return blocksOf(minutes, writing).flatMap((block) => {
		if (block.type === 'facts') return block.rows.flat()
		return block.type === 'table' ? [...block.head, ...block.rows.flat()] : [block.text]
	})
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const ofMarkup = (text: string) =>
	text
		.replace(/<style>.*?<\/style>/s, '')
		.replace(/<[^>]*>/g, '\n')
		.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name] ?? '')
const ofMarkdown = (text: string) => text.replace(/\\([\\`*_{}[\]<>#|~&.)+=-])/g, '$1')

function contentOf(file: Uint8Array): string {
	return strFromU8(unzipSync(file)['content.xml'] ?? new Uint8Array())
}

describe('The minutes', () => {
	it.each([ko, en])('are as they were, word for word ($language)', async (writing) => {
		await expect(markdown(someMinutes, writing)).toMatchFileSnapshot(`golden/some.${writing.language}.md`)
	})

	it.each([ko, en])('say the same in Markdown, OpenDocument and on paper ($language)', (writing) => {
		const forms = [
			ofMarkdown(markdown(someMinutes, writing)),
			ofMarkup(contentOf(odt(someMinutes, writing))),
			ofMarkup(html(someMinutes, writing)),
		]
		const texts = textsOf(someMinutes, writing)
		expect(texts.length).toBeGreaterThan(150)
		for (const form of forms) for (const text of texts) expect(form).toContain(text)
	})

	it('call what a class was asked a poll or a quiz, with the right answer, and nothing of it a vote', () => {
		const [recorded, secret] = someMinutes.votes
		if (!recorded || !secret) throw new Error('no votes')
		const undecided = { passed: null, reason: null } as const
		const minutes: Minutes = {
			...someMinutes,
			entries: [
				{ seq: 1, at: 0, type: 'voteOpened', title: '맞는 것은?', kind: 'recorded', eligible: 2, poll: 'quiz' },
				{ seq: 2, at: 0, type: 'voteClosed', vote: 'v1' },
				{ seq: 3, at: 0, type: 'voteCancelled', title: '쉬울까?', poll: 'poll' },
			],
			votes: [
				{ ...recorded, ...undecided, title: '맞는 것은?', poll: 'quiz', right: '찬성' },
				{ ...secret, ...undecided, title: '이해했습니까?', poll: 'poll' },
			],
		}
		const told = textsOf(minutes, ko).join('\n')
		expect(told).not.toMatch(/표결|투표|재적/)
		for (const text of [
			...['퀴즈 시작 (기명): 맞는 것은?, 대상 2명', '퀴즈 결과: 맞는 것은?, 찬성 2, 반대 0', '설문 취소: 쉬울까?'],
			...['퀴즈 1: 맞는 것은? (기명)', '설문 1: 이해했습니까? (무기명)', '대상 2명, 응답 2명', '정답: 찬성', '응답자'],
		])
			expect(told).toContain(text)
		expect(textsOf(minutes, en).join('\n')).not.toMatch(/[Vv]ote|ballot/)
	})

	it('let nothing that somebody typed become markup', () => {
		const minutes = { ...someMinutes, meeting: { ...someMinutes.meeting, title: hostile } }
		minutes.entries = [{ seq: 1, at: 0, type: 'note', text: hostile, by: { ...park, name: hostile } }]
		expect(html(minutes, ko)).not.toContain('<script>')
		expect(contentOf(odt(minutes, ko))).not.toContain('<script>')
		expect(ofMarkdown(markdown(minutes, ko))).toContain(hostile)
		expect(markdown(minutes, ko)).not.toMatch(/[^\\]<script|[^\\]\*굵게|[^\\]\| 칸/)
		for (const form of [ofMarkup(html(minutes, ko)), ofMarkup(contentOf(odt(minutes, ko)))])
			expect(form).toContain(hostile)
	})

	it('break no line and no file by line ends and control characters', () => {
		const odd = { ...someMinutes, meeting: { ...someMinutes.meeting, title: '한\n줄\u0000\u0007' } }
		expect(markdown(odd, ko).split('\n')[0]).toContain('한 줄')
		for (const sign of ['\u0000', '\u0007']) expect(contentOf(odt(odd, ko))).not.toContain(sign)
	})

	it.each([
		['turned round by marks of direction', '앞\u202e뒤\u2066끝\u2069', '앞뒤끝'],
		['broken by another sort of line end', '앞\r뒤\u2028끝\u0085', '앞 뒤 끝'],
		['spread by blanks', '  앞   뒤\t끝 ', '앞 뒤 끝'],
		['cut within a character', '앞\ud800뒤', '앞\ufffd뒤'],
	])('say the same in every form of a text that is %s', (_, text, plain) => {
		const minutes: Minutes = { ...someMinutes, meeting: { ...someMinutes.meeting, title: text } }
		minutes.entries = [{ seq: 1, at: 0, type: 'note', text, by: { ...park, name: text } }]
		const forms = [markdown(minutes, ko), html(minutes, ko), contentOf(odt(minutes, ko))]
		for (const form of forms) {
			expect(form).toContain(`회의록: ${plain}`)
			expect(form).toContain(`기록: ${plain} (도시국 국장 ${plain})`)
			expect(form).not.toContain(text)
		}
		const title = strFromU8(unzipSync(odt(minutes, ko))['meta.xml'] ?? new Uint8Array())
		expect(title).toContain(`<dc:title>회의록: ${plain}</dc:title>`)
		expect(html(minutes, ko)).toContain(`<title>회의록: ${plain}</title>`)
	})

	it('say who voted for somebody else', () => {
		expect(markdown(someMinutes, ko)).toContain('| (삭제된 사람) (대리 환경국 국장 최환경) | 찬성 |')
		expect(markdown(someMinutes, en)).toContain('(by proxy: 환경국 국장 최환경)')
	})

	it('give the same bytes each time', () => {
		expect(odt(someMinutes, ko)).toEqual(odt(structuredClone(someMinutes), ko))
	})

	it('begin as an OpenDocument file must: its type first and uncompressed', () => {
		const head = strFromU8(odt(someMinutes, ko).subarray(0, 90))
		expect(head.slice(30, 38)).toBe('mimetype')
		expect(head.slice(38)).toContain('application/vnd.oasis.opendocument.text')
	})

	it('make of their attendance a table that no spreadsheet takes for a formula', () => {
		const [first] = someMinutes.attendance
		if (!first) throw new Error('nobody')
		const csv = attendanceCsv(
			{ ...someMinutes, attendance: [{ ...first, name: ' \t=1+1', title: '국장, "대행"' }] },
			'ko',
		)
		expect(csv.split('\r\n')).toEqual([
			'\ufeff국,직위,성명,좌석,출결,입장,퇴장',
			`도시국,"국장, ""대행""",'=1+1,3번석,출석,2026-11-22T23:56:00.000Z,2026-11-23T01:02:05.000Z`,
			'',
		])
	})
})
