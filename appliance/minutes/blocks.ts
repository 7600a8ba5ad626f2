import { attendanceHead, attendanceRow } from './attendance.ts'
import { cleaned } from './clean.ts'
import type { Minutes, MinutesEntry, MinutesVote } from './minutes.ts'
import { type Clocks, called, clocksIn, duration, type Language, type Words, wordsOf } from './words.ts'

/** The minutes as headings, lines and tables of plain text. Every written form is made from these, and so they agree. */
export type Block =
	| { type: 'heading'; level: 1 | 2 | 3; text: string }
	/** `leads`: it stands on the page of what follows. */
	| { type: 'paragraph'; text: string; leads?: true }
	/** Names and their values, one a line. */
	| { type: 'facts'; rows: [string, string][] }
	| Table

/** As many columns as heads and as cells in each row. A 'short' one, and a 'number', is never broken over two lines. */
export interface Table {
	type: 'table'
	head: string[]
	columns: ('text' | 'short' | 'number')[]
	rows: string[][]
}

export interface Writing {
	language: Language
	/** IANA name: the house's own clock. */
	timeZone: string
}

interface Pen extends Writing {
	words: Words
	clocks: Clocks
}

/** What the minutes are called, as in their first heading. */
export function titleOf({ meeting }: Minutes, language: Language): string {
	return `${wordsOf(language).title}: ${cleaned(meeting.title)}`
}

/** The minutes in the house's words and clocks, each text one line of plain characters. */
export function blocksOf(asGiven: Minutes, writing: Writing): Block[] {
	const minutes = cleaned(asGiven)
	const { language, timeZone } = writing
	const pen = { ...writing, words: wordsOf(language), clocks: clocksIn(timeZone, language) }
	return [
		...head(minutes, pen),
		...attendance(minutes, pen),
		...agenda(minutes, pen),
		...proceedings(minutes, pen),
		...minutes.votes.flatMap((vote, i) => {
			const before = minutes.votes.slice(0, i).filter(({ poll }) => poll === vote.poll)
			return voteOf(vote, before.length + 1, pen)
		}),
		...speaking(minutes, pen),
		...verbatim(minutes, pen),
		{ type: 'paragraph', text: pen.words.journal(minutes.journal.events, minutes.journal.head) },
	]
}

function head(minutes: Minutes, { words, clocks, language }: Pen): Block[] {
	const { meeting, quorum } = minutes
	const rows: [string, string][] = [[words.meeting, meeting.title]]
	if (meeting.openedAt !== null) rows.push([words.when, clocks.date(meeting.openedAt)])
	if (meeting.closedAt !== null) rows.push([words.closedAt, clocks.date(meeting.closedAt)])
	if (quorum) rows.push([words.quorum, words.quorumText(quorum.present, quorum.required)])
	return [
		{ type: 'heading', level: 1, text: titleOf(minutes, language) },
		{ type: 'facts', rows },
	]
}

function attendance({ attendance: all }: Minutes, { words, clocks }: Pen): Block[] {
	const away = all.filter(({ attendance: how }) => how === 'absent' || how === 'excused' || how === 'expected')
	const there = all.filter((one) => !away.includes(one))
	return [
		{ type: 'heading', level: 2, text: `${words.attendance} (${words.people(there.length)})` },
		{
			type: 'table',
			head: attendanceHead(words),
			columns: ['text', 'text', 'text', 'text', 'short', 'short', 'short'],
			rows: there.map((one) => attendanceRow(one, words, clocks.time)),
		},
		{ type: 'heading', level: 2, text: `${words.absent} (${words.people(away.length)})` },
		away.length === 0
			? { type: 'paragraph', text: words.nobody }
			: {
					type: 'table',
					head: [words.bureau, words.jobTitle, words.name, words.status],
					columns: ['text', 'text', 'text', 'short'],
					rows: away.map(({ bureau, title, name, attendance: how }) => [
						bureau,
						title,
						name ?? words.erased,
						words.attendances[how],
					]),
				},
	]
}

function agenda({ items }: Minutes, { words, language }: Pen): Block[] {
	if (items.length === 0) return []
	return [
		{ type: 'heading', level: 2, text: words.agenda },
		{
			type: 'table',
			head: [words.number, words.item, words.bureau, words.presenters, words.progress, words.used],
			columns: ['number', 'text', 'text', 'text', 'short', 'number'],
			rows: items.map(({ number, title, bureau, presenters, status, usedMs }) => [
				String(number),
				title,
				bureau,
				presenters.map((one) => called(one, words)).join(', '),
				words.items[status],
				duration(usedMs, language),
			]),
		},
	]
}

function proceedings({ entries, votes }: Minutes, pen: Pen): Block[] {
	const { words, clocks } = pen
	return [
		{ type: 'heading', level: 2, text: words.what },
		{
			type: 'table',
			head: [words.number, words.time, words.what],
			columns: ['number', 'short', 'text'],
			rows: entries.map((entry) => [String(entry.seq), clocks.time(entry.at), lineOf(entry, votes, pen)]),
		},
	]
}

