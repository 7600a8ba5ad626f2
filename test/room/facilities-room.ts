import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { checkCamera } from '../../appliance/config-camera.ts'
import { startDevices } from '../../appliance/devices/client.ts'
import { openDocuments } from '../../appliance/documents/documents.ts'
import { buildServer } from '../../appliance/http/server.ts'
import { openAccounts } from '../../appliance/identity/accounts.ts'
import { openIdentity } from '../../appliance/identity/identity.ts'
import { openPanels } from '../../appliance/identity/panels.ts'
import { openPin } from '../../appliance/identity/pin.ts'
import { readSecret, replaceSecret } from '../../appliance/identity/secret-file.ts'
import type { CameraView } from '../../appliance/protocol/room-state.ts'
import { createRoom, type Room } from '../../appliance/room/room.ts'
import { openSetups } from '../../appliance/room/setup.ts'
import { createReach, type Networks } from '../../drivers/reach.ts'
import { fakeDiagnosis, FakeHub as HttpHub } from '../http/fakes.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeStage } from './fakes.ts'

/** A room without cameras, over HTTP as facilities staff sees it, with the real devices process. */
export interface FacilitiesRoom {
	readonly room: Room
	readonly db: DatabaseSync
	readonly secretFile: string
	ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object): Promise<Answer>
	/** A camera as a panel sees it. */
	view(id: string): CameraView | undefined
	close(): Promise<void>
}

interface Answer {
	status: number
	// biome-ignore lint/suspicious/noExplicitAny: whatever the route answers; tests say what it has to be
	body: any
}

/** `networks`: where devices may be; absent: anywhere. */
export async function startFacilitiesRoom(networks?: Networks): Promise<FacilitiesRoom> {
	const dir = mkdtempSync(join(tmpdir(), 'maru-facilities-'))
	const secretFile = join(dir, 'secrets', 'cameras.json')
	const log = pino({ level: 'silent' })
	const now = () => Date.now()
	const db = new DatabaseSync(':memory:')
	const hub = await FakeHub.start()
	const secrets = { read: () => readSecret(secretFile), write: (text: string) => replaceSecret(secretFile, text) }
	const setups = openSetups({ db, file: [], secrets, check: checkCamera, log })
	const devices = startDevices({ cameras: [], log, ...(networks && { networks }) })
	const room = createRoom({
		config: {
			name: '대회의실',
			language: 'ko',
			demo: true,
			seats: [{ id: '1', name: '의장석', camera: null, preset: null }],
			stage: { display: 'headless' },
		},
		setups,
		devices,
		...(networks && { reach: createReach(networks) }),
		hubUrl: hub.url,
		hubToken: async () => 'house',
		stageUrl: 'http://127.0.0.1:1/stage',
		launch: new FakeStage().launch,
		db,
		now,
		log,
		build: 'test',
	})
	const identity = await openIdentity({ db, dir: join(dir, 'identity'), now })
	const panels = openPanels({ db, identity, now, log })
	const token = await identity.issue({ role: 'facilities' })
	const app = await buildServer({
		hub: new HttpHub(),
		diagnosis: fakeDiagnosis(),
		room,
		documents: openDocuments({ dir: join(dir, 'documents'), db, now, log, convert: null }),
		counsel: null,
		identity,
		accounts: openAccounts({ db, identity, now }),
		panels,
		pin: openPin({ db, dir: join(dir, 'identity'), now }),
		machine: () => ({ addresses: [], outside: '', startedAt: 0, disk: null }),
		build: 'test',
		ca: { pem: '', fingerprint: '' },
		origins: () => [],
		health: () => ({}),
		metrics: { contentType: 'text/plain', text: async () => '', answered: () => {} },
		printPdf: async () => new Uint8Array(),
		writing: { language: 'ko', timeZone: 'Asia/Seoul' },
		issuing: {},
		pages: { page: () => null, asset: () => null, build: 'test' },
		log,
		...{ isProxy: () => false, embed: [], portal: null, sso: null },
		tls: null,
	})
	return {
		...{ room, db, secretFile },
		async ask(method, path, payload) {
			const headers = { authorization: `Bearer ${token}` }
			const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(payload ? { payload } : {}) })
			return { status: answer.statusCode, body: answer.json() }
		},
		view: (id) => room.state().state.cameras.find((camera) => camera.id === id),
		async close() {
			await app.close()
			panels.close()
			await room.close()
			await devices.close()
			await hub.close()
			rmSync(dir, { recursive: true, force: true })
		},
	}
}
