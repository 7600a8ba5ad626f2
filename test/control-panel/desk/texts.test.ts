import { describe, expect, it } from 'vitest'
import type { DocumentView, Readiness, ReadinessView } from '../../../appliance/protocol/floor.ts'
import { slidesOf } from '../../../appliance/protocol/slides.ts'
import { troublesOf, worry } from '../../../control-panel/lib/desk/agenda/readiness.ts'
import { deskTexts, namedTexts } from '../../../control-panel/lib/desk/i18n-desk.ts'
import { pollsApart, readJournal, sentence } from '../../../control-panel/lib/desk/minutes/sentences.ts'
import { csvOfLinks, letterOf } from '../../../control-panel/lib/desk/people/links.ts'
import { choicesOf } from '../../../control-panel/lib/desk/vote/choices.ts'
import type { Language } from '../../../control-panel/lib/i18n.svelte.ts'

const hangul = /[가-힣]/
const languages: Language[] = ['ko', 'en']

function words(text: string | ((...values: never[]) => string)): string {
	return typeof text === 'string' ? text : text(...([3, 3, 3] as never[]))
}

describe('The words of the desk', () => {
	it('are the same keys in both languages, and no Korean in English', () => {
		expect(Object.keys(deskTexts.en).sort()).toEqual(Object.keys(deskTexts.ko).sort())
		for (const [key, text] of Object.entries(deskTexts.en)) expect(words(text), key).not.toMatch(hangul)
		for (const [key, text] of Object.entries(deskTexts.ko)) {
			if (!['pageOf', 'inMs'].includes(key)) expect(words(text), key).toMatch(hangul)
		}
	})

	it('name every code of the protocol', () => {
		for (const language of languages) {
			for (const names of Object.values(namedTexts[language])) {
				for (const name of Object.values<string>(names)) expect(name).not.toBe('')
			}
		}
	})
})

describe('The minutes', () => {
	const named = (who: string) => (who === 'p3' ? '최영희 도시주택국장' : '누군가')

	it.each([
		[{ type: 'meeting.opened', by: 'x' }, '개의'],
		[{ type: 'floor.granted', who: 'p3', kind: 'order' }, '최영희 도시주택국장 의사진행발언 시작'],
		[{ type: 'floor.ended', who: 'p3', cause: 'revoked', spokenMs: 134_000 }, '최영희 도시주택국장 발언 회수 (2:14)'],
		[{ type: 'vote.closed', cast: 71, passed: false }, '표결 종료: 투표 71명, 부결'],
		[{ type: 'roll.called', present: ['a', 'b'], absent: ['c'] }, '점호: 출석 2명, 불참 1명'],
	])('tell %j in the words of the field', (event, text) => {
		expect(sentence({ seq: 1, at: 0, ...event }, named, 'ko')).toBe(text)
		expect(sentence({ seq: 1, at: 0, ...event }, () => 'Choi', 'en')).not.toMatch(hangul)
	})

	it('call a question to a class a poll or a quiz, and not a vote', () => {
		const asked = (vote: string, poll: object) => [
			{ seq: 1, at: 0, type: 'vote.opened', vote, title: '이해했습니까?', ...poll },
			{ seq: 2, at: 0, type: 'vote.closed', vote, cast: 3, passed: null },
			{ seq: 3, at: 0, type: 'vote.cancelled', vote },
		]
		const all = [...asked('v', {}), ...asked('p', { poll: { right: null } }), ...asked('q', { poll: { right: 'a' } })]
		const told = (language: Language) => pollsApart(all).map((entry) => sentence(entry, named, language))
		const names = ['표결', '표결', '표결', '설문', '설문', '설문', '퀴즈', '퀴즈', '퀴즈']
		expect(told('ko').map((text) => text?.slice(0, 2))).toEqual(names)
		expect(told('en').map((text) => text?.slice(0, 4))).toEqual(
			['Vote', 'Poll', 'Quiz'].flatMap((one) => [one, one, one]),
		)
	})

	it('leave out what nobody reads, and take nothing that is no event', () => {
		expect(sentence({ seq: 1, at: 0, type: 'link.issued' }, named, 'ko')).toBeNull()
		expect(readJournal({ events: [{ seq: 1, at: 2, type: 'x' }, { seq: '1' }, null] })).toHaveLength(1)
		expect(readJournal(null)).toEqual([])
	})
})

