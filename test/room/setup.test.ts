import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import { checkCamera } from '../../appliance/config-camera.ts'
import type { CameraSetup } from '../../appliance/protocol/facilities.ts'
import { knownIn } from '../../appliance/room/known.ts'
import { openSeatMap } from '../../appliance/room/seat-map.ts'
import { deviceOf, openSetups, type RoomCamera } from '../../appliance/room/setup.ts'

const front: RoomCamera = {
	id: 'front',
	name: '정면',
	driver: 'visca-ip',
	host: '192.0.2.5',
	port: 52381,
	localPort: 52381,
	video: { rtsp: 'rtsp://admin:old@192.0.2.5/1' },
}
const rear: CameraSetup = { name: '후면', driver: 'visca-ip', host: '192.0.2.7', framing: 'raw', port: 1259 }

let db: DatabaseSync
let secret: string | null
let logged: string[]

beforeEach(() => {
	db = new DatabaseSync(':memory:')
	secret = null
	logged = []
})

function open(
	file: readonly RoomCamera[] = [front],
	check: (camera: Record<string, unknown>) => RoomCamera = checkCamera,
) {
	return openSetups({
		db,
		file,
		secrets: {
			read: () => secret,
			write(text) {
				secret = text
			},
		},
		check,
		log: pino({ level: 'error' }, { write: (line: string) => void logged.push(line) }),
	})
}
/** As a driver that takes a password. */
const trusting = (camera: Record<string, unknown>) => camera as unknown as RoomCamera

describe('Cameras set up on the console', () => {
	test('stand beside those of the file, and are there after a restart', () => {
		const view = open().put('rear', rear)
		expect(view).toEqual({ id: 'rear', from: 'console', setup: { ...rear, hasPassword: false } })
		const again = open()
		expect(again.cameras.map(({ id }) => id)).toEqual(['front', 'rear'])
		expect(again.cameras[1]).toMatchObject({ localPort: 0, framing: 'raw' })
		again.remove('rear')
		expect(open().cameras.map(({ id }) => id)).toEqual(['front'])
	})

	test('of the file can be changed and not removed; keys that only the file knows stay', () => {
		const setups = open()
		const view = setups.put('front', { name: '앞', driver: 'visca-ip', host: '192.0.2.50' })
		expect(view).toMatchObject({ from: 'file', setup: { name: '앞', host: '192.0.2.50' } })
		expect(setups.cameras).toEqual([
			{ id: 'front', name: '앞', driver: 'visca-ip', host: '192.0.2.50', port: 52381, localPort: 52381 },
		])
		expect(() => setups.remove('front')).toThrow(expect.objectContaining({ code: 'in-file' }))
		expect(() => setups.remove('nobody')).toThrow(expect.objectContaining({ code: 'no-camera' }))
	})

	test('are of the file again as soon as they are set up as it says', () => {
		const setups = open()
		const [{ setup: asWritten } = { setup: null }] = setups.views()
		setups.put('front', { name: '앞', driver: 'visca-ip', host: '192.0.2.50' })
		const { hasPassword: _, ...setup } = asWritten as CameraSetup & { hasPassword: boolean }
		setups.put('front', { ...setup, video: { rtsp: 'rtsp://admin:old@192.0.2.5/1' } })
		expect(open([{ ...front, host: '192.0.2.99' }]).cameras).toMatchObject([{ host: '192.0.2.99' }])
	})

	test.each<[string, CameraSetup, string, RegExp]>([
		['no address', { name: 'a', driver: 'visca-ip' }, 'bad-message', /camera needs host/],
		['a key of another driver', { ...rear, address: 3 }, 'bad-message', /unknown key 'address'/],
		['a driver that is to come', { name: 'a', driver: 'none' as 'onvif' }, 'no-such-driver', /no driver 'none'/],
		['a fixed camera without a picture', { name: 'a', driver: 'fixed' }, 'bad-message', /needs video/],
	])('are refused with %s, and nothing is kept of it', (_, setup, code, message) => {
		expect(() => open().put('x', setup)).toThrow(
			expect.objectContaining({ code, message: expect.stringMatching(message) }),
		)
		expect(open().cameras.map(({ id }) => id)).toEqual(['front'])
		expect(secret).toBeNull()
	})

	test('are at most sixteen', () => {
		const setups = open()
		for (let i = 1; i < 16; i++) setups.put(`c${i}`, rear)
		expect(() => setups.put('c16', rear)).toThrow(expect.objectContaining({ code: 'full' }))
		expect(setups.put('c15', { ...rear, name: '또' }).setup.name).toBe('또')
	})

	test('that another version wrote are left out and told of, and the others run', () => {
		open().put('rear', rear)
		db.exec(`UPDATE room_cameras SET setup = '{"name":"x","driver":"pigeon"}'`)
		expect(open().cameras.map(({ id }) => id)).toEqual(['front'])
		expect(logged.join('')).toContain('rear')
	})
})

