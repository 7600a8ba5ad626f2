import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FocusDrive } from '../../../control-panel/lib/camera/focus-drive.ts'
import {
	cameraReasonTexts,
	cameraTexts,
	remedyTexts,
	streamTexts,
} from '../../../control-panel/lib/camera/i18n-camera.ts'
import { outranked, place, standing } from '../../../control-panel/lib/camera/standing.ts'
import { CameraWords } from '../../../control-panel/lib/camera/words.ts'
import { LanguageChoice } from '../../../control-panel/lib/i18n.svelte.ts'
import { camera } from '../../browser/panel-scene.ts'

describe('A lens in hand', () => {
	let told: string[]
	let focus: FocusDrive

	beforeEach(() => {
		vi.useFakeTimers()
		told = []
		focus = new FocusDrive({ run: (direction) => told.push(direction), stop: () => told.push('stop') })
	})
	afterEach(() => vi.useRealTimers())

	it('runs at once, is said again every 150 ms, and stops once when it is let go', () => {
		focus.hold('finger', 'near')
		vi.advanceTimersByTime(310)
		focus.release('finger')
		focus.release('finger')
		vi.advanceTimersByTime(1000)
		expect(told).toEqual(['near', 'near', 'near', 'stop'])
	})

	it('obeys the latest press, and goes on with the other when that is let go', () => {
		focus.hold('left hand', 'near')
		focus.hold('right hand', 'far')
		focus.release('right hand')
		focus.releaseAll()
		expect(told).toEqual(['near', 'far', 'near', 'stop'])
	})

	it('says nothing when there is nothing to let go', () => {
		focus.releaseAll()
		expect(told).toEqual([])
	})
})

describe('What became of a movement', () => {
	const motion = (state: 'requested' | 'moving' | 'arrived' | 'stopped' | 'failed', reason: string | null = null) =>
		camera('front', '정면', { motion: { state, reason, since: 5 } })

	it.each([
		['nothing was asked yet', camera('front', '정면'), 'nothing', 'idle'],
		['a finger is down', camera('front', '정면'), 'asked', 'requested'],
		['the camera does not follow', camera('front', '정면'), 'unanswered', 'failed'],
		['the room has asked the camera', motion('requested'), 'nothing', 'requested'],
		['the camera says that it moves', motion('moving'), 'asked', 'moving'],
		['it is there', motion('arrived'), 'nothing', 'arrived'],
		['it was stopped', motion('stopped'), 'nothing', 'stopped'],
		['it failed', motion('failed', 'timeout'), 'nothing', 'failed'],
		['it moves the wrong way', camera('front', '', { status: 'moving', reason: 'wrong-direction' }), 'asked', 'failed'],
		['it is gone', camera('front', '', { status: 'failed', reason: 'unreachable' }), 'asked', 'out'],
	] as const)('%s', (_what, view, asking, kind) => {
		expect(standing(view, asking).kind).toBe(kind)
	})

	it('is not claimed of a camera whose answers do not reach us', () => {
		const blind = { blind: true } as const
		expect(standing(camera('front', '정면', blind), 'nothing').kind).toBe('blind')
		expect(standing(camera('front', '정면', blind), 'unanswered').kind).toBe('sent')
		for (const state of ['requested', 'moving', 'arrived', 'stopped'] as const) {
			expect(standing({ ...motion(state), ...blind }, 'nothing').kind).toBe('sent')
		}
		expect(standing({ ...motion('failed', 'lost'), ...blind }, 'nothing')).toMatchObject({
			kind: 'failed',
			reason: 'lost',
		})
		expect(standing({ ...camera('front', '정면', blind), status: 'off' }, 'nothing').kind).toBe('out')
	})

	it('is told with why, in both languages', () => {
		const kept = new Map<string, string>()
		const language = new LanguageChoice({ getItem: () => null, setItem: (key, value) => void kept.set(key, value) })
		const words = new CameraWords(language)
		const failed = motion('failed', 'no-motion')
		expect(words.standing(standing(failed, 'nothing'), failed)).toBe('실패 · 움직이지 않음')
		language.choose('en')
		expect(words.standing(standing(failed, 'nothing'), failed)).toBe('Failed · Does not move')
		const odd = motion('failed', 'a-code-of-tomorrow')
		expect(words.standing(standing(odd, 'nothing'), odd)).toContain('a-code-of-tomorrow')
	})

	it('tells the view where it stands, the one that it left, and none that is not saved any more', () => {
		const presets = [{ slot: 2, name: '의장석', thumbnail: null }]
		expect(place(camera('front', '', { presets, preset: 2 }), undefined)).toMatchObject({ here: true })
		expect(place(camera('front', '', { presets, preset: null }), 2)).toMatchObject({ here: false })
		expect(place(camera('front', '', { presets, preset: 2, status: 'stale', reason: 'lost' }), 2)).toBeNull()
		expect(place(camera('front', '', { presets: [], preset: null }), 2)).toBeNull()
		expect(place(camera('front', '', { presets }), undefined)).toBeNull()
	})
})