describe('Personal links', () => {
	const one = { id: 'p', name: '김, 영희', title: '=1+1', bureau: '국', email: 'a@b.kr', link: 'https://x/attend#a.b' }

	it('go into a file that a spreadsheet opens and never runs', () => {
		expect(csvOfLinks([one])).toBe(
			'\ufeffname,title,bureau,email,link\r\n"김, 영희",\'=1+1,국,a@b.kr,https://x/attend#a.b\r\n',
		)
	})

	it('go into a letter whose address holds the whole link', () => {
		const letter = new URL(letterOf(one, '회의 & 보고', '안녕하세요'))
		expect(letter.searchParams.get('subject')).toBe('회의 & 보고')
		expect(letter.searchParams.get('body')).toContain('\r\nhttps://x/attend#a.b\r\n')
	})
})

describe('Choices and readiness', () => {
	it('takes one choice of each line, the same twice once', () => {
		expect(choicesOf(' 가안 \n\n나안\n가안')).toEqual([
			{ id: 'c1', label: '가안' },
			{ id: 'c2', label: '나안' },
		])
	})

	const view = { id: 'p', microphone: 'ok', camera: 'ok', network: 'ok', slides: 'unknown', at: 0 } as const
	const well = {
		view: { ...view, rttMs: 1, lossPercent: 0 },
		slides: 'ok',
		here: true,
		seated: false,
		excused: false,
	} as const
	const found = (difference: Partial<ReadinessView>) => ({ ...well, view: { ...well.view, ...difference } })

	it('worries most about what does not work, then about what is missing, then about who is not there', () => {
		const missing: Readiness = 'none'
		const order = [
			worry(found({ camera: 'bad' })),
			worry({ ...well, slides: missing }),
			worry({ ...well, view: null, here: false }),
			worry(well),
		]
		expect(order).toEqual([10, 4, 3, 0])
		expect(worry({ ...well, slides: 'bad' })).toBe(10)
	})

	it('tells of a missing microphone at home, of no missing camera, and of nothing in the hall or of who is excused', () => {
		expect(troublesOf(found({ microphone: 'none', camera: 'none' }))).toEqual(['microphone'])
		expect(troublesOf({ ...found({ microphone: 'none' }), seated: true })).toEqual([])
		expect(troublesOf({ ...well, view: null, here: false, seated: true })).toEqual([])
		expect(troublesOf({ ...well, view: null, here: false, excused: true })).toEqual([])
		expect(troublesOf({ ...well, view: null })).toEqual([])
		expect(troublesOf({ ...well, view: null, here: false, slides: 'none' })).toEqual(['away', 'slides'])
	})

	it('knows whose slides are missing or cannot be shown, by the next item that they present', () => {
		const items = [
			{ status: 'done', presenters: ['a'], documents: [] },
			{ status: 'pending', presenters: ['a', 'b'], documents: ['d1', 'd2'] },
			{ status: 'pending', presenters: ['c'], documents: [] },
		]
		const documents = (state: DocumentView['state']) => [
			{ id: 'd1', state: 'ready' as const },
			{ id: 'd2', state },
		]
		expect(slidesOf('a', items, documents('ready'))).toBe('ok')
		expect(slidesOf('b', items, documents('converting'))).toBe('weak')
		expect(slidesOf('b', items, documents('download'))).toBe('bad')
		expect(slidesOf('c', items, documents('ready'))).toBe('none')
		expect(slidesOf('d', items, documents('ready'))).toBe('unknown')
	})
})
