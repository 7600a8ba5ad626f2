import type {
	AskingView,
	Attendance,
	LobbyView,
	Readiness,
	ReadinessView,
	RollView,
	SeatPlace,
	SpeechView,
	VoteView,
} from '../../../appliance/protocol/floor.ts'
import type { DeskResult, MeetingCore, Person } from '../../../appliance/protocol/messages.ts'
import { type Broadcast, offAir, type QuestionView } from '../../../appliance/protocol/relay.ts'
import { openRules } from '../../../appliance/protocol/rules.ts'

/** 확대간부회의 of a city hall as its desk sees it: 84 of the roll from ten bureaus, 24 seats, forty in line. */

const bureaus = [
	'기획조정실',
	'안전총괄실',
	'도시주택국',
	'복지여성국',
	'문화체육관광국',
	'교통건설국',
	'환경녹지국',
	'일자리경제국',
	'보건위생사업소',
	'상하수도사업본부',
]
const families = [...'김이박최정강조윤장임한오서신권황안송류홍']
const given = ['길동', '영희', '철수', '민정', '수진', '하늘', '도윤', '서연', '지우', '현우', '은별', '나라']
const titles = ['국장', '기획예산과장', '안전총괄과장', '팀장', '지속가능발전담당관', '과장']
const minute = 60_000

const peopleCount = 84

function name(index: number): string {
	if (index === 13) return '남궁아름다운별하늘'
	return `${families[index % families.length]}${given[(index * 7) % given.length]}`
}

function attendance(index: number): Attendance {
	if (index % 17 === 9) return 'excused'
	if (index % 13 === 8) return 'absent'
	if (index % 19 === 4) return 'late'
	return index % 11 === 10 ? 'expected' : 'present'
}

function rollOf(now: number): RollView[] {
	return Array.from({ length: peopleCount }, (_, index) => ({
		id: `p${index}`,
		name: index === 0 ? '홍길동' : name(index),
		title: index === 0 ? '부시장' : index === 1 ? '의사팀장' : (titles[index % titles.length] ?? ''),
		bureau: index < 2 ? '시장실' : (bureaus[Math.floor(((index - 2) * bureaus.length) / (peopleCount - 2))] ?? ''),
		role: index === 0 ? 'chair' : index === 1 ? 'clerk' : 'member',
		order: index,
		priority: 3,
		weight: 1,
		email: `p${index}@city.example`,
		seat: index < 20 && index !== 1 ? `${index + 1}` : null,
		attendance: attendance(index),
		at: attendance(index) === 'expected' ? null : now - 40 * minute,
		spokenMs: index % 5 === 0 ? index * 9000 : 0,
	}))
}

function seats(): SeatPlace[] {
	return Array.from({ length: 24 }, (_, index) => ({
		id: `${index + 1}`,
		name: index === 0 ? '의장석' : `${index + 1}번석`,
		person: index < 20 && index !== 1 ? `p${index}` : null,
	}))
}

function people(roll: RollView[], now: number): Person[] {
	const remote = roll.filter(({ seat, attendance }) => seat === null && attendance !== 'absent')
	const room: Person = {
		id: 'room',
		name: '대회의실',
		title: '',
		bureau: '',
		order: 1000,
		role: 'room',
		here: true,
		joinedAt: now,
		sources: [],
	}
	return [
		room,
		...remote.map(({ id, name, title, bureau, order, role }, index) => ({
			id,
			name,
			title,
			bureau,
			order,
			role,
			here: index % 9 !== 5,
			joinedAt: now - 40 * minute,
			sources: [],
		})),
	]
}

function askingOf(count: number, now: number): AskingView[] {
	return Array.from({ length: count }, (_, index) => ({
		id: index === 3 ? 'p13' : index === 1 ? 'p5' : `p${22 + index}`,
		kind: index === 0 ? 'order' : index % 8 === 7 ? 'respond' : 'speak',
		rank: index,
		at: now - (count - index) * 17_000,
	}))
}

