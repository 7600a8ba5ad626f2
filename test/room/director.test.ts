import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MeetingCore, Result } from '../../appliance/protocol/messages.ts'
import type { CameraView } from '../../appliance/protocol/room-state.ts'
import { Director, type DirectorReport, directorOrigin } from '../../appliance/room/director.ts'
import { plainCore } from '../meeting/core.ts'

const meeting = { id: 'm', title: '회의', kind: 'council', phase: 'open', startsAt: null, openedAt: 1 } as const
type Speech = MeetingCore['floor']['speaking'][number]

function speech(who: string, seat: string | null, grantedAt = 1): Speech {
	const strip = { name: who, title: '', bureau: '' }
	const clock = { limitMs: null, usedMs: 0, runningSince: grantedAt }
	const steps = { gate: null, camera: null, strip: null }
	return { who, seat, grantedAt, kind: 'speak', asked: true, feed: null, steps, ...strip, ...clock }
}

function floor(speaking: Speech[], nextSeat: string | null = null): MeetingCore {
	const waiting = { speak: 0, respond: 0, order: 0 }
	const next = nextSeat === null ? null : `seat-${nextSeat}`
	return plainCore(meeting, { floor: { mode: 'chair', speaking, waiting, next, nextSeat } })
}

let cameras: CameraView[]
let ordered: { camera: string; preset: number; arrive: (result?: Result) => void }[]
let said: DirectorReport[]
let now: number
let director: Director

function camera(id: string, preset: number | null): CameraView {
	const capabilities = { panTilt: { speeds: 24 }, zoom: { speeds: 8 }, presets: null, focus: null, positions: null }
	const news = { motion: null, undo: null, stream: null }
	const where = { ...news, position: null, presets: [], preset, lease: null, video: 'sending' as const }
	return { id, name: id, driver: 'visca-ip', status: 'ready', reason: null, since: 0, capabilities, ...where }
}

function set(id: string, difference: Partial<CameraView>) {
	cameras = cameras.map((view) => (view.id === id ? { ...view, ...difference } : view))
}

beforeEach(() => {
	cameras = [camera('front', null), camera('left', null), camera('rear', 9)]
	ordered = []
	said = []
	now = 100_000
	director = new Director({
		seats: () => [
			{ id: '1', camera: 'front', preset: 1 },
			{ id: '2', camera: 'left', preset: 2 },
			{ id: '3', camera: 'front', preset: 3 },
			{ id: '4', camera: null, preset: null },
		],
		cameras: () => cameras,
		feedOf: (id) => `feed-${id}`,
		recall: (id, preset) => {
			const { promise, resolve } = Promise.withResolvers<Result>()
			set(id, { preset: null, status: 'moving' })
			ordered.push({
				camera: id,
				preset,
				arrive(result = { ok: true }) {
					set(id, { status: 'ready', preset: result.ok ? preset : null })
					resolve(result)
				},
			})
			return promise
		},
		report: (report) => said.push(report),
		now: () => now,
		log: pino({ level: 'silent' }),
	})
})

afterEach(() => {
	director.follow(null)
	vi.useRealTimers()
})

const words = () => said.map(({ who, state, feed, reason }) => [who, state, feed, reason])
const settle = () => new Promise((resolve) => setImmediate(resolve))

