import { randomUUID } from 'node:crypto'
import type { CounselPart, HubPart, Parts, RoomPart } from '../../appliance/http/parts.ts'
import type { MeetingPrincipal } from '../../appliance/hub/meeting-parts.ts'
import type { Asker } from '../../appliance/hub/relay-reading.ts'
import type { Watched } from '../../appliance/hub/viewings.ts'
import type { CaptionCommand, CaptionerMessage, CaptionRecord, Correction } from '../../appliance/protocol/captions.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'
import type { CameraSetup, CameraSetupView, PresetFile } from '../../appliance/protocol/facilities.ts'
import type { WaitingSlides } from '../../appliance/protocol/floor.ts'
import type { CertificateView, ClassView, TraineeView } from '../../appliance/protocol/lesson.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { Links, MeetingMessage, Result } from '../../appliance/protocol/messages.ts'
import type { RehearsalReport } from '../../appliance/protocol/rehearsal.ts'
import type { RecordingIndex, RecordingView, RelayView } from '../../appliance/protocol/relay.ts'
import type { Principal } from '../../appliance/protocol/roles.ts'
import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import type { CameraView, MeetingView, RoomState } from '../../appliance/protocol/room-state.ts'
import type { Origin } from '../../appliance/room/leases.ts'
import { someMinutes } from '../minutes/some.ts'

/** One that finds nothing, and has a bundle. */
export function fakeDiagnosis(): Parts['diagnosis'] {
	const view = { state: 'ready', step: null, at: 1, bytes: 2 } as const
	return {
		doctor: async () => ({ ok: true, findings: [] }),
		...{ bundle: () => view, makeBundle: () => view, bundleFile: () => import.meta.filename },
	}
}

/** A room that remembers what it was told and does nothing. */
export class FakeRoom implements RoomPart {
	readonly done: { command: RoomCommand; origin: Origin }[] = []
	readonly moves: { camera: string; forMs: number; origin: Origin }[] = []
	readonly releases: string[] = []
	/** What commands are answered with. */
	answer: (command: RoomCommand) => Result | Promise<Result> = () => ({ ok: true })
	/** Readers of the live picture now. */
	readers = 0
	readonly #listeners = new Set<(state: RoomState, revision: number) => void>()
	readonly #frames = new Set<(frame: Buffer | null) => void>()
	#state: RoomState = emptyState()
	#revision = 1

