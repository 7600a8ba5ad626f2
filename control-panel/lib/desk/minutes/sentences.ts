import { type Language, span } from '../../i18n.svelte.ts'
import { namedTexts } from '../i18n-desk.ts'

/** The journal of a meeting in the words of the field. What nobody needs to read has no sentence. */

/** An event as `GET …/journal` tells it: which fields there are depends on the type. */
export interface Entry {
	seq: number
	at: number
	type: string
	[field: string]: unknown
}

/** Takes what has number, time and type; anything else is left out. */
export function readJournal(answer: unknown): Entry[] {
	if (typeof answer !== 'object' || answer === null || !('events' in answer) || !Array.isArray(answer.events)) return []
	return answer.events.filter(
		(event): event is Entry =>
			typeof event?.seq === 'number' && typeof event.at === 'number' && typeof event.type === 'string',
	)
}

/** A question to a class is no vote, and only its beginning says so: its events under names of their own. */
export function pollsApart(entries: readonly Entry[]): Entry[] {
	const polls = new Map(
		entries.flatMap(({ type, vote, poll }) => (type === 'vote.opened' && poll ? [[vote, poll]] : [])),
	)
	return entries.map((entry) => {
		const poll = entry.type.startsWith('vote.') ? polls.get(entry.vote) : undefined
		if (!poll) return entry
		const quiz = (poll as { right?: unknown }).right != null
		return { ...entry, type: entry.type.replace('vote.', quiz ? 'quiz.' : 'poll.') }
	})
}

type Teller = (field: {
	name(key: string): string
	text(key: string): string
	number(key: string): number
	list(key: string): unknown[]
	named: (typeof namedTexts)[Language]
}) => string

const endsKo: Record<string, string> = {
	'disk-full': ' (디스크 문제)',
	'disk-failed': ' (디스크 문제)',
	'consent-withdrawn': ' (동의 철회)',
	'consent-missing': ' (동의하지 않은 사람이 있음)',
}
const endsEn: Record<string, string> = {
	'disk-full': ' (the disk)',
	'disk-failed': ' (the disk)',
	'consent-withdrawn': ' (consent withdrawn)',
	'consent-missing': ' (somebody has not agreed)',
}

const ko: Record<string, Teller> = {
	'meeting.opened': () => '개의',
	'meeting.suspended': () => '정회',
	'meeting.resumed': () => '속개',
	'meeting.closed': () => '산회',
	'person.joined': ({ name }) => `${name('person')} 참가`,
	'person.left': ({ name }) => `${name('person')} 퇴장`,
	'roll.called': ({ list }) => `점호: 출석 ${list('present').length}명, 불참 ${list('absent').length}명`,
	'roll.marked': ({ name, text, named }) =>
		`${name('person')} ${named.attendance[text('attendance') as 'present'] ?? ''} 처리`,
	'lobby.admitted': ({ name }) => `${name('as')} 입장 허가`,
	'lobby.refused': ({ name }) => `${name('person')} 입장 거절`,
	'floor.requested': ({ name, text, named }) => `${name('who')} ${named.kind[text('kind') as 'speak'] ?? ''} 신청`,
	'floor.withdrawn': ({ name }) => `${name('who')} 발언 신청 취소`,
	'floor.declined': ({ name }) => `${name('who')} 발언 신청 반려`,
	'floor.granted': ({ name, text, named }) => `${name('who')} ${named.kind[text('kind') as 'speak'] ?? ''} 시작`,
	'floor.ended': ({ name, number, text }) =>
		`${name('who')} 발언 ${text('cause') === 'revoked' ? '회수' : '종료'} (${span(number('spokenMs'))})`,
	'floor.extended': ({ name }) => `${name('who')} 발언 시간 연장`,
	'item.started': ({ text }) => `안건 상정: ${text('item')}`,
	'item.ended': ({ text, number }) => `안건 종료: ${text('item')} (${span(number('usedMs'))})`,
	'item.skipped': ({ text }) => `안건 건너뜀: ${text('item')}`,
	'vote.opened': ({ text }) => `표결 시작: ${text('title')}`,
	'vote.closed': ({ text, number }) =>
		`표결 종료: 투표 ${number('cast')}명, ${text('passed') === 'true' ? '가결' : text('passed') === 'false' ? '부결' : '집계'}`,
	'vote.cancelled': () => '표결 취소',
	'poll.opened': ({ text }) => `설문 시작: ${text('title')}`,
	'poll.closed': ({ number }) => `설문 마감: 응답 ${number('cast')}명`,
	'poll.cancelled': () => '설문 취소',
	'quiz.opened': ({ text }) => `퀴즈 시작: ${text('title')}`,
	'quiz.closed': ({ number }) => `퀴즈 마감: 응답 ${number('cast')}명`,
	'quiz.cancelled': () => '퀴즈 취소',
	'relay.started': () => '중계 시작',
	'relay.stopped': () => '중계 끝',
	'recording.started': () => '녹화 시작',
	'recording.stopped': ({ text }) => `녹화 끝${endsKo[text('cause')] ?? ''}`,
	'consent.asked': () => '녹화 동의 요청',
	'consent.given': ({ name }) => `${name('person')} 녹화 동의`,
	'consent.refused': ({ name }) => `${name('person')} 녹화 동의하지 않음`,
	'consent.withdrawn': ({ name }) => `${name('person')} 녹화 동의 철회`,
	'recording.kept': ({ text }) => `녹화 파일, SHA-256 ${text('sha256')}`,
	'recording.removed': ({ text }) => `녹화 파일 삭제${text('cause') === 'retention' ? ' (보관 기간 지남)' : ''}`,
	'minutes.noted': ({ text }) => `기록: ${text('text')}`,
	'minutes.corrected': ({ number, text }) => `${number('of')}번 정정: ${text('text')}`,
}

