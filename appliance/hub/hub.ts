import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Received } from '../media/received.ts'
import type { Sfu, SfuHealth } from '../media/sfu.ts'
import type { Turn } from '../media/turn.ts'
import { type MeetingEvent, viewOf } from '../meeting/meeting.ts'
import type { Actor } from '../meeting/requests.ts'
import type { CaptionRecord, Correction } from '../protocol/captions.ts'
import { Refusal } from '../protocol/errors.ts'
import type { WaitingSlides } from '../protocol/floor.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { Links } from '../protocol/messages.ts'
import type { RecordingIndex, RecordingView } from '../protocol/relay.ts'
import type { MeetingRole, Principal } from '../protocol/roles.ts'
import type { MeetingView } from '../protocol/room-state.ts'
import { type Audience, actorOf, checkAudience, houseActor, mayRead, roleNow } from './admission.ts'
import type { CaptionerConnection, CaptionerPeer } from './captioner-connection.ts'
import { Captionings } from './captionings.ts'
import { Cards } from './cards.ts'
import { type CheckIns, openCheckIns } from './check-ins.ts'
import type { Step } from './course.ts'
import { type Done, whoSits, work } from './desk-work.ts'
import { withDoorway } from './doorway.ts'
import { figuresOf, type HubFigures, openNow } from './figures.ts'
import { Invitations } from './invitations.ts'
import { type LinkIssuer, type PersonalLink, roomPerson } from './links.ts'
import type { LiveMeeting } from './live-meeting.ts'
import { MeetingConnection } from './meeting-connection.ts'
import type { DocumentSource } from './meeting-documents.ts'
import type { MeetingPrincipal } from './meeting-parts.ts'
import { type MeetingPlan, Meetings } from './meetings.ts'
import type { Broadcasting } from './on-air.ts'
import type { HubConnection, Peer } from './peer.ts'
import { ProgrammeConnection } from './programme-connection.ts'
import { Recordings } from './recordings.ts'
import { openRecords, type Records } from './records.ts'
import { RelayConnection } from './relay-connection.ts'
import { openRelayReading, type RelayReading } from './relay-reading.ts'
import { parseRoll, type RollFault } from './roll-csv.ts'
import { type HousePrincipal, RoomLobbies } from './room-lobby.ts'
import { openStores } from './stores.ts'
import { stripOf } from './strips.ts'

export interface HubOptions {
	db: DatabaseSync
	sfu: Sfu
	/** Default: none. */
	turn?: Turn | null
	identity: LinkIssuer
	now: () => number
	log: Logger
	/** Where links begin unless another base is asked for: 'https://maru.city.example:8443'. */
	linkBase: () => string
	/** What was given to meetings. Absent: nothing can be. */
	documents?: DocumentSource
	/** What composes the programme, and where recordings are kept. Absent: this hub neither relays nor records. */
	broadcasting?: Broadcasting
	/** Whom a relay is for. Default: 'open'. */
	audience?: Audience
	/** Somebody who is away has left after this long. */
	awayMs?: number
}

interface Guest {
	role: Exclude<MeetingRole, 'room'>
	name: string
}

