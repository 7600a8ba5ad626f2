import type { DeskView, DeskVisit } from '../../appliance/protocol/counsel.ts'
import type {
	CameraView,
	MeetingView,
	ParticipantView,
	RoomState,
	SpeakerphoneView,
} from '../../appliance/protocol/room-state.ts'

/** A council chamber on a working day, as a panel would see it. */

const minute = 60_000

export function meeting(difference: Partial<MeetingView> = {}): MeetingView {
	return {
		id: 'm1',
		title: '11월 확대간부회의',
		kind: 'council',
		phase: 'open',
		startsAt: Date.now() - 42 * minute,
		openedAt: Date.now() - 41 * minute,
		...difference,
	}
}

export function camera(id: string, name: string, difference: Partial<CameraView> = {}): CameraView {
	return {
		id,
		name,
		driver: 'visca-ip',
		status: 'ready',
		reason: null,
		since: Date.now() - 60 * minute,
		position: { pan: -12.3, tilt: 4.5, zoom: 0.35, unit: 'degrees', at: Date.now() },
		capabilities: {
			panTilt: { speeds: 24 },
			zoom: { speeds: 7 },
			presets: { slots: 64 },
			focus: { byHand: true },
			positions: 'degrees',
		},
		motion: null,
		undo: null,
		presets: [],
		preset: null,
		lease: null,
		video: 'sending',
		stream: null,
		...difference,
	}
}

export function people(count: number): ParticipantView[] {
	const names = [
		'김영희 기획예산과장',
		'이철수 안전총괄과장',
		'박민정 복지국장',
		'최수진 문화과장',
		'정하늘 홍보담당관',
		'강도윤 교통과장',
		'윤서연 환경과장',
	]
	const roles = ['clerk', 'member', 'member', 'member', 'observer', 'member', 'member']
	return Array.from({ length: count }, (_, index) => ({
		id: `p${index}`,
		name: index === 0 ? '홍길동 부시장' : (names[(index - 1) % 7] ?? ''),
		role: index === 0 ? 'chair' : (roles[(index - 1) % 7] ?? 'member'),
		here: index % 9 !== 5,
		muted: index % 7 === 4 ? null : index % 3 !== 0,
		camera: index % 4 !== 3,
	}))
}

export function speakerphone(difference: Partial<SpeakerphoneView> = {}): SpeakerphoneView {
	const lamps = { offHook: true, mute: true, ring: true, hold: true }
	return {
		...{ status: 'ready', muted: false, offHook: false, reason: null, detail: null, since: Date.now() - 90 * minute },
		model: { name: 'Jabra SPEAK 510 USB', vendorId: 0x0b0e, productId: 0x0420, serial: '70BF92', firmware: '2.14' },
		capabilities: { hook: 'level', mute: 'one-shot', volume: true, reject: false, hold: true, lamps },
		...{ unconfirmed: false, own: true, waiting: false, pressedAt: null, check: null, hungUpAt: null },
		...difference,
	}
}

export function chamber(difference: Partial<RoomState> = {}): RoomState {
	const since = Date.now() - 90 * minute
	return {
		name: '대회의실',
		language: 'ko',
		build: '0.1.0',
		demo: false,
		call: { phase: 'idle', meeting: null, reason: null, since, recovering: false },
		muted: false,
		hub: { status: 'online', since },
		stage: { status: 'ready', reason: null, since },
		devices: { status: 'ready', since },
		participants: [],
		cameras: [
			camera('front', '정면', {
				preset: 2,
				presets: ['전경', '의장석', '발언대', '3번석 도시국장', '5번석'].map((name, index) => ({
					slot: index + 1,
					name,
					thumbnail: index === 4 ? null : 1000 + index,
				})),
			}),
			camera('left', '좌측'),
			camera('right', '우측', { video: 'idle' }),
			camera('rear', '후면', { video: 'none' }),
			camera('dome', '천장', {
				status: 'failed',
				reason: 'unreachable',
				since: Date.now() - 12 * minute,
				video: 'failed',
			}),
		],
		speakerphone: speakerphone(),
		volume: 80,
		sound: { microphone: 'off', output: 'good' },
		ring: null,
		seats: [
			{ id: '1', name: '의장석', camera: 'front', preset: 2, mic: 'off' },
			{ id: '6', name: '6번석', camera: 'front', preset: null, mic: 'off' },
		],
		meetings: [
			meeting(),
			meeting({
				id: 'm2',
				title: '도시계획위원회',
				phase: 'planned',
				startsAt: Date.now() + 70 * minute,
				openedAt: null,
			}),
			meeting({
				id: 'm3',
				title: '신규 임용자 전산 교육',
				kind: 'class',
				phase: 'planned',
				startsAt: Date.now() + 130 * minute,
				openedAt: null,
			}),
		],
		addresses: { attend: 'https://maru.city.example:8443/attend' },
		contact: '시설관리팀 내선 2580',
		...difference,
	}
}

export function inCall(difference: Partial<RoomState> = {}): RoomState {
	const since = Date.now() - 41 * minute
	return chamber({
		call: { phase: 'inCall', meeting: meeting(), reason: null, since, recovering: false },
		participants: people(12),
		...difference,
	})
}

/** The counter of 민원 상담 on a busy morning, as a panel is told of it. */
export function counter(): DeskView {
	const visit = (number: number, fields: Partial<DeskVisit> = {}): DeskVisit => ({
		...{ id: `v${number}`, number, topic: 'passport', department: 'civil', phase: 'waiting', from: null },
		...{ since: Date.now() - number * minute, arrivedAt: Date.now() - (20 - number) * minute, startsAt: null },
		...{ official: null, interpreter: null, name: null, desk: null, calls: 0, meeting: null, endsAt: null },
		...fields,
	})
	const waiting = [13, 14, 15, 16, 17].map((number) =>
		visit(number, number % 2 ? {} : { topic: 'building', department: 'urban' }),
	)
	return {
		departments: [
			{ id: 'civil', ko: '민원여권과', en: 'Civil affairs' },
			{ id: 'urban', ko: '도시건축과', en: 'Urban planning' },
		],
		topics: [
			{ id: 'passport', ko: '여권', en: 'Passport', department: 'civil' },
			{ id: 'building', ko: '건축 허가 및 용도 변경', en: 'Building permits', department: 'urban' },
		],
		visits: [
			...waiting,
			visit(1012, { phase: 'serving', desk: '5번 창구', meeting: 's1012' }),
			visit(11, { phase: 'called', desk: '3번 창구' }),
			visit(12, { phase: 'serving', desk: '대회의실', meeting: 's12' }),
		],
		at: Date.now(),
	}
}