const en: Record<string, Teller> = {
	'meeting.opened': () => 'Meeting opened',
	'meeting.suspended': () => 'Meeting suspended',
	'meeting.resumed': () => 'Meeting resumed',
	'meeting.closed': () => 'Meeting adjourned',
	'person.joined': ({ name }) => `${name('person')} joined`,
	'person.left': ({ name }) => `${name('person')} left`,
	'roll.called': ({ list }) => `Roll call: ${list('present').length} present, ${list('absent').length} absent`,
	'roll.marked': ({ name, text, named }) =>
		`${name('person')} marked ${named.attendance[text('attendance') as 'present'] ?? ''}`,
	'lobby.admitted': ({ name }) => `${name('as')} let in`,
	'lobby.refused': ({ name }) => `${name('person')} not let in`,
	'floor.requested': ({ name, text, named }) =>
		`${name('who')} asked for the floor (${named.kind[text('kind') as 'speak'] ?? ''})`,
	'floor.withdrawn': ({ name }) => `${name('who')} withdrew`,
	'floor.declined': ({ name }) => `${name('who')} was declined`,
	'floor.granted': ({ name, text, named }) =>
		`${name('who')} has the floor (${named.kind[text('kind') as 'speak'] ?? ''})`,
	'floor.ended': ({ name, number, text }) =>
		`${name('who')} ${text('cause') === 'revoked' ? 'lost the floor' : 'finished'} (${span(number('spokenMs'))})`,
	'floor.extended': ({ name }) => `${name('who')} was given more time`,
	'item.started': ({ text }) => `Item begun: ${text('item')}`,
	'item.ended': ({ text, number }) => `Item ended: ${text('item')} (${span(number('usedMs'))})`,
	'item.skipped': ({ text }) => `Item skipped: ${text('item')}`,
	'vote.opened': ({ text }) => `Vote opened: ${text('title')}`,
	'vote.closed': ({ text, number }) =>
		`Vote closed: ${number('cast')} voted, ${text('passed') === 'true' ? 'carried' : text('passed') === 'false' ? 'not carried' : 'counted'}`,
	'vote.cancelled': () => 'Vote cancelled',
	'poll.opened': ({ text }) => `Poll opened: ${text('title')}`,
	'poll.closed': ({ number }) => `Poll closed: ${number('cast')} answered`,
	'poll.cancelled': () => 'Poll cancelled',
	'quiz.opened': ({ text }) => `Quiz opened: ${text('title')}`,
	'quiz.closed': ({ number }) => `Quiz closed: ${number('cast')} answered`,
	'quiz.cancelled': () => 'Quiz cancelled',
	'relay.started': () => 'Relay begun',
	'relay.stopped': () => 'Relay ended',
	'recording.started': () => 'Recording begun',
	'recording.stopped': ({ text }) => `Recording ended${endsEn[text('cause')] ?? ''}`,
	'consent.asked': () => 'Consent to a recording asked for',
	'consent.given': ({ name }) => `${name('person')} agreed to be recorded`,
	'consent.refused': ({ name }) => `${name('person')} did not agree to be recorded`,
	'consent.withdrawn': ({ name }) => `${name('person')} withdrew their consent`,
	'recording.kept': ({ text }) => `File of the recording, SHA-256 ${text('sha256')}`,
	'recording.removed': ({ text }) =>
		`File of the recording removed${text('cause') === 'retention' ? ' (kept for its time)' : ''}`,
	'minutes.noted': ({ text }) => `Note: ${text('text')}`,
	'minutes.corrected': ({ number, text }) => `Correction of no. ${number('of')}: ${text('text')}`,
}

/** What an event says, or null where it is of no interest to a reader. `named` tells people and seats by id. */
export function sentence(entry: Entry, named: (who: string) => string, language: Language): string | null {
	const tell = { ko, en }[language][entry.type]
	if (!tell) return null
	return tell({
		name: (key) => named(String(entry[key] ?? '')),
		text: (key) => String(entry[key] ?? ''),
		number: (key) => Number(entry[key] ?? 0),
		list: (key) => (Array.isArray(entry[key]) ? entry[key] : []),
		named: namedTexts[language],
	})
}