describe('Their passwords', () => {
	const dome: CameraSetup = { name: '천장', driver: 'onvif', host: '192.0.2.6', username: 'admin', password: 'geheim' }
	const kept = () => JSON.stringify(db.prepare('SELECT * FROM room_cameras').all())

	test('are kept apart, told to the driver alone, and stay until there is another', () => {
		const setups = open([], trusting)
		const { password: _, ...rest } = dome
		expect(setups.put('dome', dome)).toEqual({ id: 'dome', from: 'console', setup: { ...rest, hasPassword: true } })
		expect(kept()).not.toContain('geheim')
		expect(setups.cameras[0]).toMatchObject({ password: 'geheim' })
		setups.put('dome', { ...rest, host: '192.0.2.66' })
		const again = open([], trusting)
		expect(again.cameras.flatMap(deviceOf)).toEqual([
			{ id: 'dome', driver: 'onvif', host: '192.0.2.66', username: 'admin', password: 'geheim' },
		])
		again.put('dome', { ...rest, password: 'neu' })
		expect(again.cameras[0]).toMatchObject({ password: 'neu' })
		again.remove('dome')
		expect(secret).toBe('{}')
	})

	test('are not those of a camera of another make that takes its place', () => {
		const setups = open([])
		setups.put('dome', dome)
		setups.put('dome', rear)
		expect(setups.cameras[0]).not.toHaveProperty('password')
		const { password: _, ...rest } = dome
		setups.put('dome', rest)
		expect(setups.cameras[0]).not.toHaveProperty('password')
	})

	test('of the address of a picture are no less secret', () => {
		const setups = open([], trusting)
		const video = { rtsp: 'rtsp://view:p%40ss@192.0.2.7:554/1' }
		const { setup } = setups.put('rear', { ...rear, video })
		expect(setup.video).toEqual({ rtsp: 'rtsp://192.0.2.7:554/1' })
		expect(kept()).not.toContain('p%40ss')
		const { hasPassword: _, ...round } = setup
		setups.put('rear', { ...round, name: '뒤' })
		expect(setups.cameras[0]).toMatchObject({ name: '뒤', video })
		setups.put('rear', { ...round, video: { rtsp: 'rtsp://192.0.2.8/1' } })
		expect(setups.cameras[0]?.video).toEqual({ rtsp: 'rtsp://192.0.2.8/1' })
	})

	test('of the file serve what is changed here, until the driver is another', () => {
		const file = [{ ...dome, id: 'dome' }]
		const { password: _, ...rest } = dome
		const setups = open(file, trusting)
		setups.put('dome', { ...rest, name: '돔' })
		expect(setups.cameras[0]).toMatchObject({ name: '돔', password: 'geheim' })
		expect(secret).toBeNull()
		setups.put('dome', rear)
		expect(setups.cameras[0]).not.toHaveProperty('password')
	})
})

describe('What a search found', () => {
	const room: RoomCamera[] = [
		{ id: 'a', name: 'a', driver: 'onvif', uuid: 'urn:uuid:1', host: '192.0.2.5' },
		{ id: 'b', name: 'b', driver: 'visca-ip', host: 'Dome.City' },
		{ id: 'c', name: 'c', driver: 'visca-serial', path: '/dev/serial/by-id/x' },
	]
	const camera = (uuid: string, host: string) => ({ uuid, host, port: 80, https: false, name: null, model: null })
	test.each([
		['by its uuid, wherever it is now', camera('urn:uuid:1', '192.0.2.77'), 'a'],
		['not by an address where another camera is now', camera('urn:uuid:2', '192.0.2.5'), null],
		['by its address, where nothing better is known', camera('urn:uuid:3', 'dome.city'), 'b'],
	])('is known %s', (_, found, known) => {
		const { cameras } = knownIn({ cameras: [found], lines: [], networks: [] }, room)
		expect(cameras).toEqual([{ ...found, known }])
	})
	test('is known by the path of its line', () => {
		const lines = ['x', 'y'].map((name) => ({ path: `/dev/serial/by-id/${name}`, name }))
		expect(knownIn({ cameras: [], lines, networks: [] }, room).lines.map(({ known }) => known)).toEqual(['c', null])
	})
})

describe('The seat map', () => {
	const seats = [
		{ id: '1', camera: 'front', preset: 1 },
		{ id: '2', camera: null, preset: null },
	]
	const cameras = new Set(['front', 'rear'])

	test('is the file’s until it is told otherwise, and remembers that', () => {
		const map = openSeatMap(db, seats)
		expect(map.aims(cameras)).toEqual(seats)
		map.set({ id: '2', camera: 'rear', preset: 7 }, cameras)
		map.set({ id: '1', camera: null, preset: null }, cameras)
		expect(openSeatMap(db, seats).aims(cameras)).toEqual([
			{ id: '1', camera: null, preset: null },
			{ id: '2', camera: 'rear', preset: 7 },
		])
	})
	test('shows nobody by a camera that is gone, and knows it again when it is back', () => {
		const map = openSeatMap(db, seats)
		expect(map.aims(new Set(['rear']))[0]).toEqual({ id: '1', camera: null, preset: null })
		expect(map.aims(cameras)[0]).toEqual(seats[0])
	})
	test.each([
		[{ id: '9', camera: 'front', preset: 1 }, 'no-seat'],
		[{ id: '1', camera: 'attic', preset: 1 }, 'no-camera'],
		[{ id: '1', camera: null, preset: 1 }, 'bad-message'],
	])('refuses %j: %s', (aim, code) => {
		const map = openSeatMap(db, seats)
		expect(() => map.set(aim, cameras)).toThrow(expect.objectContaining({ code }))
		expect(map.aims(cameras)).toEqual(seats)
	})
})