export interface Hub extends Records, RelayReading {
	/** A planned meeting and its shared links. `base`: where they begin. */
	create(plan: MeetingPlan, base?: string): Promise<{ id: string; links: Links }>
	/** Shared links made anew; those given out before stay good. */
	links(id: string, base?: string): Promise<Links>
	/** A link for one person, whom it names and who stays the same whenever they come. */
	invite(id: string, guest: Guest, base?: string): Promise<{ person: string; link: string }>
	/** Throws a Refusal: 'no-meeting', 'already-so', 'meeting-closed', 'meeting-not-open', 'not-allowed' from another meeting. */
	transition(id: string, step: Step, by: Principal): MeetingView
	/** One command that runs a meeting or takes part in it, without a socket. Throws the Refusal. */
	act(id: string, command: MeetingCommand, by: Principal): Done
	/** Whether documents are given for this link: not to those before the door, nor for a link that they share. */
	mayRead(id: string, by: Principal): boolean
	/** What whoever waits by this link is shown meanwhile; null: nothing, or nobody waits. Throws 'no-meeting', 'meeting-closed'. */
	waitingSlides(id: string, by: Principal): WaitingSlides | null
	/** Who speaks from this seat: whoever is named for it, or the seat itself. Throws 'no-seat'. */
	whoSits(id: string, seat: string): string
	/** Everybody of a file, or every fault of it. Throws the Refusal. */
	importRoll(id: string, csv: Uint8Array, by: Principal): { entered: number; faults: RollFault[] }
	/** What is known to have been said, oldest first. Throws 'no-meeting'. */
	captions(id: string): CaptionRecord[]
	/** Sets a caption right, also for a while after the end. Throws the Refusal: 'no-meeting', 'no-line', 'bad-message', 'meeting-closed'. */
	correctCaption(id: string, caption: string, correction: Correction): CaptionRecord
	removeCaption(id: string, caption: string): void
	/** One who writes captions. Throws Refusal('no-meeting'). */
	connectCaptioner(principal: MeetingPrincipal, peer: CaptionerPeer): CaptionerConnection
	/** Trainees who check in at the hall of a class. */
	readonly checkIns: CheckIns
	recordings(id: string): RecordingView[]
	/** Where its file is. Throws 'no-recording'. */
	recordingFile(id: string, recording: string): string
	/** What is where in it. Throws 'no-recording'. */
	recordingIndex(id: string, recording: string): RecordingIndex
	/** For good; what it was stays in the journal. Throws 'no-recording', 'busy', 'not-allowed'. */
	removeRecording(id: string, recording: string, by: Principal): RecordingView
	/** Deletes the key of everything personal of somebody, in all meetings of this kind. The chains stay whole. */
	erase(id: string, person: string): void
	/** Personal links of everybody on the roll, made anew. */
	personalLinks(id: string, by: Principal): Promise<PersonalLink[]>
	/** Everything that happens in any meeting from now on. Answers how to stop listening. */
	onEvent(listener: (meeting: string, event: MeetingEvent) => void): () => void
	/** Throws Refusal('no-meeting' | 'meeting-closed') for a link that leads nowhere. */
	connect(principal: Principal, peer: Peer): HubConnection
	/** What of each thing that is sent in a meeting reaches the SFU from now on, for so long. Rejects when `signal` ends it. */
	received(id: string, ms: number, signal: AbortSignal): Promise<Received[]>
	figures(): HubFigures
	health(): { meetings: number; people: number } & SfuHealth
	/** Stops without ending any meeting. The SFU and the database are the caller's to close. */
	close(): Promise<void>
}

/** A meeting may be a long one. */
const programmeSeconds = 24 * 3_600

