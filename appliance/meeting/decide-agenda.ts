import { Refusal } from '../protocol/errors.ts'
import type { AgendaItem } from '../protocol/floor.ts'
import { whoIsSeat } from '../protocol/who.ts'
import { usedMs } from './clock.ts'
import type { Happening, Item, Meeting } from './meeting.ts'
import { seatOfPerson } from './people.ts'
import type { Actor, AgendaRequest } from './requests.ts'

type Of<T extends AgendaRequest['type']> = Extract<AgendaRequest, { type: T }>

/** What follows from this request, or why not. */
export function decideAgenda(meeting: Meeting, request: AgendaRequest, now: number): Happening[] | Refusal {
	switch (request.type) {
		case 'agenda.set':
			return set(meeting, request)
		case 'agenda.start':
			return start(meeting, request.item, request.by, now)
		case 'agenda.end':
			if (!currentItem(meeting)) return new Refusal('no-item', 'no item is on')
			return endOfItem(meeting, request.by.id, now)
		case 'agenda.skip':
			return skip(meeting, request.item, request.by, now)
		case 'agenda.move':
			return move(meeting, request)
		case 'slide.show':
			return show(meeting, request)
		case 'slide.hide': {
			const { slide } = meeting
			if (!slide) return []
			if (slide.by !== request.by.id && !mayShow(meeting, request.by)) return mayNot()
			return [{ type: 'slide.hidden', by: request.by.id }]
		}
	}
}

/** Ends the item that is on, if one is. `usedMs` is all the time that it has had so far. */
export function endOfItem(meeting: Meeting, by: string, now: number): Happening[] {
	const current = currentItem(meeting)
	return current ? [{ type: 'item.ended', item: current.id, usedMs: usedMs(current, now), by }] : []
}

/** A new list. The item that is on cannot be taken out from under the meeting: it stays where it stood. */
function set(meeting: Meeting, { items, by }: Of<'agenda.set'>): Happening[] | Refusal {
	if (new Set(items.map(({ id }) => id)).size < items.length) {
		return new Refusal('bad-message', 'two items have the same id')
	}
	const current = currentItem(meeting)
	if (!current || items.some(({ id }) => id === current.id)) return [{ type: 'agenda.set', items, by: by.id }]
	const place = meeting.agenda.indexOf(current)
	const kept = [...items.slice(0, place), plain(current), ...items.slice(place)]
	return [{ type: 'agenda.set', items: kept, by: by.id }]
}

/** Also an item that was done or skipped can be taken up (again); its clock goes on from what it has used. */
function start(meeting: Meeting, id: string, by: Actor, now: number): Happening[] | Refusal {
	const item = meeting.agenda.find((item) => item.id === id)
	if (!item) return noItem(id)
	if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
	if (meeting.phase === 'suspended') return new Refusal('suspended', 'the meeting is suspended')
	if (item.status === 'current') return []
	return [...endOfItem(meeting, by.id, now), { type: 'item.started', item: id, by: by.id }]
}

function skip(meeting: Meeting, id: string, by: Actor, now: number): Happening[] | Refusal {
	const item = meeting.agenda.find((item) => item.id === id)
	if (!item) return noItem(id)
	if (item.status === 'skipped') return []
	if (item.status === 'done') return new Refusal('already-so', 'this item is done')
	const ended = item.status === 'current' ? endOfItem(meeting, by.id, now) : []
	return [...ended, { type: 'item.skipped', item: id, by: by.id }]
}

function move({ agenda }: Meeting, { item: id, to, by }: Of<'agenda.move'>): Happening[] | Refusal {
	const from = agenda.findIndex((item) => item.id === id)
	if (from < 0) return noItem(id)
	const place = Math.min(to, agenda.length - 1)
	return place === from ? [] : [{ type: 'agenda.moved', item: id, to: place, by: by.id }]
}

function show(meeting: Meeting, { document, page, pages, by }: Of<'slide.show'>): Happening[] | Refusal {
	if (!mayShow(meeting, by)) return mayNot()
	if (pages === null) return new Refusal('no-document', 'there is no such document, or it is not ready')
	if (page < 1 || page > pages) return new Refusal('bad-message', `the document has ${pages} pages`)
	if (meeting.slide?.document === document && meeting.slide.page === page) return []
	return [{ type: 'slide.shown', document, page, by: by.id }]
}

/** Those who run the meeting, whoever has the floor (at their own seat, too), and presenters of the item that is on. */
function mayShow(meeting: Meeting, by: Actor): boolean {
	const seat = seatOfPerson(meeting, by.id)
	const speaks = meeting.floor.speaking.some(({ who }) => who === by.id || (seat !== null && who === whoIsSeat(seat)))
	return by.runs || speaks || (currentItem(meeting)?.presenters.includes(by.id) ?? false)
}

function currentItem({ agenda }: Meeting): Item | undefined {
	return agenda.find(({ status }) => status === 'current')
}

function plain({ id, title, kind, bureau, presenters, seconds, documents }: Item): AgendaItem {
	return { id, title, kind, bureau, presenters, seconds, documents }
}

function noItem(id: string): Refusal {
	return new Refusal('no-item', `the agenda has no item ${id}`)
}

function mayNot(): Refusal {
	return new Refusal('not-allowed', 'pages are shown by those who run the meeting, who speaks, and who presents')
}
