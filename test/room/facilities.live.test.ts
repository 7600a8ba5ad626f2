import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkCamera } from '../../appliance/config-camera.ts'
import { type Devices, startDevices } from '../../appliance/devices/client.ts'
import { openDocuments } from '../../appliance/documents/documents.ts'
import { buildServer } from '../../appliance/http/server.ts'
import { openIdentity } from '../../appliance/identity/identity.ts'
import { readSecret, replaceSecret } from '../../appliance/identity/secret-file.ts'
import { createRoom, type Room } from '../../appliance/room/room.ts'
import { openSetups } from '../../appliance/room/setup.ts'
import { startViscaCamera, type VirtualCamera } from '../../drivers/virtual/visca-camera.ts'
import { until } from '../browser-launch/processes.ts'
import { FakeHub as HttpHub } from '../http/fakes.ts'
import { FakeHub } from './fake-hub.ts'
import { FakeStage } from './fakes.ts'

/** Over HTTP, with the real devices process and two cameras on real sockets: one of the same model in each framing. */

const dir = mkdtempSync(join(tmpdir(), 'maru-facilities-'))
const secretFile = join(dir, 'secrets', 'cameras.json')
const log = pino({ level: 'silent' })
const now = () => Date.now()
let sony: VirtualCamera
let raw: VirtualCamera
let devices: Devices
let room: Room
let hub: FakeHub
let app: FastifyInstance
let token: string
const db = new DatabaseSync(':memory:')