/** Hosts meetings: replays those that have not ended, and goes on with them. Creates its tables in `db`. */
export function createHub(options: HubOptions): Hub {
	const { db, sfu, turn = null, identity, now, log, linkBase, documents = noDocuments, awayMs = 60_000 } = options
	const { broadcasting = null, audience = 'open' } = options
	const stores = openStores(db)
	const listeners = new Set<(meeting: string, event: MeetingEvent) => void>()
	const invitations = new Invitations({ identity, now, linkBase })
	const meetings = new Meetings({
		...{ ...stores, documents, sfu, turn, now, awayMs, log, broadcasting, onView },
		link: (course, role, person, name) => invitations.link(course, role, person, name),
		programmeToken: (meeting) => identity.issue({ role: 'programme', meeting, seconds: programmeSeconds }),
		onRecorded: (meeting, recording) => recordings.finish(meeting, recording),
		revoke: (jti) => identity.revoke(jti),
		onEvent(meeting, event) {
			for (const listener of listeners) listener(meeting, event)
		},
	})
	const lobbies = new RoomLobbies({
		meetings: () => [...meetings].map(({ state }) => viewOf(state)),
		async create(wanted) {
			const { course } = plan(wanted)
			return { links: await invitations.shared(course), meeting: viewOf(course.state) }
		},
		enter,
		close: (id, by) => void transition(id, 'close', by),
		find: (id) => meetings.going(id),
		...{ log, now },
	})
	const captionings = new Captionings(meetings, stores, now)
	const recordings = new Recordings({
		...{ journal: stores.journal, now, log },
		...{ dir: broadcasting?.dir ?? null, keepDays: broadcasting?.keepDays ?? null },
		language: broadcasting?.language ?? 'ko',
		live: (meeting) => meetings.find(meeting),
		stripOf: (meeting, who) => stripOf(meeting, who, new Cards(stores.vault, meeting.sealedAs)),
	})
	meetings.resume()
	recordings.resume()

	/** A meeting came, is over, or looks different in lists. */
	function onView() {
		for (const { state, captions } of meetings.dropClosed()) captionings.closed(state.id, captions)
		lobbies.tell()
	}

	function plan(wanted: MeetingPlan): LiveMeeting {
		const meeting = meetings.plan(wanted)
		onView()
		return meeting
	}

	function transition(id: string, step: Step, by: Principal): MeetingView {
		if (by.kind === 'meeting' && by.meeting !== id) throw new Refusal('not-allowed', 'this link is for another meeting')
		const { course } = meetings.going(id)
		course.step(step, idOf(by))
		return viewOf(course.state)
	}

	/** Who asks over HTTP. */
	function askerOf(id: string, by: Principal): Actor {
		if (by.kind === 'house') return houseActor(by)
		if (by.meeting !== id) throw new Refusal('not-allowed', 'this link is for another meeting')
		return actorOf(idOf(by), roleNow(meetings.going(id).state, by.person, by))
	}

	/** The room of this house: the same person whichever link it comes with. */
	async function enter(id: string, by: HousePrincipal): Promise<string> {
		const { course } = meetings.going(id)
		const link = await invitations.link(course, 'room', roomPerson(id))
		if (course.state.phase === 'planned') transition(id, 'open', by)
		return link
	}

	const stopHearing = identity.onRevoked((jti) => {
		lobbies.endOf(jti)
		for (const meeting of meetings) meeting.endOf(jti)
		captionings.endOf(jti)
	})

	return {
		...openRecords(meetings, stores, now),
		...openRelayReading(meetings, audience, now),
		async create(wanted, base) {
			const { course } = plan(wanted)
			return { id: course.state.id, links: await invitations.shared(course, base) }
		},
		links: async (id, base) => invitations.shared(meetings.going(id).course, base),
		async invite(id, { role, name }, base) {
			const person = randomUUID()
			return { person, link: await invitations.link(meetings.going(id).course, role, person, name, base) }
		},
		personalLinks: async (id, by) => meetings.going(id).personalLinks(askerOf(id, by).chair),
		transition,
		act(id, command, by) {
			const done = work(meetings.going(id), command, askerOf(id, by))
			if (!done) throw new Refusal('unsupported', `${command.type} needs a socket`)
			return done
		},
		mayRead(id, by) {
			const meeting = meetings.find(id)
			return by.kind === 'house' || !meeting || mayRead(meeting.state, by)
		},
		waitingSlides(id, by) {
			const { state, door, documents } = meetings.going(id)
			const waits = by.kind === 'meeting' && (state.phase === 'planned' || door.hasToken(by.jti))
			return waits ? documents.waitingSlides : null
		},
		whoSits: (id, seat) => whoSits(meetings.going(id).state, seat),
		importRoll(id, csv, by) {
			const meeting = meetings.going(id)
			const { entries, faults } = parseRoll(csv, meeting.lists.whole('roll').set)
			if (entries.length > 0) work(meeting, { type: 'roll.enter', entries }, askerOf(id, by))
			return { entered: entries.length, faults }
		},
		captions: (id) => captionings.of(id).list(),
		correctCaption: (id, caption, correction) => captionings.of(id).correct(caption, correction),
		removeCaption: (id, caption) => captionings.of(id).remove(caption),
		connectCaptioner: (principal, peer) => captionings.connect(principal, peer),
		checkIns: openCheckIns({ going: (id) => meetings.going(id), linkBase, now }),
		recordings(id) {
			meetings.check(id)
			return recordings.list(id)
		},
		recordingFile: (id, recording) => recordings.file(id, recording),
		recordingIndex: (id, recording) => recordings.index(id, recording),
		removeRecording(id, recording, by) {
			const going = meetings.find(id)?.state
			const isChair = by.kind === 'house' || (going ? roleNow(going, by.person, by) : by.role) === 'chair'
			if (!isChair) throw new Refusal('not-allowed', 'a recording is removed by the chair or the house')
			return recordings.remove(id, recording, idOf(by))
		},
		erase(id, person) {
			const kind = meetings.outlineOf(id).sealedAs
			stores.vault.erase({ kind, person })
			stores.captions.erase({ kind, person })
			stores.viewings.forget(person)
			for (const meeting of meetings) meeting.forget(person)
			captionings.forget(person)
		},
		onEvent(listener) {
			listeners.add(listener)
			return () => listeners.delete(listener)
		},
		connect(principal, peer) {
			const watch = (meeting: string) => {
				checkAudience(audience, principal)
				return new RelayConnection(meetings.going(meeting), principal, peer)
			}
			if (principal.kind === 'house') {
				return withDoorway(lobbies.open(principal, peer), ({ meeting }) => watch(meeting ?? ''))
			}
			const meeting = meetings.going(principal.meeting)
			if (principal.role === 'programme') return new ProgrammeConnection(meeting, principal.jti, peer)
			return withDoorway(new MeetingConnection(meeting, principal, peer), () => watch(principal.meeting))
		},
		received: (id, ms, signal) => meetings.going(id).media.received(ms, signal),
		figures: () => figuresOf(meetings),
		health: () => ({ ...openNow(meetings), ...sfu.health() }),
		async close() {
			stopHearing()
			recordings.close()
			meetings.stop()
			lobbies.clear()
			await recordings.idle()
		},
	}
}

/** As whom somebody's act stands in the journal. */
function idOf(by: Principal): string {
	return (by.kind === 'meeting' ? by.person : null) ?? by.jti
}

const noDocuments: DocumentSource = { list: () => [], onChange: () => () => {} }
