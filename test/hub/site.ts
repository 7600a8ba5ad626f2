import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createHub, type Hub, type HubOptions } from '../../appliance/hub/hub.ts'
import type { HubConnection } from '../../appliance/hub/peer.ts'
import { type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import type { Sfu } from '../../appliance/media/sfu.ts'
import type { ChatLine } from '../../appliance/protocol/chat.ts'
import type { ConsumerOffer, ProducerSpec } from '../../appliance/protocol/media.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type {
	DeskResult,
	JoinResult,
	ListName,
	LobbyResult,
	MeetingCore,
	MeetingMessage,
	Person,
	Result,
} from '../../appliance/protocol/messages.ts'
import type { Principal } from '../../appliance/protocol/roles.ts'
import { log, openTestSfu } from '../media/open.ts'
import { until } from '../media/wait.ts'

/** A hub with everything real beneath it: database file, signed links, SFU. It can be stopped and started again. */
export interface Site {
	readonly hub: Hub
	readonly sfu: Sfu
	readonly identity: Identity
	readonly db: DatabaseSync
	/** As a new start of the service finds it: connections are gone, the file is there. */
	restart(): Promise<void>
	/** One client, by a link or as a principal. */
	client(who: string | Principal): Promise<Client>
	close(): Promise<void>
}

export async function openSite(options: Partial<HubOptions> = {}): Promise<Site> {
	const dir = mkdtempSync(join(tmpdir(), 'maru-hub-'))
	const sfu = await openTestSfu()
	const now = Date.now
	async function start() {
		const db = new DatabaseSync(join(dir, 'maru.db'))
		db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
		const identity = await openIdentity({ db, dir, now })
		const linkBase = () => 'https://maru.test:8443'
		const hub = createHub({ db, sfu, identity, now, log, linkBase, awayMs: 60_000, ...options })
		return { db, identity, hub }
	}
	let running = await start()
	const site: Site = {
		sfu,
		get hub() {
			return running.hub
		},
		get identity() {
			return running.identity
		},
		get db() {
			return running.db
		},
		async restart() {
			await running.hub.close()
			running.db.close()
			running = await start()
		},
		async client(who) {
			const principal = typeof who === 'string' ? await running.identity.verify(tokenOf(who)) : who
			return new Client(running.hub, principal)
		},
		async close() {
			await running.hub.close()
			running.db.close()
			await sfu.close()
			rmSync(dir, { recursive: true, force: true })
		},
	}
	return site
}

export const panel: Principal = { kind: 'house', role: 'panel', jti: 'panel-1' }

function tokenOf(link: string): string {
	return new URL(link).hash.slice(1)
}

/** What a page does, without a browser: the parameters are of mediasoup's shape, the DTLS behind them is nobody's. */
export class Client {
	readonly connection: HubConnection
	readonly messages: MeetingMessage[] = []
	closed = false
	joined: JoinResult | null = null
	core: MeetingCore | null = null
	people = new Map<string, Person>()
	/** What it may read. */
	chat: ChatLine[] = []
	/** What it was told of each list, and at which revision. */
	readonly lists = new Map<ListName, { revision: number; byId: Map<string, { id: string }> }>()
	#revision = 0

	constructor(hub: Hub, principal: Principal) {
		this.connection = hub.connect(principal, {
			send: (message) => this.#hear(message),
			close: () => {
				this.closed = true
			},
		})
	}

	ask(command: MeetingCommand): Promise<Result> {
		return this.connection.handle(command)
	}

	/** The data of an answer that must be good. */
	async get<T>(command: MeetingCommand): Promise<T> {
		const result = await this.ask(command)
		if (!result.ok) throw new Error(`${command.type}: ${result.code}, ${result.message}`)
		return result.data as T
	}

	async join(options: { name?: string; resume?: string; media?: boolean; asks?: boolean } = {}): Promise<JoinResult> {
		const { name, resume, media = true, asks = false } = options
		const device = { media, ...(resume === undefined ? {} : { resume }), ...(asks ? { asks } : {}) }
		this.joined = await this.get<JoinResult>({ type: 'meeting.join', device, ...(name === undefined ? {} : { name }) })
		this.#begin(this.joined)
		return this.joined
	}

	/** Watches the relay. */
	async watch(meeting?: string): Promise<JoinResult> {
		const device = { media: true }
		this.joined = await this.get<JoinResult>({
			type: 'relay.join',
			device,
			...(meeting === undefined ? {} : { meeting }),
		})
		this.#begin(this.joined)
		return this.joined
	}

