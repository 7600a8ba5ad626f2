import type {
	Attendance,
	FloorKind,
	ItemKind,
	ItemStatus,
	Majority,
	Readiness,
	VoteKind,
} from '../../../appliance/protocol/floor.ts'
import type { MeetingPhase } from '../../../appliance/protocol/room-state.ts'
import type { FloorMode } from '../../../appliance/protocol/rules.ts'
import type { Language } from '../i18n.svelte.ts'
import { deskEn } from './i18n-desk-en.ts'
import { deskKo } from './i18n-desk-ko.ts'

/** The words of the desk. */
export const deskTexts = { ko: deskKo, en: deskEn }

/** The names of what the protocol says by code. */
export interface Named {
	phase: Record<MeetingPhase, string>
	mode: Record<FloorMode, string>
	modeHint: Record<FloorMode, string>
	kind: Record<FloorKind, string>
	attendance: Record<Attendance, string>
	vote: Record<VoteKind, string>
	majority: Record<Majority, string>
	item: Record<ItemKind, string>
	status: Record<ItemStatus, string>
	ready: Record<Readiness, string>
	role: Record<string, string>
}

export const namedTexts: Record<Language, Named> = {
	ko: {
		phase: { planned: '개의 전', open: '회의 중', suspended: '정회 중', closed: '산회' },
		mode: { open: '자유 발언', automatic: '자동 허가', queue: '신청 순서', chair: '의장 허가', voice: '음성 감지' },
		modeHint: {
			open: '누구나 바로 말합니다',
			automatic: '신청하면 바로 켜집니다',
			queue: '자리가 나면 다음 사람이 켜집니다',
			chair: '의장이 한 사람씩 허가합니다',
			voice: '말을 시작하면 켜집니다',
		},
		kind: { speak: '발언', respond: '답변', order: '의사진행발언' },
		attendance: { expected: '미확인', present: '출석', late: '지각', absent: '불참', excused: '청가' },
		vote: { hands: '거수', recorded: '기명', secret: '무기명' },
		majority: {
			more: '다수 찬성',
			overHalf: '출석 과반',
			overHalfOfAll: '재적 과반',
			twoThirds: '출석 3분의 2',
		},
		item: { report: '보고', discussion: '토의', vote: '표결', other: '기타' },
		status: { pending: '대기', current: '진행 중', done: '마침', skipped: '건너뜀' },
		ready: { ok: '좋음', weak: '약함', bad: '문제', none: '없음', unknown: '미확인' },
		role: {
			chair: '의장',
			clerk: '사무국',
			member: '위원',
			observer: '참관',
			viewer: '시청',
			room: '회의실',
			programme: '중계',
			captioner: '속기',
		},
	},
	en: {
		phase: { planned: 'Not opened', open: 'In session', suspended: 'Suspended', closed: 'Adjourned' },
		mode: { open: 'Open floor', automatic: 'Automatic', queue: 'In turn', chair: 'Chair grants', voice: 'By voice' },
		modeHint: {
			open: 'Everyone may speak',
			automatic: 'Who asks is opened at once',
			queue: 'The next in line, when there is room',
			chair: 'The chair grants one by one',
			voice: 'Who begins to speak is opened',
		},
		kind: { speak: 'Speaking', respond: 'Response', order: 'Point of order' },
		attendance: { expected: 'Expected', present: 'Present', late: 'Late', absent: 'Absent', excused: 'Excused' },
		vote: { hands: 'Hands', recorded: 'Recorded', secret: 'Secret' },
		majority: {
			more: 'More for than against',
			overHalf: 'Half of those voting',
			overHalfOfAll: 'Half of all',
			twoThirds: 'Two thirds',
		},
		item: { report: 'Report', discussion: 'Discussion', vote: 'Vote', other: 'Other' },
		status: { pending: 'Waiting', current: 'On now', done: 'Done', skipped: 'Skipped' },
		ready: { ok: 'Good', weak: 'Weak', bad: 'Problem', none: 'None', unknown: 'Unknown' },
		role: {
			chair: 'Chair',
			clerk: 'Clerk',
			member: 'Member',
			observer: 'Observer',
			viewer: 'Viewer',
			room: 'Room',
			programme: 'Relay',
			captioner: 'Captioner',
		},
	},
}