	readonly mics: string[] = []
	seatMic = async (seat: string, state: string): Promise<Result> => {
		this.mics.push(`${seat} ${state}`)
		return seat === '1' ? { ok: true } : { ok: false, code: 'no-seat', message: 'there is no such seat' }
	}
	dispatch = async (command: RoomCommand, origin: Origin) => {
		this.done.push({ command, origin })
		return this.answer(command)
	}
	moveFor = async (camera: string, _: object, forMs: number, origin: Origin): Promise<Result> => {
		this.moves.push({ camera, forMs, origin })
		return { ok: true }
	}
	watch = (listener: (state: RoomState, revision: number) => void) => {
		this.#listeners.add(listener)
		listener(this.#state, this.#revision)
		return () => void this.#listeners.delete(listener)
	}
	readonly levels = new Set<(level: number | null) => void>()
	watchLevels = (listener: (level: number | null) => void) => {
		this.levels.add(listener)
		return () => void this.levels.delete(listener)
	}
	released = (origin: string) => void this.releases.push(origin)
	state = () => ({ state: this.#state, revision: this.#revision })
	live = (camera: string): AsyncIterable<Buffer> => {
		this.#known(camera)
		return { [Symbol.asyncIterator]: () => this.#read() }
	}
	snapshot = async (camera: string) => {
		this.#known(camera)
		return Buffer.from('picture')
	}
	rehearsal: RehearsalReport | null = null
	latestRehearsal = () => this.rehearsal
	thumbnail = (_: string, slot: number) => (slot === 1 ? Buffer.from('thumbnail') : null)
	position = async (camera: string) => {
		this.#known(camera)
		return { pan: 1, tilt: 2, zoom: 0.5, unit: 'degrees' as const, at: 3 }
	}

	/** What facilities staff asked for. */
	readonly facilities: unknown[] = []
	/** What the next of them is refused with. */
	refusing: Refusal | null = null
	#do<T>(what: unknown, answer: T): T {
		if (this.refusing) throw this.refusing
		this.facilities.push(what)
		return answer
	}
	presetFile = (camera: string): PresetFile => {
		this.#known(camera)
		return { kind: 'maru-presets', version: 1, presets: [{ slot: 1, name: '의장석', position: null, thumbnail: null }] }
	}
	setPresets = (camera: string, file: PresetFile) => this.#do({ camera, file }, undefined)
	cameraHealth = async (camera: string) => {
		this.#known(camera)
		const known = { status: 'ready', reason: null, since: 1, openedAt: 2, reconnects: 0, firmware: null, model: null }
		return { ...known, ackMs: 12, timeouts: 0, clockOffsetMs: null, log: [] }
	}
	testCamera = async (camera: string, origin: Origin) =>
		this.#do(
			{ tested: camera, role: origin.role },
			{ outcome: 'moved' as const, reason: null, startedMs: 80, moved: 5, restored: 0.1 },
		)
	cameraSetups = (): CameraSetupView[] => []
	setUpCamera = (id: string, { password: _, ...setup }: CameraSetup): CameraSetupView =>
		this.#do({ id, setup }, { id, from: 'console', setup: { ...setup, hasPassword: _ !== undefined } })
	removeCamera = (id: string) => this.#do({ removed: id }, undefined)
	aimSeat = (aim: object) => this.#do(aim, undefined)
	discover = async () => this.#do('discover', { cameras: [], lines: [], networks: ['192.0.2.0/24'] })

	get watchers() {
		return this.#listeners.size
	}

	change(change: Partial<RoomState>) {
		this.#state = { ...this.#state, ...change }
		this.#revision++
		for (const listener of this.#listeners) listener(this.#state, this.#revision)
	}

	/** Whether somebody waits for the next picture. */
	get wanted() {
		return this.#frames.size > 0
	}

	show(frame: string) {
		for (const reader of [...this.#frames]) reader(Buffer.from(frame))
	}

	#known(camera: string) {
		if (camera !== 'front') throw new Refusal('no-camera', `there is no camera ${camera}`)
	}

	#read(): AsyncIterator<Buffer> {
		let reader: ((frame: Buffer | null) => void) | null = null
		this.readers++
		return {
			next: () =>
				new Promise((resolve) => {
					reader = (frame) => {
						if (reader) this.#frames.delete(reader)
						resolve(frame ? { value: frame, done: false } : { value: undefined, done: true })
					}
					this.#frames.add(reader)
				}),
			return: async () => {
				this.readers--
				reader?.(null)
				return { value: undefined, done: true }
			},
		}
	}
}

const meeting = (id: string): MeetingView => ({
	id,
	title: '확대간부회의',
	kind: 'council',
	phase: 'planned',
	startsAt: null,
	openedAt: null,
})

const captionRecord: CaptionRecord = {
	...{ id: 'a', revision: 1, source: 'machine', final: true, from: 1_000, to: 2_000, at: 2_500 },
	...{ text: '예산 안입니다', speaker: null, person: null },
}

/** A hub with the meeting 'm1', which remembers who connected and what they asked. */
const trainee: TraineeView = {
	...{ id: 'kim', name: '김철수', bureau: '복지국', title: '=주무관', way: 'class', firstAt: 0, lastAt: 3_600_000 },
	...{ presentS: 3_600, presentPercent: 100, checks: { asked: 2, answered: 2 }, passes: true },
	...{ quizzes: { asked: 1, right: 1, percent: 100 }, certificate: 'AAAA-BBBB-CCCC' },
}
const certificate: CertificateView = {
	...{ number: 'AAAA-BBBB-CCCC', meeting: 'm1', title: '개인정보 보호 교육', heldAt: 0, issuedAt: 3_600_000 },
	...{ person: 'kim', name: '김철수', bureau: '복지국', jobTitle: '주무관', classS: 3_600 },
	...{ presentPercent: 100, quizPercent: 100 },
}

/** A counter that nobody waits at. */
export class FakeCounsel implements CounselPart {
	board() {
		return { departments: [], topics: [], called: [], waiting: [], at: 0 }
	}
	desk() {
		return { departments: [], topics: [], visits: [], at: 0 }
	}
	ticket() {
		return { number: 1, code: '000000000', before: 0, minutes: 0 }
	}
	async book() {
		return { id: 'a', number: 1_000, code: '000000000', link: 'https://maru.test/visit', sms: 'none' as const }
	}
	enter(): never {
		throw new Refusal('bad-code', 'no')
	}
	visit(): never {
		throw new Refusal('no-visit', 'no')
	}
	async step() {}
	callNext() {
		return 'a'
	}
	work() {}
	async seat() {
		return 'https://maru.test/attend#x'
	}
}

export class FakeHub implements HubPart {
	readonly done: { command: MeetingCommand; by: Principal }[] = []
	readonly transitions: string[] = []
	readonly connected = new Map<Principal, { send(message: MeetingMessage): void; close(): void }>()
	answer: (command: MeetingCommand) => Promise<Result> = async () => ({ ok: true })

	create = async ({ title }: { title: string }, base = 'https://maru.test:8443') => ({
		id: randomUUID(),
		links: Object.fromEntries(
			['chair', 'clerk', 'member', 'observer', 'viewer', 'room'].map((role) => [
				role,
				`${base}/attend#${role}.${title.length}`,
			]),
		) as Links,
	})
	links = async (id: string, base?: string) => {
		this.get(id)
		return (await this.create({ title: '' }, base)).links
	}
	invite = async (id: string, { role }: { role: string }, base = 'https://maru.test:8443') => {
		this.get(id)
		return { person: randomUUID(), link: `${base}/attend#${role}` }
	}
	list = () => [meeting('m1')]
	get = (id: string) => {
		if (id !== 'm1') throw new Refusal('no-meeting', 'there is no such meeting')
		return meeting(id)
	}
	transition = (id: string, to: string) => {
		this.transitions.push(to)
		return this.get(id)
	}
	readonly acts: MeetingCommand[] = []
	act = (id: string, command: MeetingCommand) => {
		this.get(id)
		this.acts.push(command)
		return { events: [] }
	}
	minutes = (id: string) => {
		this.get(id)
		return someMinutes
	}
	erase = (id: string) => void this.get(id)
	/** Of those who write captions: what they said, and how to tell them. */
	readonly captioned: { command: CaptionCommand; by: Principal }[] = []
	readonly captioners = new Map<Principal, { send(message: CaptionerMessage): void; close(): void }>()
	caption: (command: CaptionCommand) => Promise<Result> = async () => ({ ok: true, data: { taken: true } })
	readonly corrected: unknown[] = []
	connectCaptioner = (principal: MeetingPrincipal, peer: { send(message: CaptionerMessage): void; close(): void }) => {
		this.captioners.set(principal, peer)
		return {
			role: principal.role,
			handle: (command: CaptionCommand) => {
				this.captioned.push({ command, by: principal })
				return this.caption(command)
			},
			gone: () => void this.captioners.delete(principal),
		}
	}
	captions = (id: string) => {
		this.get(id)
		return [captionRecord]
	}
	correctCaption = (id: string, caption: string, correction: Correction) => {
		this.get(id)
		this.corrected.push({ caption, ...correction })
		return { ...captionRecord, text: correction.text }
	}
	removeCaption = (id: string, caption: string) => {
		this.get(id)
		this.corrected.push({ caption })
	}
	relay = (id: string): RelayView => ({
		...{
			title: this.get(id).title,
			phase: 'open',
			since: 1,
			playable: true,
			windowS: 60,
			closed: false,
			recording: false,
			captions: false,
		},
		...{ item: null, speaker: null, chapters: [], at: 1 },
	})
	readonly asked: { name: string; query: string; fromStart: boolean; who: Asker }[] = []
	/** What the relay has, by name. */
	readonly playlists = new Map([['high.m3u8', '#EXTM3U\n']])
	readonly segments = new Map([['high-1-5ea1.m4s', 'segment']])
	relayFile: HubPart['relayFile'] = (id, name, ask) => {
		this.get(id)
		this.asked.push({ name, ...ask })
		return answerOf(this.playlists.get(name), 'application/vnd.apple.mpegurl', 'public, max-age=0, s-maxage=1')
	}
	relaySegment: HubPart['relaySegment'] = (_, name) =>
		answerOf(this.segments.get(name), 'video/mp4', 'public, max-age=60, immutable')
	/** Who was counted by a cache's question. */
	readonly readers: string[] = []
	relayRead = (_: string, { principal, address }: Asker) => void this.readers.push(`${principal.jti} ${address}`)
	watched: Watched[] = []
	viewers = (id: string) => {
		this.get(id)
		return this.watched
	}
	/** One code is good, one is old; a name finds the phone used already. */
	readonly checkIns: HubPart['checkIns'] = {
		code: (id) => ({ link: `https://maru.test:8443/check-in#${this.get(id).id}.code`, until: 2, at: 1, here: 0 }),
		scan(code) {
			if (code !== 'm1.code') throw new Refusal('expired', 'this code was shown too long ago')
			return { meeting: 'm1', title: '교육', pass: 'pass', rule: 'roll', own: null }
		},
		come({ by }) {
			if (by?.kind !== 'meeting') throw new Refusal('phone-used', 'somebody else checked in with this phone')
			return { name: `${by.person} by link` }
		},
		go: (id) => void this.get(id),
	}
	lesson = (id: string): ClassView => {
		this.get(id)
		return { classS: 3_600, rule: { present: 80, quiz: 60 }, trainees: [trainee] }
	}
	certificate = (number: string): CertificateView => {
		if (number !== certificate.number) throw new Refusal('no-document', 'there is no such certificate')
		return certificate
	}
	certificateOf = (id: string, person: string): CertificateView => {
		this.get(id)
		return { ...certificate, person }
	}
	recorded: RecordingView[] = [recordingOf('r1')]
	recordings = (id: string): RecordingView[] => {
		this.get(id)
		return this.recorded
	}
	/** The file of every recording. */
	recording: string | null = null
	recordingFile = (id: string, _: string) => {
		this.get(id)
		if (this.recording === null) throw new Refusal('no-recording', 'there is no such recording')
		return this.recording
	}
	index: Omit<RecordingIndex, 'recording'> = { title: '확대간부회의', entries: [] }
	recordingIndex = (id: string, recording: string): RecordingIndex => {
		const known = this.recordings(id).find((one) => one.id === recording)
		if (!known) throw new Refusal('no-recording', 'there is no such recording')
		return { ...this.index, recording: known }
	}
	readonly removed: string[] = []
	removeRecording = (id: string, recording: string, by: Principal): RecordingView => {
		const { recording: known } = this.recordingIndex(id, recording)
		this.removed.push(`${recording} ${by.role}`)
		return { ...known, state: 'removed', removed: { at: 9, cause: 'asked' } }
	}
	/** Whether people are let in one by one. */
	lobby = false
	mayRead = (_: string, by: Principal) => !this.lobby || by.kind === 'house' || by.person !== null
	/** What those who wait are shown. */
	slides: WaitingSlides | null = null
	waitingSlides = () => this.slides
	whoSits = (_: string, seat: string) => `seat-${seat}`
	importRoll = (id: string, csv: Uint8Array) => {
		this.get(id)
		return { entered: new TextDecoder().decode(csv).split('\n').length - 1, faults: [] }
	}
	personalLinks = async (id: string) => {
		this.get(id)
		return []
	}
	journal = (id: string) => ({ events: [{ seq: 1, meeting: this.get(id).id }] })
	connect = (principal: Principal, peer: { send(message: MeetingMessage): void; close(): void }) => {
		this.connected.set(principal, peer)
		return {
			handle: (command: MeetingCommand) => {
				this.done.push({ command, by: principal })
				return this.answer(command)
			},
			gone: () => void this.connected.delete(principal),
		}
	}
}

const recordingOf = (id: string): RecordingView => ({
	...{ id, startedAt: 1, stoppedAt: 2, cause: 'asked', state: 'ready', bytes: 3, durationMs: 4, sha256: 'ab' },
	removed: null,
})

function answerOf(text: string | undefined, type: string, cacheControl: string) {
	if (text === undefined) return { status: 404, cacheControl: 'public, max-age=0, s-maxage=1' } as const
	return { status: 200, bytes: Buffer.from(text), type, cacheControl } as const
}

const front: CameraView = {
	id: 'front',
	name: '정면',
	driver: 'visca-ip',
	status: 'ready',
	reason: null,
	since: 1,
	position: null,
	capabilities: {
		panTilt: { speeds: 24 },
		zoom: { speeds: 7 },
		presets: { slots: 16 },
		focus: { byHand: true },
		positions: 'degrees',
	},
	motion: null,
	undo: null,
	presets: [],
	preset: null,
	lease: null,
	video: 'idle',
	stream: null,
}

function emptyState(): RoomState {
	return {
		name: '대회의실',
		language: 'ko',
		build: 'test',
		demo: false,
		call: { phase: 'idle', meeting: null, reason: null, since: 1, recovering: false },
		muted: false,
		hub: { status: 'online', since: 1 },
		stage: { status: 'ready', reason: null, since: 1 },
		devices: { status: 'ready', since: 1 },
		participants: [],
		cameras: [front],
		speakerphone: {
			...{ status: 'none', muted: false, offHook: false, reason: null, detail: null, since: 1 },
			...{ model: null, capabilities: null, unconfirmed: false, own: false, waiting: false },
			...{ pressedAt: null, check: null, hungUpAt: null },
		},
		volume: 80,
		sound: { microphone: 'off', output: 'good' },
		ring: null,
		seats: [],
		meetings: [],
		addresses: { attend: null },
	}
}
