import type { Attendance, FloorKind, ItemStatus, VoteKind } from '../protocol/floor.ts'
import type { RecordingEnd, RecordingRemoval } from '../protocol/relay.ts'
import type { MinutesPoll, Name } from './minutes.ts'

/** The words of the field, for the minutes. */

export type Language = 'ko' | 'en'

const ko = {
	title: '회의록',
	meeting: '회의명',
	when: '일시',
	closedAt: '산회',
	quorum: '정족수',
	quorumText: (present: number, required: number) => `재석 ${present}명 / 필요 ${required}명`,
	attendance: '참석자',
	absent: '불참자',
	name: '성명',
	jobTitle: '직위',
	bureau: '국',
	seat: '좌석',
	status: '출결',
	first: '입장',
	last: '퇴장',
	agenda: '안건',
	number: '번호',
	item: '안건명',
	presenters: '보고자',
	used: '소요',
	progress: '진행',
	time: '시각',
	what: '내용',
	speaking: '발언 시간',
	speeches: '발언 수',
	spoken: '시간',
	votes: '표결',
	vote: '표결',
	polls: { poll: '설문', quiz: '퀴즈' } satisfies Record<MinutesPoll, string>,
	choice: '선택',
	count: '표',
	answers: '응답',
	voter: '투표자',
	respondent: '응답자',
	proxy: (by: string) => `대리 ${by}`,
	key: '표 번호',
	answerKey: '응답 번호',
	rightIs: (label: string) => `정답: ${label}`,
	nobody: '없음',
	erased: '(삭제된 사람)',
	journal: (events: number, head: string) => `기록 ${events}건, 마지막 해시 ${head}`,
	verbatim: '발언록',
	verbatimLead: (sha256: string) =>
		`자동 인식이나 속기로 받아 적은 것으로, 기록의 해시에는 들지 않으며 산회 후 72시간까지 고칠 수 있음. 발언록 해시 ${sha256}`,
	speaker: '발언자',
	unknownSpeaker: '발언자 미상',
	betweenItems: '안건 밖',
	changedAfter: '산회 후 고침',
	removedAfter: (n: number) => `산회 후 삭제된 발언 ${n}건`,
	page: '쪽',
	people: (n: number) => `${n}명`,
	voteLine: (eligible: number, cast: number) => `재적 ${eligible}명, 투표 ${cast}명`,
	pollLine: (eligible: number, cast: number) => `대상 ${eligible}명, 응답 ${cast}명`,
	passed: '가결',
	rejected: '부결',
	byQuorum: '부결 (의결정족수 미달)',
	noResult: '결과 확인',
	attendances: {
		expected: '미확인',
		present: '출석',
		late: '지각',
		absent: '불참',
		excused: '사유 불참',
		guest: '배석',
	} satisfies Record<Attendance | 'guest', string>,
	items: { pending: '미진행', current: '진행 중', done: '완료', skipped: '건너뜀' } satisfies Record<
		ItemStatus,
		string
	>,
	voteKinds: { hands: '거수', recorded: '기명', secret: '무기명' } satisfies Record<VoteKind, string>,
	lists: { speak: '발언', respond: '답변', order: '의사진행발언' } satisfies Record<FloorKind, string>,
	ends: {
		yielded: '마침',
		revoked: '회수',
		time: '시간 종료',
		interrupted: '중단',
		left: '퇴장',
		mode: '자유 발언 전환',
		closed: '산회',
	},
	recordingEnds: {
		asked: '사람이 끝냄',
		closed: '산회',
		'disk-full': '디스크 가득 참',
		'disk-failed': '디스크 오류',
		'consent-withdrawn': '동의 철회',
		'consent-missing': '동의하지 않은 사람이 있음',
	} satisfies Record<RecordingEnd, string>,
	recordingRemovals: { asked: '사람이 지움', retention: '보관 기간 지남', empty: '내용 없음' } satisfies Record<
		RecordingRemoval,
		string
	>,
	hall: '회의장',
	remote: '원격',
	goesOn: '진행 중',
	entry: {
		opened: () => '개의',
		suspended: () => '정회',
		resumed: () => '속개',
		closed: () => '산회',
		rollCalled: (present: number, absent: string) => `점호: 출석 ${present}명, 불참 ${absent}`,
		late: (who: string) => `${who} 지각 입장`,
		left: (who: string) => `${who} 퇴장`,
		itemStarted: (item: string) => `안건 상정: ${item}`,
		itemEnded: (item: string, used: string) => `안건 종료: ${item} (${used})`,
		itemSkipped: (item: string) => `안건 건너뜀: ${item}`,
		declined: (who: string) => `${who} 발언 신청 불허`,
		voteOpened: (what: string, title: string, kind: string, n: number) =>
			`${what} 시작 (${kind}): ${title}, 대상 ${n}명`,
		voteClosed: (what: string, title: string, result: string) => `${what} 결과: ${title}, ${result}`,
		voteCancelled: (what: string, title: string) => `${what} 취소: ${title}`,
		relayStarted: () => '중계 시작',
		relayStopped: () => '중계 끝',
		recordingStarted: () => '녹화 시작',
		recordingStopped: (cause: string) => `녹화 끝 (${cause})`,
		recordingKept: (length: string, sha256: string) => `녹화 파일: ${length}, SHA-256 ${sha256}`,
		recordingRemoved: (cause: string) => `녹화 파일 삭제 (${cause})`,
		note: (text: string, by: string) => `기록: ${text} (${by})`,
		correction: (of: number, text: string, by: string) => `정정 (기록 ${of}번): ${text} (${by})`,
	},
}

