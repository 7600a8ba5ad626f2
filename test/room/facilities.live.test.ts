import { readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startViscaCamera, type VirtualCamera } from '../../drivers/virtual/visca-camera.ts'
import { until } from '../browser-launch/processes.ts'
import { limitOf } from '../scene/wait.ts'
import { type FacilitiesRoom, startFacilitiesRoom } from './facilities-room.ts'

/** Over HTTP, with the real devices process and two cameras on real sockets: one of the same model in each framing. */

let sony: VirtualCamera
let raw: VirtualCamera
let facilities: FacilitiesRoom

beforeAll(async () => {
	sony = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	raw = await startViscaCamera({ host: '127.0.0.1', port: 0, framing: 'raw' })
	facilities = await startFacilitiesRoom()
})
afterAll(async () => {
	await facilities.close()
	await Promise.all([sony.close(), raw.close()])
})

const ask: FacilitiesRoom['ask'] = (...request) => facilities.ask(...request)
const state = () => facilities.room.state().state
const view = () => facilities.view('front')
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
	expect(tested.body.startedMs).toBeLessThan(limitOf(1_000))
	expect(tested.body.restored).toBeLessThan(0.5)
	expect(view()).toMatchObject({ motion: { state: 'arrived' }, lease: null })

	const health = await ask('GET', '/cameras/front/health')
	// On a busy machine an answer may come too late for once.
	const counts = { timeouts: expect.any(Number), reconnects: expect.any(Number) }
	expect(health.body).toMatchObject({ status: 'ready', reason: null, ...counts })
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
	expect(state()).toMatchObject({ cameras: [], seats: [{ camera: null, preset: null }] })
	expect((await ask('GET', '/cameras/front/health')).body.code).toBe('no-camera')
	expect(await setUp(sony, {})).toMatchObject({ status: 200 })
	await until(isReady)
	expect(view()?.presets).toMatchObject([{ slot: 1, name: '의장석' }])
	expect(state().seats).toMatchObject([{ camera: 'front', preset: 1 }])
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
	expect(statSync(facilities.secretFile).mode & 0o777).toBe(0o600)
	expect(readFileSync(facilities.secretFile, 'utf8')).toContain('geheim')
	expect(JSON.stringify(facilities.room.state())).not.toContain('geheim')
	expect(JSON.stringify(facilities.db.prepare('SELECT * FROM room_cameras').all())).not.toContain('geheim')
})
