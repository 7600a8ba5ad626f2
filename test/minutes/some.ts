import type { Minutes, Name } from '../../appliance/minutes/minutes.ts'

export const park: Name = { name: '박도시', title: '국장', bureau: '도시국' }
const choi: Name = { name: '최환경', title: '국장', bureau: '환경국' }
const erased: Name = { name: null, title: '', bureau: '' }
const none: Name = { name: '7번석', title: '', bureau: '' }

/** 2026-11-23 09:00 in Seoul. */
const nine = Date.UTC(2026, 10, 23, 0, 0, 0)
const at = (minutes: number, seconds = 0) => nine + (minutes * 60 + seconds) * 1000

/** Minutes with one of everything. */
export const someMinutes: Minutes = {
	meeting: {
		id: 'm1',
		title: '11월 확대간부회의',
		kind: 'council',
		plannedAt: nine,
		openedAt: at(0, 12),
		closedAt: at(62, 5),
	},
	quorum: { required: 2, present: 2 },
	attendance: [
		{ ...park, role: 'member', seat: '3번석', attendance: 'present', firstAt: at(-4), lastAt: at(62, 5) },
		{ ...choi, role: 'member', seat: null, attendance: 'late', firstAt: at(5), lastAt: at(50) },
		{
			name: '한복지',
			title: '국장',
			bureau: '복지국',
			role: 'member',
			seat: null,
			attendance: 'excused',
			firstAt: null,
			lastAt: null,
		},
		{ ...erased, role: 'member', seat: null, attendance: 'guest', firstAt: at(1), lastAt: at(62, 5) },
	],
	items: [
		{
			number: 1,
			title: '도시국 주요 업무',
			kind: 'report',
			bureau: '도시국',
			presenters: [park],
			status: 'done',
			usedMs: 605_000,
		},
		{ number: 2, title: '예산 조정', kind: 'vote', bureau: '', presenters: [], status: 'skipped', usedMs: 0 },
	],
	entries: [
		{ seq: 4, at: at(0, 12), type: 'opened' },
		{ seq: 4, at: at(0, 12), type: 'relayStarted' },
		{ seq: 4, at: at(0, 13), type: 'recordingStarted' },
		{ seq: 5, at: at(1), type: 'rollCalled', present: 1, absent: [choi] },
		{ seq: 6, at: at(2), type: 'itemStarted', title: '도시국 주요 업무', bureau: '도시국' },
		{
			seq: 8,
			at: at(2, 1),
			type: 'speech',
			who: park,
			kind: 'speak',
			place: 'hall',
			spokenMs: 305_000,
			limitMs: 300_000,
			ended: 'time',
		},
		{ seq: 9, at: at(5), type: 'late', who: choi },
		{
			seq: 11,
			at: at(8),
			type: 'speech',
			who: none,
			kind: 'order',
			place: 'hall',
			spokenMs: 20_000,
			limitMs: null,
			ended: 'yielded',
		},
		{
			seq: 12,
			at: at(9),
			type: 'speech',
			who: choi,
			kind: 'respond',
			place: 'remote',
			spokenMs: 61_000,
			limitMs: 60_000,
			ended: 'revoked',
		},
		{ seq: 13, at: at(10), type: 'declined', who: erased },
		{ seq: 14, at: at(12, 5), type: 'itemEnded', title: '도시국 주요 업무', bureau: '도시국', usedMs: 605_000 },
		{ seq: 15, at: at(13), type: 'itemSkipped', title: '예산 조정', bureau: '' },
		{ seq: 16, at: at(20), type: 'suspended' },
		{ seq: 17, at: at(30), type: 'resumed' },
		{ seq: 18, at: at(31), type: 'voteOpened', title: '조례 개정안', kind: 'recorded', eligible: 2 },
		{ seq: 21, at: at(32), type: 'voteClosed', vote: 'v1' },
		{ seq: 22, at: at(33), type: 'voteOpened', title: '의장 신임', kind: 'secret', eligible: 2 },
		{ seq: 25, at: at(34), type: 'voteClosed', vote: 'v2' },
		{ seq: 26, at: at(35), type: 'voteOpened', title: '휴회', kind: 'hands', eligible: 2 },
		{ seq: 27, at: at(35, 9), type: 'voteCancelled', title: '휴회' },
		{ seq: 28, at: at(40), type: 'note', text: '자료 3쪽을 바꿈', by: choi },
		{ seq: 29, at: at(41), type: 'correction', of: 28, text: '4쪽이 맞음', by: choi },
		{ seq: 30, at: at(50), type: 'left', who: choi },
		{ seq: 30, at: at(62, 4), type: 'recordingStopped', cause: 'disk-full' },
		{ seq: 30, at: at(62, 4), type: 'relayStopped' },
		{ seq: 31, at: at(62, 5), type: 'closed' },
		{ seq: 32, at: at(62, 9), type: 'recordingKept', sha256: 'ef'.repeat(32), durationMs: 3_714_000 },
		{ seq: 33, at: at(70), type: 'recordingRemoved', cause: 'asked' },
	],
	speaking: {
		people: [
			{ ...park, speeches: 1, spokenMs: 305_000 },
			{ ...choi, speeches: 1, spokenMs: 61_000 },
			{ ...none, speeches: 1, spokenMs: 20_000 },
		],
		bureaus: [
			{ bureau: '도시국', speeches: 1, spokenMs: 305_000 },
			{ bureau: '환경국', speeches: 1, spokenMs: 61_000 },
			{ bureau: '', speeches: 1, spokenMs: 20_000 },
		],
	},
	votes: [
		{
			id: 'v1',
			title: '조례 개정안',
			kind: 'recorded',
			openedAt: at(31),
			closedAt: at(32),
			majority: 'more',
			quorum: null,
			eligible: 2,
			cast: 2,
			choices: [
				{ label: '찬성', count: 2 },
				{ label: '반대', count: 0 },
			],
			passed: true,
			reason: null,
			ballots: [
				{ who: park, choice: '찬성', by: null },
				{ who: erased, choice: '찬성', by: choi },
			],
			keys: null,
		},
		{
			id: 'v2',
			title: '의장 신임',
			kind: 'secret',
			openedAt: at(33),
			closedAt: at(34),
			majority: 'more',
			quorum: 3,
			eligible: 2,
			cast: 2,
			choices: [
				{ label: '찬성', count: 1 },
				{ label: '반대', count: 1 },
			],
			passed: false,
			reason: 'quorum',
			ballots: null,
			keys: [
				{ key: '0a1b', choice: '찬성' },
				{ key: 'ff00', choice: '반대' },
			],
		},
	],
	verbatim: {
		parts: [
			{
				item: '도시국 주요 업무',
				turns: [
					{
						at: at(2, 3),
						who: park,
						group: null,
						text: '주요 업무를 보고드리겠습니다. | 1. 예산',
						changedAfter: false,
					},
					{ at: at(8, 1), who: none, group: null, text: '의사진행발언입니다.', changedAfter: true },
				],
			},
			{ item: null, turns: [{ at: at(31), who: null, group: null, text: '*이의 없습니다*', changedAfter: false }] },
		],
		removedAfter: 1,
		sha256: 'cd'.repeat(32),
	},
	journal: { events: 31, head: 'ab'.repeat(32) },
}