const en: typeof ko = {
	title: 'Minutes',
	meeting: 'Meeting',
	when: 'Opened',
	closedAt: 'Adjourned',
	quorum: 'Quorum',
	quorumText: (present, required) => `${present} present, ${required} required`,
	attendance: 'Attendance',
	absent: 'Absent',
	name: 'Name',
	jobTitle: 'Title',
	bureau: 'Bureau',
	seat: 'Seat',
	status: 'Attendance',
	first: 'From',
	last: 'Until',
	agenda: 'Agenda',
	number: 'No.',
	item: 'Item',
	presenters: 'Presenters',
	used: 'Took',
	progress: 'State',
	time: 'Time',
	what: 'Proceedings',
	speaking: 'Speaking time',
	speeches: 'Speeches',
	spoken: 'Time',
	votes: 'Votes',
	vote: 'Vote',
	polls: { poll: 'Poll', quiz: 'Quiz' },
	choice: 'Choice',
	count: 'Votes',
	answers: 'Answers',
	voter: 'Voter',
	respondent: 'Answered by',
	proxy: (by) => `by proxy: ${by}`,
	key: 'Ballot',
	answerKey: 'Answer',
	rightIs: (label) => `Right answer: ${label}`,
	nobody: 'none',
	erased: '(erased)',
	journal: (events, head) => `${events} events in the journal, last hash ${head}`,
	verbatim: 'Verbatim',
	verbatimLead: (sha256) =>
		`Taken down by a recogniser or a stenographer; not covered by the journal's hash, and open to correction for 72 hours after the end. Hash of the words ${sha256}`,
	speaker: 'Speaker',
	unknownSpeaker: 'speaker unknown',
	betweenItems: 'Outside the items',
	changedAfter: 'changed after the end',
	removedAfter: (n) => `${n} ${n === 1 ? 'caption' : 'captions'} removed after the end`,
	page: 'Page',
	people: (n) => `${n}`,
	voteLine: (eligible, cast) => `${eligible} eligible, ${cast} cast`,
	pollLine: (eligible, cast) => `${eligible} asked, ${cast} answered`,
	passed: 'carried',
	rejected: 'rejected',
	byQuorum: 'rejected (no quorum)',
	noResult: 'see the counts',
	attendances: {
		expected: 'expected',
		present: 'present',
		late: 'late',
		absent: 'absent',
		excused: 'excused',
		guest: 'guest',
	},
	items: { pending: 'not reached', current: 'going on', done: 'done', skipped: 'skipped' },
	voteKinds: { hands: 'show of hands', recorded: 'recorded', secret: 'secret' },
	lists: { speak: 'speech', respond: 'response', order: 'point of order' },
	ends: {
		yielded: 'finished',
		revoked: 'revoked',
		time: 'time was up',
		interrupted: 'interrupted',
		left: 'left',
		mode: 'floor opened to all',
		closed: 'adjourned',
	},
	recordingEnds: {
		asked: 'by hand',
		closed: 'adjourned',
		'disk-full': 'disk full',
		'disk-failed': 'disk failed',
		'consent-withdrawn': 'consent withdrawn',
		'consent-missing': 'somebody has not agreed',
	},
	recordingRemovals: { asked: 'by hand', retention: 'kept for its time', empty: 'nothing in it' },
	hall: 'hall',
	remote: 'remote',
	goesOn: 'going on',
	entry: {
		opened: () => 'Opened',
		suspended: () => 'Suspended',
		resumed: () => 'Resumed',
		closed: () => 'Adjourned',
		rollCalled: (present, absent) => `Roll call: ${present} present, absent ${absent}`,
		late: (who) => `${who} came in late`,
		left: (who) => `${who} left`,
		itemStarted: (item) => `Item: ${item}`,
		itemEnded: (item, used) => `End of item: ${item} (${used})`,
		itemSkipped: (item) => `Item skipped: ${item}`,
		declined: (who) => `${who} was not given the floor`,
		voteOpened: (what, title, kind, n) => `${what} opened (${kind}): ${title}, ${n} eligible`,
		voteClosed: (what, title, result) => `${what}: ${title}, ${result}`,
		voteCancelled: (what, title) => `${what} cancelled: ${title}`,
		relayStarted: () => 'Relay begun',
		relayStopped: () => 'Relay ended',
		recordingStarted: () => 'Recording begun',
		recordingStopped: (cause) => `Recording ended (${cause})`,
		recordingKept: (length, sha256) => `File of the recording: ${length}, SHA-256 ${sha256}`,
		recordingRemoved: (cause) => `File of the recording removed (${cause})`,
		note: (text, by) => `Note: ${text} (${by})`,
		correction: (of, text, by) => `Correction of event ${of}: ${text} (${by})`,
	},
}