	/** Comes to a door that is shut. */
	knock(name: string, resume?: string): Promise<LobbyResult> {
		const device = { media: false, ...(resume === undefined ? {} : { resume }) }
		return this.get<LobbyResult>({ type: 'meeting.join', device, name })
	}

	async desk(meeting?: string): Promise<DeskResult> {
		const result = await this.get<DeskResult>({ type: 'desk.open', ...(meeting === undefined ? {} : { meeting }) })
		this.#begin({ ...result, desk: result.desk })
		return result
	}

	/** What it knows of one list. */
	list<T extends { id: string }>(name: ListName): T[] {
		return [...(this.lists.get(name)?.byId.values() ?? [])] as T[]
	}

	#begin({ core, people, lists, desk, chat }: Pick<JoinResult, 'core' | 'people' | 'lists' | 'desk' | 'chat'>) {
		this.core = core
		this.chat = chat
		this.people = new Map(people.set.map((person) => [person.id, person]))
		this.#revision = people.revision
		this.lists.clear()
		for (const [name, { revision, set }] of Object.entries({ ...lists, ...desk })) {
			this.lists.set(name as ListName, { revision, byId: new Map(set.map((one: { id: string }) => [one.id, one])) })
		}
	}

	/** Begins to send and to watch everything that the people list shows. */
	async open(producers: ProducerSpec[] = [], video: string[] = []): Promise<ConsumerOffer[]> {
		const wanted = { audio: true, video: video.map((source) => ({ source, height: 180 })) }
		const rtpCapabilities = { ...this.joined?.media?.routerRtpCapabilities }
		const send = producers.length > 0 ? dtls() : null
		const { consumers } = await this.get<{ consumers: ConsumerOffer[] }>({
			type: 'media.open',
			send,
			producers,
			rtpCapabilities,
			wanted,
		})
		return consumers
	}

	of<T extends MeetingMessage['type']>(type: T): Extract<MeetingMessage, { type: T }>[] {
		return this.messages.filter((message): message is Extract<MeetingMessage, { type: T }> => message.type === type)
	}

	/** What this client knows of itself. */
	get self(): Person | undefined {
		return this.people.get(this.joined?.person ?? '')
	}

	until(what: string, holds: () => boolean): Promise<number> {
		return until(what, holds)
	}

	#hear(message: MeetingMessage) {
		this.messages.push(message)
		if (message.type === 'core') this.core = message.core
		if (message.type === 'list') {
			const list = this.lists.get(message.list)
			if (!list) throw new Error(`told of ${message.list}, which is not for this one`)
			if (message.revision !== list.revision + 1) throw new Error(`a patch of ${message.list} is missing`)
			list.revision = message.revision
			for (const one of message.set) list.byId.set(one.id, one)
			for (const gone of message.gone) list.byId.delete(gone)
		}
		if (message.type === 'chat') {
			this.chat = [...this.chat.filter(({ id }) => !message.gone.includes(id)), ...message.set]
		}
		if (message.type !== 'people') return
		if (message.revision !== this.#revision + 1) throw new Error(`a patch is missing before ${message.revision}`)
		this.#revision = message.revision
		for (const person of message.set) this.people.set(person.id, person)
		for (const id of message.gone) this.people.delete(id)
	}
}

export function dtls() {
	const value = Array.from({ length: 32 }, () => 'AB').join(':')
	return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] }
}

let ssrcs = 100_000

export function microphone(fields: Partial<ProducerSpec> = {}): ProducerSpec {
	const codecs = [
		{
			mimeType: 'audio/opus',
			clockRate: 48_000,
			channels: 2,
			payloadType: 111,
			parameters: { usedtx: 1, useinbandfec: 1 },
		},
	]
	const rtpParameters = { mid: `${++ssrcs}`, codecs, encodings: [{ ssrc: ssrcs }], rtcp: { cname: 'a' } }
	return { id: randomUUID(), kind: 'audio', use: 'microphone', label: '', muted: false, rtpParameters, ...fields }
}

/** Three layers, as Chromium sends them. */
export function camera(fields: Partial<ProducerSpec> = {}): ProducerSpec {
	const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' }]
	const codecs = [{ mimeType: 'video/VP8', clockRate: 90_000, payloadType: 96, parameters: {}, rtcpFeedback }]
	const rid = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'
	const rtpParameters = {
		mid: `${++ssrcs}`,
		codecs,
		headerExtensions: [
			{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
			{ uri: rid, id: 10 },
		],
		encodings: ['r0', 'r1', 'r2'].map((name) => ({ rid: name, scalabilityMode: 'L1T3' })),
		rtcp: { cname: 'a' },
	}
	return { id: randomUUID(), kind: 'video', use: 'camera', label: '', muted: false, rtpParameters, ...fields }
}
