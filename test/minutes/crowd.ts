import type { Minutes, Name } from '../../appliance/minutes/minutes.ts'
import { someMinutes } from './some.ts'

/** 2026-11-23 09:00 in Seoul. */
const nine = Date.UTC(2026, 10, 23)
const bureaus = ['도시국', '미래전략산업국', '안전총괄과', '국제협력 및 해외투자유치 특별추진단']
const titles = ['국장', '국장 직무대리 겸 재난안전대책본부장', 'Director-General']
const names = [
	'김민서',
	'Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh',
	'남궁선우황보제갈독고사공선우동방',
	'이도윤',
]

const people: Name[] = Array.from({ length: 84 }, (_, i) => ({
	name: `${names[i % 4]} ${i}`,
	title: titles[i % 3] ?? '',
	bureau: bureaus[(i + (i >> 2)) % 4] ?? '',
}))

/** A meeting of 84, with names, titles and bureaus as long as they come: over many pages, everybody speaks and votes. */
export const crowdedMinutes: Minutes = {
	...someMinutes,
	attendance: people.map((one, i) => ({
		...one,
		role: 'member',
		seat: i % 3 === 0 ? `${i}번석` : null,
		attendance: i % 11 === 5 ? 'absent' : 'present',
		firstAt: i % 11 === 5 ? null : nine + i * 61_000,
		lastAt: i % 11 === 5 ? null : nine + 7_200_000 + i * 1000,
	})),
	items: people.slice(0, 20).map((one, i) => ({
		number: i + 1,
		title: '2027년도 일반회계 및 특별회계 세입세출 예산안에 대한 제안설명 및 심사결과 보고의 건',
		kind: 'report',
		bureau: one.bureau,
		presenters: [one],
		status: 'done',
		usedMs: 3_705_000 + i * 1000,
	})),
	entries: people.map((who, i) => ({
		seq: 100 + i,
		at: nine + 36_000_000 + i * 61_000,
		type: 'speech',
		who,
		kind: 'speak',
		place: i % 2 === 0 ? 'hall' : 'remote',
		spokenMs: 61_000,
		limitMs: 180_000,
		ended: 'yielded',
	})),
	votes: someMinutes.votes.map((vote) =>
		vote.ballots ? { ...vote, ballots: people.map((who) => ({ who, choice: '찬성', by: null })) } : vote,
	),
	speaking: { people: people.map((one) => ({ ...one, speeches: 1, spokenMs: 61_000 })), bureaus: [] },
}
