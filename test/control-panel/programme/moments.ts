import type { SpeechView } from '../../../appliance/protocol/floor.ts'
import type { Source } from '../../../appliance/protocol/media.ts'
import type { MeetingCore, Person } from '../../../appliance/protocol/messages.ts'
import { offAir, type Programme } from '../../../appliance/protocol/relay.ts'
import { openRules } from '../../../appliance/protocol/rules.ts'
import { wholeList } from '../../../control-panel/lib/meeting/keyed.ts'
import { tilesOf } from '../../../control-panel/lib/meeting/tiles.ts'
import { firstScene, nextScene, type Scene } from '../../../control-panel/programme/scene.ts'
import type { Moment } from '../../../control-panel/programme/turns.ts'

/** A meeting as the programme sees it, second by second. Names of people are their ids, in capitals. */

export function picture(id: string, more: Partial<Source> = {}): Source {
	return { id, kind: 'video', use: 'camera', label: 'camera', muted: false, open: true, live: true, ...more }
}

export function feed(label: string, more: Partial<Source> = {}): Source {
	return picture(`feed-${label}`, { use: 'feed', label, ...more })
}

export function person(id: string, sources: Source[] = [picture(`face-${id}`)], more: Partial<Person> = {}): Person {
	const common = { title: '과장', bureau: '복지국', order: 0, role: 'member', here: true, joinedAt: 0 } as const
	return { id, name: id.toUpperCase(), ...common, sources, ...more }
}

export function hall(...sources: Source[]): Person {
	return person('hall', sources, { role: 'room', title: '', bureau: '' })
}

const quiet = { gate: null, camera: null, strip: null }

export function speech(who: string, grantedAt: number, more: Partial<SpeechView> = {}): SpeechView {
	const named = { name: who.toUpperCase(), title: '과장', bureau: '복지국' }
	const clock = { limitMs: null, usedMs: 0, runningSince: grantedAt }
	return {
		who,
		...named,
		...clock,
		seat: null,
		kind: 'speak',
		grantedAt,
		asked: true,
		feed: null,
		steps: quiet,
		...more,
	}
}

/** What a camera says of its seat. */
export function camera(state: 'asked' | 'done' | 'wide') {
	return { ...quiet, camera: { state, ms: null, reason: null } }
}

export interface Difference {
	phase?: MeetingCore['meeting']['phase']
	speaking?: SpeechView[]
	people?: Person[]
	programme?: Partial<Programme>
	talking?: string[]
	core?: Partial<MeetingCore>
}

/** Goes through a meeting: `see` is the scene at a second, everything that was said before still true. */
export function programme(start: Difference) {
	let scene: Scene = firstScene
	let now: Required<Difference> = {
		...{ phase: 'open', speaking: [], people: [], programme: {}, talking: [], core: {} },
		...start,
	}
	const moment = (seconds: number): Moment => {
		const people = wholeList({ revision: 1, set: now.people })
		const room = now.people.find(({ role }) => role === 'room')
		return {
			core: {
				meeting: { id: 'm', title: '확대간부회의', kind: 'council', phase: now.phase, startsAt: null, openedAt: 0 },
				rules: openRules,
				floor: {
					mode: 'chair',
					speaking: now.speaking,
					waiting: { speak: 0, respond: 0, order: 0 },
					next: null,
					nextSeat: null,
				},
				item: null,
				slide: null,
				spotlight: null,
				drivers: [],
				vote: null,
				lesson: null,
				quorum: null,
				hall: room ? { person: room.id, muted: false, gated: false, mutes: 0 } : null,
				broadcast: { ...offAir, programme: { ...offAir.programme, ...now.programme } },
				at: 0,
				...now.core,
			},
			tiles: tilesOf(people, 'programme'),
			talking: new Set(now.talking),
			nameOf: (who) => {
				const { name = '', title = '', bureau = '' } = people.byId.get(who) ?? {}
				return { name, title, bureau }
			},
			now: seconds * 1000,
		}
	}
	return {
		moment,
		see(seconds: number, difference: Difference = {}): Scene {
			now = { ...now, ...difference }
			scene = nextScene(scene, moment(seconds))
			return scene
		},
	}
}

/** A scene in one line: its layout, and each picture's source, else what a card says. */
export function told({ layout, slate, pictures }: Scene): string {
	return [
		layout,
		...(slate ? [slate.kind] : pictures.map(({ source, kind, name }) => source ?? (kind === 'slide' ? kind : name))),
	].join(' ')
}
