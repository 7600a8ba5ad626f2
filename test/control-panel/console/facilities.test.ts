import { describe, expect, it } from 'vitest'
import type { CameraSetupView, PresetFile } from '../../../appliance/protocol/facilities.ts'
import { filtered, logLine, logText } from '../../../control-panel/console/facilities/command-log.ts'
import { en } from '../../../control-panel/console/facilities/i18n-facilities-en.ts'
import { ko } from '../../../control-panel/console/facilities/i18n-facilities-ko.ts'
import { compare, presetFileName, readPresetFile } from '../../../control-panel/console/facilities/preset-file.ts'
import {
	changed,
	draftFound,
	draftLine,
	draftOf,
	driverNames,
	emptyDraft,
	faultsOf,
	freshId,
	setupOf,
} from '../../../control-panel/console/facilities/setup-draft.ts'
import { again, feelOf, withFeel } from '../../../control-panel/console/facilities/setups.svelte.ts'
import { FacilitiesView } from '../../../control-panel/console/facilities/view.svelte.ts'
import { readHouseRole } from '../../../control-panel/lib/meeting/link.ts'
import { tokenOf } from '../../browser/facilities-scene.ts'

describe('The settings of a camera as fields', () => {
	const setups: CameraSetupView['setup'][] = [
		{
			name: '정면',
			driver: 'visca-ip',
			host: '192.0.2.5',
			port: 52381,
			framing: 'raw',
			feel: { invertPan: true, invertTilt: false, scale: 0.5 },
			video: { rtsp: 'rtsp://192.0.2.5/1' },
			delayMs: 120,
			hasPassword: false,
		},
		{
			name: '좌측',
			driver: 'onvif',
			host: 'cam-6',
			username: 'admin',
			port: 8443,
			https: true,
			uuid: 'urn:uuid:6',
			hasPassword: true,
		},
		{
			name: '후면',
			driver: 'pelco-d',
			path: '/dev/ttyUSB0',
			baudRate: 2400,
			address: 3,
			blind: true,
			travel: { pan: [-170, 170], tilt: [-30, 90] },
			video: { usb: 'Capture' },
			hasPassword: false,
		},
		{ name: '전경', driver: 'fixed', video: { rtsp: 'rtsps://a/b' }, hasPassword: false },
	]

	it.each(setups)('$name: are sent back as they came', (setup) => {
		const { hasPassword: _, feel: __, ...sent } = setup
		const draft = draftOf({ id: 'x', from: 'console', setup })
		expect(setupOf(draft)).toEqual(sent)
		expect(faultsOf(draft)).toEqual({})
		expect(changed(draft, draftOf({ id: 'x', from: 'console', setup }))).toBe(false)
	})

	it('send a password only when one was typed, and nothing that the driver does not have', () => {
		const [, left] = setups
		if (!left) throw new Error('none')
		const draft = { ...draftOf({ id: 'x', from: 'console', setup: left }), password: 'new one' }
		expect(setupOf(draft).password).toBe('new one')
		const other = setupOf({ ...draft, driver: 'visca-ip', port: '' })
		expect(other).toEqual({ name: '좌측', driver: 'visca-ip', host: 'cam-6' })
	})

	it.each([
		[{}, { name: 'needed', host: 'needed' }],
		[{ name: 'a', host: 'b', port: '0' }, { port: 'port' }],
		[{ name: 'a', host: 'b', port: '80.5' }, { port: 'port' }],
		[{ name: 'a', driver: 'visca-serial' }, { path: 'needed' }],
		[
			{ name: 'a', driver: 'pelco-d', path: '/dev/x', baudRate: '300', address: '256' },
			{ baudRate: 'baud', address: 'address' },
		],
		[
			{
				name: 'a',
				driver: 'visca-tcp',
				host: 'b',
				travels: true,
				panFrom: '10',
				panTo: '-10',
				tiltFrom: '0',
				tiltTo: '1',
			},
			{ travel: 'degrees' },
		],
		[{ name: 'a', host: 'b', travels: true, panFrom: '10', panTo: '-10', tiltFrom: '0', tiltTo: '1' }, {}],
		[
			{ name: 'a', host: 'b', travels: true, panFrom: '10', panTo: '10', tiltFrom: '0', tiltTo: '1' },
			{ travel: 'ends' },
		],
		[{ name: 'a', driver: 'fixed' }, { picture: 'choose' }],
		[{ name: 'a', driver: 'fixed', picture: 'rtsp', rtsp: 'http://x' }, { rtsp: 'rtsp' }],
		[{ name: 'a', driver: 'fixed', picture: 'usb' }, { usb: 'needed' }],
		[{ name: 'a', host: 'b', delayMs: '1001' }, { delayMs: 'delay' }],
	] as const)('say what is wrong before it is sent: %j', (typed, faults) => {
		expect(faultsOf({ ...emptyDraft(), ...typed })).toEqual(faults)
	})

	it('mean the usual port of HTTPS where none is given', () => {
		const draft = { ...emptyDraft(), name: 'a', host: 'b', https: true }
		expect(setupOf(draft)).toMatchObject({ https: true, port: 443 })
		expect(setupOf({ ...draft, driver: 'visca-tcp' })).toEqual({ name: 'a', driver: 'visca-tcp', host: 'b' })
	})

	it('are filled in from what a search found', () => {
		const found = { uuid: 'u', name: null, model: 'Dome 5', host: '192.0.2.32', port: 443, https: true, known: null }
		expect(setupOf(draftFound(found))).toEqual({
			name: 'Dome 5',
			driver: 'onvif',
			host: '192.0.2.32',
			port: 443,
			https: true,
			uuid: 'u',
		})
		expect(draftLine('/dev/ttyUSB0')).toMatchObject({ driver: 'visca-serial', path: '/dev/ttyUSB0' })
	})

	it('keep how it feels in the hand, and nothing where it feels as usual', () => {
		const [front] = setups
		if (!front) throw new Error('none')
		const kept: CameraSetupView = { id: 'front', from: 'file', setup: front }
		expect(withFeel(setupOf(draftOf(kept)), feelOf(kept))).toEqual(again(kept))
		const plain = withFeel(again(kept), { invertPan: false, invertTilt: false, scale: 1 })
		expect(plain).not.toHaveProperty('feel')
		expect(plain).toMatchObject({ name: '정면', port: 52381 })
	})

	it('make an identifier that no camera ever had', () => {
		expect(freshId()).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
		expect(freshId()).not.toBe(freshId())
	})
})