export type Words = typeof ko
export const wordsOf = (language: Language): Words => (language === 'ko' ? ko : en)

/** '도시국 국장 박도시'; somebody erased keeps bureau and title out as well. */
export function called({ name, title, bureau }: Name, words: Words): string {
	if (name === null) return words.erased
	return [bureau, title, name].filter((part) => part !== '').join(' ')
}

/** '3분 05초', '3 min 05 s'. */
export function duration(ms: number, language: Language): string {
	const seconds = Math.round(ms / 1000)
	const [minutes, rest] = [Math.floor(seconds / 60), String(seconds % 60).padStart(2, '0')]
	return language === 'ko' ? `${minutes}분 ${rest}초` : `${minutes} min ${rest} s`
}

/** Wall clocks of the house. */
export interface Clocks {
	/** '14:03:09' */
	time(at: number): string
	/** '2026년 11월 23일 월요일 14:03' */
	date(at: number): string
}

export function clocksIn(timeZone: string, language: Language): Clocks {
	const locale = language === 'ko' ? 'ko-KR' : 'en-GB'
	const clock = { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit' } as const
	const time = new Intl.DateTimeFormat(locale, { ...clock, second: '2-digit' })
	const day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: 'full' })
	const minute = new Intl.DateTimeFormat(locale, clock)
	return { time: (at) => time.format(at), date: (at) => `${day.format(at)} ${minute.format(at)}` }
}
