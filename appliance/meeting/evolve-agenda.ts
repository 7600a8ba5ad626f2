import { running } from './clock.ts'
import type { AgendaEvent, Item, Meeting } from './meeting.ts'

/** The agenda and what is shown after this event. Clocks that stand and go on with the meeting: evolve-floor.ts. */
export function evolveAgenda(meeting: Meeting, event: AgendaEvent & { at: number }): Meeting {
	const { agenda } = meeting
	const { at } = event
	switch (event.type) {
		case 'agenda.set': {
			const before = new Map(agenda.map((item) => [item.id, item]))
			const items = event.items.map((item): Item => {
				const { status = 'pending', usedMs = 0, runningSince = null } = before.get(item.id) ?? {}
				return { ...item, status, usedMs, runningSince }
			})
			return { ...meeting, agenda: items }
		}
		case 'agenda.moved': {
			const item = agenda.find(({ id }) => id === event.item)
			if (!item) return meeting
			const rest = agenda.filter((other) => other !== item)
			return { ...meeting, agenda: [...rest.slice(0, event.to), item, ...rest.slice(event.to)] }
		}
		case 'item.started': {
			const goes = meeting.phase === 'open'
			const start = (item: Item): Item => ({ ...(goes ? running(item, at) : item), status: 'current' })
			return { ...withItem(meeting, event.item, start), slide: null }
		}
		case 'item.ended': {
			const { usedMs } = event
			return withItem(meeting, event.item, (item) => ({ ...item, status: 'done', usedMs, runningSince: null }))
		}
		case 'item.skipped':
			return withItem(meeting, event.item, (item) => ({ ...item, status: 'skipped', runningSince: null }))
		case 'slide.shown': {
			const { document, page, by } = event
			return { ...meeting, slide: { document, page, by } }
		}
		case 'slide.hidden':
			return { ...meeting, slide: null }
	}
}

function withItem(meeting: Meeting, id: string, change: (item: Item) => Item): Meeting {
	return { ...meeting, agenda: meeting.agenda.map((item) => (item.id === id ? change(item) : item)) }
}