describe('A file of views', () => {
	const view = (slot: number, name: string) => ({ slot, name, position: null, thumbnail: null })
	const file: PresetFile = { kind: 'maru-presets', version: 1, presets: [view(1, '전경'), view(7, '방청석')] }

	it('is read when it is one, and nothing else is', () => {
		expect(readPresetFile(JSON.stringify(file))).toEqual(file)
		for (const text of [
			'',
			'[]',
			'null',
			'{"kind":"maru-presets"}',
			'{"kind":"maru-presets","version":1,"presets":[{}]}',
		]) {
			expect(readPresetFile(text), text).toBeNull()
		}
	})

	it('is held against what the camera has: new, replaced, lost', () => {
		const present = [
			{ slot: 1, name: '넓게', thumbnail: null },
			{ slot: 2, name: '의장석', thumbnail: 1 },
		]
		expect(compare(file, present)).toEqual({
			fresh: 1,
			replaced: [{ slot: 1, before: '넓게', after: '전경' }],
			others: [present[1]],
			ownMemory: 2,
		})
	})

	it('has a name that every system takes', () => {
		expect(presetFileName('대회의실 1/2', '정면', Date.UTC(2026, 10, 23))).toBe('대회의실-1-2-정면-2026-11-23.json')
	})
})

describe('The command log', () => {
	const lines = [
		{ at: 0, direction: 'tx', text: '81 01 06 01 ff' },
		{ at: 1, direction: 'rx', text: '90 41 ff' },
		{ at: 2, direction: 'tx', text: 'GetStatus' },
	] as const

	it('is searched with and without spaces, in any case, by direction', () => {
		expect(filtered(lines, 'all', '0106 01')).toEqual([lines[0]])
		expect(filtered(lines, 'all', 'getstatus')).toEqual([lines[2]])
		expect(filtered(lines, 'rx', '')).toEqual([lines[1]])
		expect(filtered(lines, 'rx', 'ff')).toEqual([lines[1]])
	})

	it('is copied with times to the millisecond', () => {
		expect(logText([lines[1]])).toMatch(/^\d\d:\d\d:00\.001 <- 90 41 ff$/)
	})
})

describe('A line of the log', () => {
	it('has its bytes in pairs, as manuals do, and is left alone where it is words', () => {
		expect(logLine('8101060103ff')).toBe('81 01 06 01 03 ff')
		expect(logLine('81 01 ff')).toBe('81 01 ff')
		expect(logLine('GetStatus')).toBe('GetStatus')
		expect(logLine('ffa')).toBe('ffa')
		expect(logLine('')).toBe('')
	})
})

describe('Leaving changes', () => {
	it('asks first, and goes where it was wanted once they are given up', () => {
		const view = new FacilitiesView()
		view.showCamera('front', 'setup')
		view.dirty = true
		view.showCamera('left')
		expect(view.camera).toBe('front')
		view.stay()
		expect(view.leaving).toBeNull()
		view.showTab('health')
		expect(view.tab).toBe('setup')
		view.leave()
		expect([view.camera, view.tab, view.dirty]).toEqual(['front', 'health', false])
	})
})

describe('The words of the facilities page', () => {
	it('are Korean in Korean and not in English, key by key', () => {
		const said = (texts: object): [string, string][] =>
			Object.entries(texts).flatMap(([key, text]): [string, string][] => {
				if (typeof text === 'object') return said(text)
				return [[key, typeof text === 'string' ? text : String(text(3, 3, 3))]]
			})
		const [korean, english] = [said(ko), said(en)]
		expect(english.map(([key]) => key)).toEqual(korean.map(([key]) => key))
		// Names of protocols and units are the same everywhere.
		const plain = new Set([
			'ms',
			'percent',
			'fromFile',
			'https',
			'onvif',
			'pelco-d',
			'visca-ip',
			'visca-tcp',
			'importSlot',
			'seatOf',
			'testOff',
		])
		for (const [key, text] of korean) if (!plain.has(key)) expect(text, key).toMatch(/[가-힣]/)
		for (const [key, text] of english) expect(text, key).not.toMatch(/[가-힣]/)
		for (const driver of driverNames) expect(ko.drivers).toHaveProperty([driver])
	})
})

describe('The page that a token opens', () => {
	it('is told by the role that it claims, and a link of a meeting opens the desk', () => {
		expect(readHouseRole(tokenOf('facilities'))).toBe('facilities')
		expect(readHouseRole(tokenOf('admin'))).toBe('admin')
		expect(readHouseRole(tokenOf('clerk'))).toBeNull()
		expect(readHouseRole('aaa.bbb.ccc')).toBeNull()
	})
})