beforeAll(async () => {
	sony = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	raw = await startViscaCamera({ host: '127.0.0.1', port: 0, framing: 'raw' })
	hub = await FakeHub.start()
	const secrets = { read: () => readSecret(secretFile), write: (text: string) => replaceSecret(secretFile, text) }
	const setups = openSetups({ db, file: [], secrets, check: checkCamera, log })
	devices = startDevices({ cameras: [], log })
	room = createRoom({
		config: {
			name: '대회의실',
			language: 'ko',
			demo: true,
			seats: [{ id: '1', name: '의장석', camera: null, preset: null }],
			stage: { display: 'headless' },
		},
		setups,
		devices,
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
	token = await identity.issue({ role: 'facilities' })
	app = await buildServer({
		hub: new HttpHub(),
		room,
		documents: openDocuments({ dir: join(dir, 'documents'), db, now, log, convert: null }),
		identity,
		build: 'test',
		ca: { pem: '', fingerprint: '' },
		origins: () => [],
		health: () => ({}),
		printPdf: async () => new Uint8Array(),
		writing: { language: 'ko', timeZone: 'Asia/Seoul' },
		pages: { page: () => null, asset: () => null, build: 'test' },
		log,
		tls: null,
	})
})
afterAll(async () => {
	await app.close()
	await room.close()
	await devices.close()
	await Promise.all([sony.close(), raw.close(), hub.close()])
	rmSync(dir, { recursive: true, force: true })
})

async function ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, payload?: object) {
	const headers = { authorization: `Bearer ${token}` }
	const answer = await app.inject({ method, url: `/api/v1${path}`, headers, ...(payload ? { payload } : {}) })
	return { status: answer.statusCode, body: answer.json() }
}

const view = () => room.state().state.cameras.find(({ id }) => id === 'front')
const isReady = () => view()?.status === 'ready'
const panOf = (camera: VirtualCamera) => camera.head().pan.position
const setUp = (camera: VirtualCamera, rest: object) => {
	const setup = { name: '정면', driver: 'visca-ip', host: '127.0.0.1', port: camera.port, ...rest }
	return ask('PUT', '/facilities/cameras/front', setup)
}

test('a camera is set up, tested, aimed, replaced by another and removed, and its views stay', async () => {
	expect(await ask('GET', '/facilities/cameras')).toEqual({ status: 200, body: [] })
	expect(await setUp(sony, { framing: 'sony' })).toMatchObject({ status: 200, body: { id: 'front', from: 'console' } })
	await until(isReady)
	expect(view()).toMatchObject({ name: '정면', capabilities: { positions: 'degrees' }, video: 'none' })

	const tested = await ask('POST', '/cameras/front/test')
	expect(tested).toMatchObject({ status: 200, body: { outcome: 'moved', reason: null } })
	expect(tested.body.moved).toBeGreaterThan(0.5)
	expect(tested.body.startedMs).toBeLessThan(1_000)
	expect(tested.body.restored).toBeLessThan(0.5)
	expect(view()).toMatchObject({ motion: { state: 'arrived' }, lease: null })

	const health = await ask('GET', '/cameras/front/health')
	expect(health.body).toMatchObject({ status: 'ready', reason: null, timeouts: 0, reconnects: 0 })
	expect(health.body.log.length).toBeGreaterThan(5)

	// Somewhere that is not where the other camera stands.
	await ask('POST', '/cameras/front/move', { pan: 0.6, tilt: 0.2, zoom: 0, forMs: 700 })
	await until(() => view()?.motion?.state === 'stopped' && isReady())
	expect((await ask('PUT', '/cameras/front/presets/1', { name: '의장석' })).status).toBe(200)
	expect(view()).toMatchObject({ preset: 1, presets: [{ slot: 1, name: '의장석' }] })
	const saved = panOf(sony)
	expect(Math.abs(saved - panOf(raw))).toBeGreaterThan(2)
	expect(await ask('PUT', '/seats/1', { camera: 'front', preset: 1 })).toMatchObject({ status: 200 })

	expect((await setUp(raw, { framing: 'raw' })).status).toBe(200)
	// Nothing of the one before is said of it.
	expect(view()).toMatchObject({ status: 'off', position: null, preset: null, motion: null })
	await until(isReady)
	expect(view()?.preset).toBeNull()
	expect((await ask('POST', '/cameras/front/presets/1/recall')).status).toBe(200)
	expect(Math.abs(panOf(raw) - saved)).toBeLessThan(0.5)
	expect(view()).toMatchObject({ preset: 1, motion: { state: 'arrived' } })

	const file = await ask('GET', '/cameras/front/presets')
	expect(file.body).toMatchObject({ kind: 'maru-presets', presets: [{ slot: 1, position: { unit: 'degrees' } }] })
	expect((await ask('PUT', '/cameras/front/presets', file.body)).status).toBe(200)

	expect((await ask('DELETE', '/facilities/cameras/front')).status).toBe(200)
	expect(room.state().state).toMatchObject({ cameras: [], seats: [{ camera: null, preset: null }] })
	expect((await ask('GET', '/cameras/front/health')).body.code).toBe('no-camera')
	expect(await setUp(sony, {})).toMatchObject({ status: 200 })
	await until(isReady)
	expect(view()?.presets).toMatchObject([{ slot: 1, name: '의장석' }])
	expect(room.state().state.seats).toMatchObject([{ camera: 'front', preset: 1 }])
})

test('a camera that ignores what it is told fails its test, and one that is away says so', async () => {
	await setUp(sony, { framing: 'sony' })
	await until(isReady)
	const outcome = async () => (await ask('POST', '/cameras/front/test')).body.outcome
	Object.assign(sony.faults, { ignoreDrives: true })
	expect(await outcome()).toBe('no-motion')
	Object.assign(sony.faults, { ignoreDrives: false, reversed: true })
	expect(await outcome()).toBe('wrong-direction')
	// Hung from the ceiling it turns the other way by intention: that mends nothing, and is no fault by itself.
	await setUp(sony, { framing: 'sony', feel: { invertPan: true } })
	expect(await outcome()).toBe('wrong-direction')
	Object.assign(sony.faults, { reversed: false })
	expect(await outcome()).toBe('moved')
	await setUp(sony, { port: 9 })
	await until(() => view()?.status === 'failed')
	expect((await ask('POST', '/cameras/front/test')).body).toMatchObject({ outcome: 'failed', reason: 'lost' })
})

test('the login of a picture is kept where its owner alone can read it, and is not told', async () => {
	const video = { rtsp: 'rtsp://view:geheim@127.0.0.1:9/1' }
	const { body } = await setUp(sony, { video })
	expect(body.setup.video).toEqual({ rtsp: 'rtsp://127.0.0.1:9/1' })
	expect(statSync(secretFile).mode & 0o777).toBe(0o600)
	expect(readFileSync(secretFile, 'utf8')).toContain('geheim')
	expect(JSON.stringify(room.state())).not.toContain('geheim')
	expect(JSON.stringify(db.prepare('SELECT * FROM room_cameras').all())).not.toContain('geheim')
})