/** One event in the words of the field. */
function lineOf(entry: MinutesEntry, votes: readonly MinutesVote[], { words, language }: Pen): string {
	const { entry: say } = words
	const item = ({ title, bureau }: { title: string; bureau: string }) => (bureau === '' ? title : `${bureau}, ${title}`)
	switch (entry.type) {
		case 'opened':
		case 'suspended':
		case 'resumed':
		case 'closed':
			return say[entry.type]()
		case 'rollCalled':
			return say.rollCalled(entry.present, entry.absent.map((one) => called(one, words)).join(', ') || words.nobody)
		case 'late':
		case 'left':
		case 'declined':
			return say[entry.type](called(entry.who, words))
		case 'itemStarted':
		case 'itemSkipped':
			return say[entry.type](item(entry))
		case 'itemEnded':
			return say.itemEnded(item(entry), duration(entry.usedMs, language))
		case 'speech': {
			const limit = entry.limitMs === null ? '' : ` / ${duration(entry.limitMs, language)}`
			const end = entry.ended === null ? words.goesOn : words.ends[entry.ended]
			const how = `${words[entry.place]}, ${duration(entry.spokenMs, language)}${limit}, ${end}`
			return `${words.lists[entry.kind]}: ${called(entry.who, words)} (${how})`
		}
		case 'voteOpened':
			return say.voteOpened(asked(entry, words), entry.title, words.voteKinds[entry.kind], entry.eligible)
		case 'voteClosed': {
			const vote = votes.find(({ id }) => id === entry.vote)
			const result = vote ? resultOf(vote, words) : words.noResult
			return say.voteClosed(asked(vote ?? {}, words), vote?.title ?? entry.vote, result)
		}
		case 'voteCancelled':
			return say.voteCancelled(asked(entry, words), entry.title)
		case 'relayStarted':
		case 'relayStopped':
		case 'recordingStarted':
			return say[entry.type]()
		case 'recordingStopped':
			return say.recordingStopped(words.recordingEnds[entry.cause])
		case 'recordingKept':
			return say.recordingKept(duration(entry.durationMs, language), entry.sha256)
		case 'recordingRemoved':
			return say.recordingRemoved(words.recordingRemovals[entry.cause])
		case 'note':
			return say.note(entry.text, called(entry.by, words))
		case 'correction':
			return say.correction(entry.of, entry.text, called(entry.by, words))
	}
}

function resultOf({ choices, passed, reason }: MinutesVote, words: Words): string {
	const counts = choices.map(({ label, count }) => `${label} ${count}`).join(', ')
	if (passed === null) return counts
	return `${counts}: ${passed ? words.passed : reason === 'quorum' ? words.byQuorum : words.rejected}`
}

/** What it is called: a question to a class is no vote. */
function asked({ poll }: Pick<MinutesVote, 'poll'>, words: Words): string {
	return poll === undefined ? words.vote : words.polls[poll]
}

function voteOf(vote: MinutesVote, number: number, pen: Pen): Block[] {
	const { words, clocks } = pen
	const { poll, right } = vote
	const turnout = poll ? words.pollLine : words.voteLine
	const result = right === undefined ? resultOf(vote, words) : `${resultOf(vote, words)}. ${words.rightIs(right)}`
	const blocks: Block[] = [
		{
			type: 'heading',
			level: 2,
			text: `${poll ? words.polls[poll] : words.votes} ${number}: ${vote.title} (${words.voteKinds[vote.kind]})`,
		},
		{
			type: 'paragraph',
			leads: true,
			text: `${clocks.time(vote.openedAt)}–${clocks.time(vote.closedAt)}, ${turnout(vote.eligible, vote.cast)}. ${result}`,
		},
		{
			type: 'table',
			head: [words.choice, poll ? words.answers : words.count],
			columns: ['text', 'number'],
			rows: vote.choices.map(({ label, count }) => [label, String(count)]),
		},
	]
	if (vote.ballots) {
		blocks.push({
			type: 'table',
			head: [poll ? words.respondent : words.voter, words.choice],
			columns: ['text', 'text'],
			rows: vote.ballots.map(({ who, choice, by }) => [
				by === null ? called(who, words) : `${called(who, words)} (${words.proxy(called(by, words))})`,
				choice,
			]),
		})
	}
	if (vote.keys) {
		blocks.push({
			type: 'table',
			head: [poll ? words.answerKey : words.key, words.choice],
			columns: ['text', 'text'],
			rows: vote.keys.map(({ key, choice }) => [key, choice]),
		})
	}
	return blocks
}

function speaking({ speaking: { people, bureaus } }: Minutes, { words, language }: Pen): Block[] {
	if (people.length === 0) return []
	const head = [words.speeches, words.spoken]
	return [
		{ type: 'heading', level: 2, text: words.speaking },
		{
			type: 'table',
			head: [words.name, ...head],
			columns: ['text', 'number', 'number'],
			rows: people.map((one) => [called(one, words), String(one.speeches), duration(one.spokenMs, language)]),
		},
		{
			type: 'table',
			head: [words.bureau, ...head],
			columns: ['text', 'number', 'number'],
			rows: bureaus.map(({ bureau, speeches, spokenMs }) => [
				bureau === '' ? '—' : bureau,
				String(speeches),
				duration(spokenMs, language),
			]),
		},
	]
}

function verbatim({ verbatim: said }: Minutes, { words, clocks }: Pen): Block[] {
	if (!said) return []
	const { parts, removedAfter, sha256 } = said
	return [
		{ type: 'heading', level: 2, text: words.verbatim },
		{ type: 'paragraph', leads: true, text: words.verbatimLead(sha256) },
		...parts.flatMap(({ item, turns }): Block[] => [
			{ type: 'heading', level: 3, text: item ?? words.betweenItems },
			{
				type: 'table',
				head: [words.time, words.speaker, words.what],
				columns: ['short', 'text', 'text'],
				rows: turns.map(({ at, who, group, text, changedAfter }) => [
					clocks.time(at),
					`${who === null ? words.unknownSpeaker : called(who, words)}${group === null ? '' : ` (${group})`}`,
					changedAfter ? `${text} (${words.changedAfter})` : text,
				]),
			},
		]),
		...(removedAfter > 0 ? [{ type: 'paragraph', text: words.removedAfter(removedAfter) } as const] : []),
	]
}
