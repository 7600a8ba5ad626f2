import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import WebSocket, { type ClientOptions } from 'ws'
import { addressList } from '../../appliance/config-relay.ts'
import { type Documents, openDocuments } from '../../appliance/documents/documents.ts'
import { type Pages, stored } from '../../appliance/http/pages.ts'
import { buildServer, type ServerOptions } from '../../appliance/http/server.ts'
import { type Accounts, openAccounts } from '../../appliance/identity/accounts.ts'
import { type OurCertificates, openCertificates } from '../../appliance/identity/certificates.ts'
import { type Identity, openIdentity } from '../../appliance/identity/identity.ts'
import { openPanels, type Panels } from '../../appliance/identity/panels.ts'
import { openPin } from '../../appliance/identity/pin.ts'
import { isCounterRole, isHouseRole } from '../../appliance/identity/tokens.ts'
import type { Role } from '../../appliance/protocol/roles.ts'
import { until } from '../drivers/wait.ts'
import { FakeCounsel, FakeHub, FakeRoom, fakeDiagnosis } from './fakes.ts'

export { until }

/** The real server on a real port, with the real identity, and a room and a hub that only remember. */
export interface Site {
	readonly app: FastifyInstance
	readonly origin: string
	readonly identity: Identity
	readonly accounts: Accounts
	readonly panels: Panels
	readonly room: FakeRoom
	readonly hub: FakeHub
	/** The real ones, without a converter. */
	readonly documents: Documents
	/** What is kept on the disk. */
	readonly dir: string
	readonly db: DatabaseSync
	readonly certificates: OurCertificates
	/** Every line that was logged, at the lowest level. */
	readonly logged: string[]
	token(role: Role, meeting?: string): Promise<string>
	fetch(
		method: string,
		path: string,
		options?: { token?: string; headers?: Record<string, string>; body?: unknown },
	): Promise<Response>
	socket(name: 'panel' | 'meeting' | 'captions', options?: ClientOptions): Promise<Client>
	close(): Promise<void>
}

export interface SiteOptions
	extends Partial<Pick<ServerOptions, 'embed' | 'portal' | 'origins' | 'pages' | 'counsel' | 'diagnosis' | 'sso'>> {
	tls?: boolean
	proxies?: string[]
}

export const ownOrigin = 'https://maru.test:8443'
const html = stored(Buffer.from('<!doctype html><title>page</title>'), '.html')
const script = stored(Buffer.from(`console.log('${'maru '.repeat(200)}')`), '.js')
const pages: Pages = {
	page: (name) => {
		if (name === 'watch/embed.js') return script
		return ['panel', 'attend', 'watch', 'stage', 'programme', 'recordings', 'visit'].includes(name) ? html : null
	},
	asset: (name) => (name === 'panel-1234.js' ? script : null),
	build: 'test',
}

export async function openSite(options: SiteOptions = {}): Promise<Site> {
	const { tls = false, proxies = [], embed = [], portal = null, origins = () => [ownOrigin] } = options
	const dir = mkdtempSync(join(tmpdir(), 'maru-http-'))
	const now = () => Date.now()
	const db = new DatabaseSync(':memory:')
	const identity = await openIdentity({ db, dir: join(dir, 'identity'), now })
	const accounts = openAccounts({ db, identity, now })
	const addresses = ['127.0.0.1']
	const certificates = await openCertificates({ dir: join(dir, 'certificates'), names: ['localhost'], addresses, now })
	const logged: string[] = []
	const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
	const panels = openPanels({ db, identity, now, log })
	const [room, hub] = [new FakeRoom(), new FakeHub()]
	const documents = openDocuments({ dir: join(dir, 'documents'), db, now, log, convert: null })
	const app = await buildServer({
		hub,
		room,
		documents,
		counsel: options.counsel ?? new FakeCounsel(),
		identity,
		accounts,
		sso: options.sso ?? null,
		panels,
		pin: openPin({ db, dir: join(dir, 'identity'), now }),
		machine: () => ({ addresses: ['192.0.2.1'], outside: ownOrigin, startedAt: 1, disk: null }),
		build: 'test',
		ca: certificates.authority,
		origins,
		health: () => ({ stage: 'ready' }),
		diagnosis: options.diagnosis ?? fakeDiagnosis(),
		metrics: { contentType: 'text/plain', text: async () => '', answered: () => {} },
		printPdf: async (page: string) => new TextEncoder().encode(`%PDF of ${page.length} characters`),
		writing: { language: 'ko', timeZone: 'Asia/Seoul' },
		issuing: {},
		pages: options.pages ?? pages,
		log,
		...{ isProxy: addressList(proxies), embed, portal },
		tls: tls ? { key: certificates.key, cert: certificates.cert } : null,
	})
	const origin = await app.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 })
	const clients: Client[] = []

	return {
		app,
		origin,
		identity,
		accounts,
		panels,
		room,
		hub,
		documents,
		dir,
		db,
		certificates,
		logged,
		token: (role, meeting = 'm1') =>
			identity.issue(isHouseRole(role) || isCounterRole(role) ? { role } : { role, meeting }),
		fetch: (method, path, { token, headers = {}, body } = {}) =>
			fetch(`${origin}${path}`, {
				method,
				redirect: 'manual',
				headers: {
					...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
					...headers,
				},
				...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
			}),
		async socket(name, options = {}) {
			const client = new Client(new WebSocket(`${origin.replace('http', 'ws')}/ws/${name}`, options))
			clients.push(client)
			await once(client.socket, 'open')
			return client
		},
		async close() {
			for (const { socket } of clients) socket.terminate()
			await app.close()
			panels.close()
			await documents.close()
			db.close()
			rmSync(dir, { recursive: true, force: true })
		},
	}
}

export interface Heard {
	type: string
	id?: number
	ok?: boolean
	code?: string
	[key: string]: unknown
}

/** A client that keeps what it hears. */
export class Client {
	readonly socket: WebSocket
	readonly heard: Heard[] = []
	closed = false
	#ids = 0

	constructor(socket: WebSocket) {
		this.socket = socket
		socket.on('message', (data) => this.heard.push(JSON.parse(String(data))))
		socket.on('error', () => {}) // cut off, which `closed` tells
		socket.on('close', () => {
			this.closed = true
		})
	}

	send(message: unknown) {
		this.socket.send(JSON.stringify(message))
	}

	auth(token: string) {
		this.send({ type: 'auth', token })
	}

	/** The result of a command. */
	async ask(command: object): Promise<Heard> {
		const id = ++this.#ids
		this.send({ type: 'command', id, command })
		return this.until(`the result of ${JSON.stringify(command)}`, () =>
			this.heard.find((message) => message.type === 'result' && message.id === id),
		)
	}

	of(type: string): Heard[] {
		return this.heard.filter((message) => message.type === type)
	}

	async until<T>(what: string, find: () => T | undefined | false | null): Promise<T> {
		return until(`${what}; heard: ${JSON.stringify(this.heard.slice(-5))}`, find)
	}
}