function speech(now: number, difference: Partial<SpeechView> = {}): SpeechView {
	return {
		who: 'p3',
		name: '최영희',
		title: '도시주택국장',
		bureau: '도시주택국',
		seat: '4',
		kind: 'speak',
		grantedAt: now - 46_000,
		asked: true,
		feed: null,
		limitMs: 180_000,
		usedMs: 0,
		runningSince: now - 46_000,
		steps: {
			gate: { state: 'done', ms: 84, reason: null },
			camera: { state: 'wide', ms: 312, reason: null },
			strip: { state: 'done', ms: 41, reason: null },
		},
		...difference,
	}
}

export function coreOf(now: number, difference: Partial<MeetingCore> = {}): MeetingCore {
	return {
		meeting: {
			id: 'm1',
			title: '11월 확대간부회의',
			kind: 'council',
			phase: 'open',
			startsAt: now - 42 * minute,
			openedAt: now - 41 * minute,
		},
		rules: { ...openRules, floor: { ...openRules.floor, mode: 'chair', speechSeconds: 180 }, lobby: 'shared' },
		floor: {
			mode: 'chair',
			speaking: [speech(now)],
			waiting: { speak: 34, respond: 5, order: 1 },
			next: 'p22',
			nextSeat: null,
		},
		item: { id: 'i3', limitMs: 600_000, usedMs: 134_000, runningSince: now - 10_000 },
		slide: null,
		spotlight: null,
		drivers: [],
		broadcast: offAir,
		vote: null,
		quorum: { required: 43, present: 68 },
		hall: { person: 'room', muted: false, gated: true, mutes: 0 },
		lesson: null,
		at: now,
		...difference,
	}
}

/** The speaker is over time in a muted hall, and a camera does not come. */
export function troubled(now = Date.now()): Partial<MeetingCore> {
	const since = now - 195_000
	const speaking = speech(now, {
		grantedAt: since,
		runningSince: since,
		asked: false,
		steps: {
			gate: { state: 'asked', ms: null, reason: null },
			camera: { state: 'failed', ms: null, reason: '정면 카메라가 응답하지 않습니다' },
			strip: { state: 'done', ms: 40, reason: null },
		},
	})
	return {
		hall: { person: 'room', muted: true, gated: true, mutes: 0 },
		floor: { ...coreOf(now).floor, speaking: [speaking] },
	}
}

/** A show of hands, under way unless said otherwise. */
export function voteOf(difference: Partial<VoteView> = {}, now = Date.now()): VoteView {
	return {
		id: 'v1',
		title: '2027년도 공유재산 관리계획 동의안',
		kind: 'hands',
		choices: [
			{ id: 'yes', label: '찬성' },
			{ id: 'no', label: '반대' },
			{ id: 'abstain', label: '기권' },
		],
		phase: 'open',
		openedAt: now - 40_000,
		closesAt: now + 80_000,
		closedAt: null,
		eligible: 82,
		cast: 31,
		quorum: 42,
		majority: 'overHalf',
		counts: { yes: 28, no: 2, abstain: 1 },
		passed: null,
		reason: null,
		poll: null,
		...difference,
	}
}

function state(seed: number): Readiness {
	return seed % 23 === 0 ? 'bad' : seed % 11 === 0 ? 'weak' : 'ok'
}

/** Everything as `desk.open` answers it. */
/** Relayed and recorded, and held. */
export const onAir = (now = Date.now()): Broadcast => ({
	relay: { since: now - 754_000 },
	recording: { id: 'r1', since: now - 61_000 },
	consent: null,
	programme: { ...offAir.programme, layout: 'two', hold: true },
})

