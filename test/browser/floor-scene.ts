import type { SpeechView, VoteView } from '../../appliance/protocol/floor.ts'
import type { JoinResult, MeetingCore, Person } from '../../appliance/protocol/messages.ts'
import { offAir } from '../../appliance/protocol/relay.ts'
import { openRules } from '../../appliance/protocol/rules.ts'

/** 확대간부회의 as one of its members sees it. */

const names: [string, string, string][] = [
	['김동근', '시장', ''],
	['홍길동', '부시장', ''],
	['김영희', '기획예산과장', '기획조정실'],
	['이철수', '안전총괄과장', '안전교통국'],
	['박민정', '복지국장', '복지국'],
	['최수진', '문화과장', '문화관광국'],
	['정하늘', '홍보담당관', '기획조정실'],
	['강도윤', '교통과장', '안전교통국'],
	['윤서연', '환경과장', '환경국'],
]

export function members(count: number): Person[] {
	return Array.from({ length: count }, (_, index) => {
		const [name, title, bureau] = names[index % names.length] ?? ['', '', '']
		return {
			id: `p${index}`,
			name,
			title,
			bureau,
			order: index,
			role: index === 0 ? 'chair' : index === 1 ? 'clerk' : 'member',
			here: index % 11 !== 7,
			joinedAt: index,
			sources: [
				{
					id: `s${index}`,
					kind: 'audio',
					use: 'microphone',
					label: 'microphone',
					muted: index % 3 === 0,
					live: true,
					open: false,
				},
			],
		} as Person
	})
}

export function speech(who: string, seconds: number, used: number, more: Partial<SpeechView> = {}): SpeechView {
	const [name, title, bureau] = names[Number(who.slice(1)) % names.length] ?? ['', '', '']
	return {
		who,
		name,
		title,
		bureau,
		seat: null,
		feed: null,
		kind: 'speak',
		grantedAt: Date.now() - used * 1000,
		asked: true,
		limitMs: seconds * 1000,
		usedMs: 0,
		runningSince: Date.now() - used * 1000,
		steps: { gate: null, camera: null, strip: null },
		...more,
	}
}

export function vote(more: Partial<VoteView> = {}): VoteView {
	return {
		id: 'v1',
		title: '2027년도 예산안 의결',
		kind: 'recorded',
		choices: [
			{ id: 'for', label: '찬성' },
			{ id: 'against', label: '반대' },
			{ id: 'abstain', label: '기권' },
		],
		phase: 'open',
		openedAt: Date.now(),
		closesAt: null,
		closedAt: null,
		eligible: 24,
		cast: 7,
		quorum: 13,
		majority: 'overHalf',
		counts: null,
		passed: null,
		reason: null,
		poll: null,
		...more,
	}
}

export function council(): Omit<JoinResult, 'media'> {
	const now = Date.now()
	const core: MeetingCore = {
		meeting: { id: 'm1', title: '11월 확대간부회의', kind: 'council', phase: 'open', startsAt: null, openedAt: now },
		rules: { ...openRules, floor: { ...openRules.floor, mode: 'chair', speechSeconds: 180 } },
		floor: { mode: 'chair', speaking: [], waiting: { speak: 0, respond: 0, order: 0 }, next: null, nextSeat: null },
		item: { id: 'i1', limitMs: 900_000, usedMs: 0, runningSince: now - 250_000 },
		slide: null,
		spotlight: null,
		drivers: [],
		broadcast: offAir,
		vote: null,
		quorum: { required: 13, present: 24 },
		hall: null,
		lesson: null,
		at: now,
	}
	return {
		person: 'p4',
		resume: 'secret',
		role: 'member',
		name: '박민정',
		chat: [],
		core,
		people: { revision: 1, set: members(27) },
		lists: {
			asking: { revision: 1, set: [] },
			seats: { revision: 1, set: [] },
			agenda: {
				revision: 1,
				set: [
					{
						id: 'i1',
						place: 0,
						title: '복지국 2027년도 주요 업무 보고',
						kind: 'report',
						bureau: '복지국',
						presenters: ['p4'],
						seconds: 900,
						documents: ['d1'],
						status: 'current',
						limitMs: 900_000,
						usedMs: 0,
						runningSince: now - 250_000,
					},
				],
			},
			documents: {
				revision: 1,
				set: [
					{
						id: 'd1',
						name: '2027 복지국 주요업무.pdf',
						kind: 'pdf',
						state: 'ready',
						pages: 24,
						reason: null,
						bytes: 1_200_000,
						by: 'p4',
						at: now,
					},
					{
						id: 'd2',
						name: '예산안 세부.pptx',
						kind: 'convertible',
						state: 'converting',
						pages: null,
						reason: null,
						bytes: 3_000_000,
						by: 'p2',
						at: now + 1,
					},
					{
						id: 'd3',
						name: '회의 운영 규칙.hwp',
						kind: 'download',
						state: 'download',
						pages: null,
						reason: null,
						bytes: 80_000,
						by: 'p1',
						at: now + 2,
					},
				],
			},
		},
		desk: null,
		ballots: null,
		check: null,
		asked: null,
		token: null,
	}
}

/** A link as its page reads it; nobody here checks it. */
export function linkOf(role: string, name: string | null): string {
	const claims = { meeting: 'm1', role, exp: 4e9, ...(name ? { name } : {}) }
	return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
}

/** A slide as a drawing. */
export function slidePage(_document: string, page: number): { type: string; bytes: Buffer } {
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="900" viewBox="0 0 1600 900"><rect width="1600" height="900" fill="#fff"/><rect width="1600" height="120" fill="#0d63ce"/><text x="60" y="80" font-size="56" fill="#fff" font-family="sans-serif">2027 복지국 주요업무</text><text x="60" y="300" font-size="72" font-family="sans-serif" fill="#101b27">${page}. 돌봄 통합지원 확대</text><text x="60" y="420" font-size="44" font-family="sans-serif" fill="#45566a">· 방문 의료 12개 동 → 26개 동</text></svg>`
	return { type: 'image/svg+xml', bytes: Buffer.from(svg) }
}