describe('The words around a camera', () => {
	it('are the same keys in both languages', () => {
		expect(Object.keys(cameraTexts.en).sort()).toEqual(Object.keys(cameraTexts.ko).sort())
		expect(Object.keys(cameraReasonTexts.en)).toEqual(Object.keys(cameraReasonTexts.ko))
		expect(Object.keys(remedyTexts.en)).toEqual(Object.keys(remedyTexts.ko))
		for (const code of Object.keys(remedyTexts.ko)) expect(cameraReasonTexts.ko).toHaveProperty([code])
	})

	it('are in the language of now, and no Korean in English', () => {
		const say = (text: string | ((...values: never[]) => string)) =>
			typeof text === 'string' ? text : text(...([3, 3] as never[]))
		for (const text of Object.values(cameraTexts.en)) expect(say(text)).not.toMatch(/[가-힣]/)
		for (const text of Object.values(remedyTexts.en)) expect(text).not.toMatch(/[가-힣]/)
		for (const text of Object.values(remedyTexts.ko)) expect(text).toMatch(/[가-힣]/)
	})

	it('tell a camera that refuses our user from a room that refuses this page', () => {
		const words = new CameraWords(new LanguageChoice({ getItem: () => null, setItem: () => {} }))
		expect(words.cameraError('unauthorized')).toBe(cameraTexts.ko.loginRefused)
		expect(words.error('unauthorized')).not.toBe(cameraTexts.ko.loginRefused)
		expect(words.cameraError('leased')).toBe(words.error('leased'))
	})

	it('do not call a camera ready whose answers do not reach us', () => {
		const words = new CameraWords(new LanguageChoice({ getItem: () => null, setItem: () => {} }))
		const blind = camera('rear', '', { blind: true })
		expect(words.camera(blind)).toBe(cameraTexts.ko.blind)
		expect(words.camera({ ...blind, status: 'failed', reason: 'lost' })).toBe(cameraReasonTexts.ko.lost)
	})

	it('say what is wrong with a stream, and what to do only where nothing was done', () => {
		const words = new CameraWords(new LanguageChoice({ getItem: () => null, setItem: () => {} }))
		const of = (remedy: 'none' | 'transcoded') => camera('front', '', { stream: { fault: 'b-frames', remedy } })
		expect(words.stream(of('none'))?.remedy).toBe(streamTexts.ko.faults['b-frames'].todo)
		expect(words.stream(of('transcoded'))?.remedy).toBe(streamTexts.ko.remedies.transcoded)
		expect(words.stream(camera('front', ''))).toBeNull()
	})
})

describe('Who drives', () => {
	it.each([
		['panel 2', '패널 2'],
		['far 김철수', '김철수(원격)'],
		['far admin 1', 'admin 1(원격)'],
	])('%s is %s', (label, name) => {
		expect(new CameraWords(new LanguageChoice({ getItem: () => null, setItem: () => {} })).driver(label)).toBe(name)
	})
})

describe('Who goes before', () => {
	it.each([
		['panel 2', 'panel', false],
		['director', 'panel', false],
		['facilities 1', 'panel', true],
		['admin 3', 'panel', true],
		['facilities 1', 'facilities', false],
		['panel 2', 'admin', false],
		['far facilities 1', 'panel', false],
	] as const)('%s holds it, and a %s looks: %s', (holder, own, before) => {
		expect(outranked(holder, own)).toBe(before)
	})
})