export function deskScene(core: Partial<MeetingCore> = {}, now = Date.now(), waiting = 40): DeskResult {
	const roll = rollOf(now)
	const items = bureaus.map((bureau, index) => ({
		id: `i${index + 1}`,
		title: index === 4 ? '문화체육관광국 하반기 주요 업무 추진 현황과 내년도 축제 예산 보고' : `${bureau} 현안 보고`,
		kind: 'report' as const,
		bureau,
		presenters: [roll.find((one) => one.bureau === bureau)?.id ?? 'p3'],
		seconds: 600,
		documents: index < 4 ? [`d${index}`] : [],
		status: index < 2 ? ('done' as const) : index === 2 ? ('current' as const) : ('pending' as const),
		limitMs: 600_000,
		usedMs: index < 2 ? 540_000 + index * 80_000 : 0,
		runningSince: null,
		place: index,
	}))
	const lobby: LobbyView[] = ['정하늘', '민원실 태블릿', 'Minji Kim'].map((name, index) => ({
		id: `k${index}`,
		name,
		role: index === 2 ? 'observer' : 'member',
		at: now - (3 - index) * 50_000,
		match: index === 0 ? 'p83' : null,
	}))
	const documents = ['도시주택국 보고.pdf', '복지여성국 보고.pdf', '조직도.pptx', '시정연설문.hwp'].map(
		(name, index) => ({
			id: `d${index}`,
			name,
			kind: index < 2 ? ('pdf' as const) : index === 2 ? ('convertible' as const) : ('download' as const),
			state: index < 2 ? ('ready' as const) : index === 2 ? ('converting' as const) : ('download' as const),
			pages: index < 2 ? 30 : null,
			reason: null,
			bytes: 100_000,
			by: 'p1',
			at: now + index,
		}),
	)
	const readiness: ReadinessView[] = roll
		.filter(({ order, attendance }) => order >= 20 && attendance === 'present')
		.map(({ id, order }) => ({
			id,
			microphone: state(order),
			camera: state(order + 7),
			network: state(order * 3 + 1),
			slides: order % 4 === 0 ? 'ok' : 'none',
			rttMs: 18,
			lossPercent: 0,
			at: now,
		}))
	return {
		core: coreOf(now, core),
		people: { revision: 1, set: people(roll, now) },
		lists: {
			asking: { revision: 1, set: askingOf(waiting, now) },
			seats: { revision: 1, set: seats() },
			agenda: { revision: 1, set: items },
			documents: { revision: 1, set: documents },
		},
		desk: {
			roll: { revision: 1, set: roll },
			lobby: { revision: 1, set: lobby },
			readiness: { revision: 1, set: readiness },
			questions: { revision: 1, set: [] },
		},
		chat: [],
	}
}

/** A class whose trainees, and a viewer, ask. */
export function askedScene(now = Date.now()): DeskResult {
	const scene = deskScene({ lesson: { check: null, groups: null, certificates: 0 } }, now)
	const asked = [
		['김철수', '민원 서류에 적힌 주민등록번호 뒷자리는 가려서 보관해야 합니까, 아니면 원본 그대로 두어도 됩니까?', 14],
		['이영희', '보관 기간은 언제부터 셉니까?', 9],
		['박민정', 'CCTV 영상을 본인이 요청하면 바로 보여 주어도 됩니까?', 3],
		['정하늘', '업무용 메신저로 명단을 보내도 됩니까?', 0],
	] as const
	const questions = asked.map(([name, text, votes], i): QuestionView => {
		const answered = i === 2
		const base = { id: `q${i}`, way: 'class', name, text, speaks: false, votes, at: now - i * 60_000 } as const
		const answer = answered ? '' : null
		return { ...base, state: answered ? 'answered' : 'waiting', answer, person: `p${i + 30}`, here: true }
	})
	const viewer: QuestionView = {
		...{ id: 'v', way: 'relay', name: '최시청', text: '교재는 어디에서 받습니까?', speaks: true, votes: 0, at: now },
		...{ state: 'waiting', answer: null, person: null, here: true },
	}
	return {
		...scene,
		core: { ...scene.core, meeting: { ...scene.core.meeting, kind: 'class' } },
		desk: { ...scene.desk, questions: { revision: 1, set: [...questions, viewer] } },
	}
}