describe('The director', () => {
	it('shows a seat at once where the camera was aimed beforehand', () => {
		set('front', { preset: 1 })
		director.follow(floor([speech('seat-1', '1')]))
		expect(words()).toEqual([['seat-1', 'done', 'feed-front', null]])
		expect(ordered).toEqual([])
	})

	it('aims at the next in line while somebody else speaks, and then has them at once', async () => {
		set('front', { preset: 1 })
		director.follow(floor([speech('seat-1', '1')], '2'))
		expect(ordered.map(({ camera, preset }) => [camera, preset])).toEqual([['left', 2]])
		ordered[0]?.arrive()
		await settle()
		director.follow(floor([speech('seat-2', '2', 5)]))
		expect(words().at(-1)).toEqual(['seat-2', 'done', 'feed-left', null])
		expect(ordered).toHaveLength(1)
	})

	it('shows the wide picture until the camera stands, then cuts: no travelling shot', async () => {
		director.follow(floor([speech('seat-1', '1')]))
		expect(words()).toEqual([['seat-1', 'wide', 'feed-left', null]])
		ordered[0]?.arrive()
		await settle()
		expect(words().at(-1)).toEqual(['seat-1', 'done', 'feed-front', null])
	})

	it('does not turn the camera that is on air to the next in line', () => {
		set('front', { preset: 1 })
		director.follow(floor([speech('seat-1', '1')], '3'))
		expect(ordered).toEqual([])
	})

	it('says why a seat could not be framed, stays wide and does not try again and again', async () => {
		director.follow(floor([speech('seat-1', '1')]))
		ordered[0]?.arrive({ ok: false, code: 'timeout', message: '' })
		await settle()
		director.look()
		director.look()
		expect(words().at(-1)).toEqual(['seat-1', 'failed', 'feed-left', 'timeout'])
		expect(ordered).toHaveLength(1)
	})

	it('tries again where a camera was silent for a moment, and then shows the seat', async () => {
		director.follow(floor([speech('seat-1', '1')]))
		ordered[0]?.arrive({ ok: false, code: 'timeout', message: '' })
		await settle()
		now += 3_000
		director.look()
		ordered[1]?.arrive()
		await settle()
		expect(words().at(-1)).toEqual(['seat-1', 'done', 'feed-front', null])
		expect(ordered).toHaveLength(2)
	})

	it('tries nothing with a camera that is away', async () => {
		director.follow(floor([speech('seat-1', '1')]))
		ordered[0]?.arrive({ ok: false, code: 'unreachable', message: '' })
		await settle()
		set('front', { status: 'stale' })
		now += 3_000
		director.look()
		expect(ordered).toHaveLength(1)
		set('front', { status: 'ready' })
		director.look()
		expect(ordered).toHaveLength(2)
	})

	it('aims again at the next in line by itself, though nothing else happens', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
		set('front', { preset: 1 })
		director.follow(floor([speech('seat-1', '1')], '2'))
		ordered[0]?.arrive({ ok: false, code: 'timeout', message: '' })
		await settle()
		director.look()
		expect(ordered).toHaveLength(1)
		now += 3_000
		vi.advanceTimersByTime(3_000)
		expect(ordered.map(({ camera, preset }) => [camera, preset])).toEqual([
			['left', 2],
			['left', 2],
		])
	})

	it.each([
		['has no camera', '4'],
		['is not in the configuration', '77'],
	])('says so when the seat %s', (_, seat) => {
		director.follow(floor([speech('x', seat)]))
		expect(words()).toEqual([['x', 'failed', null, 'no-preset']])
	})

	it('shows somebody at home by their own camera', () => {
		director.follow(floor([speech('p1', null)]))
		expect(words()).toEqual([['p1', 'done', null, null]])
	})

	it('keeps its hands off a camera that somebody drives, and takes it again ten seconds after', () => {
		set('front', { lease: { owner: 'socket-1', label: 'Panel 1', until: now + 5000 } })
		director.look()
		director.follow(floor([speech('seat-1', '1')]))
		expect(words().at(-1)).toEqual(['seat-1', 'failed', 'feed-left', 'leased'])
		set('front', { lease: null })
		now += 10_001
		director.follow(floor([speech('seat-1', '1', 9)]))
		expect(ordered.map(({ camera }) => camera)).toEqual(['front'])
	})

	it('does not mistake its own lease for a hand', () => {
		set('front', { lease: { owner: directorOrigin.id, label: 'director', until: now + 5000 } })
		director.look()
		director.follow(floor([speech('seat-1', '1')]))
		expect(ordered).toHaveLength(1)
	})

	it('of several who speak shows the one who got the floor last', () => {
		set('left', { preset: 2 })
		director.follow(floor([speech('seat-1', '1', 1), speech('seat-2', '2', 2)]))
		expect(words()).toEqual([
			['seat-1', 'wide', null, null],
			['seat-2', 'done', 'feed-left', null],
		])
	})

	it('says each thing once', () => {
		set('front', { preset: 1 })
		const core = floor([speech('seat-1', '1')])
		for (let i = 0; i < 5; i++) director.follow(core)
		expect(said).toHaveLength(1)
	})
})
