import { describe, expect, test } from 'vitest'
import type { PresetFile } from '../../appliance/protocol/facilities.ts'
import type { CameraView } from '../../appliance/protocol/room-state.ts'
import { fileOf, presetsOf, unitMismatch } from '../../appliance/room/preset-file.ts'
import type { StoredPreset } from '../../appliance/room/presets.ts'

const jpeg = Buffer.from('ffd8ffe0', 'hex')
const position = { pan: 10, tilt: -2, zoom: 0.5, unit: 'degrees', focus: null, at: 5 } as const
const stored: StoredPreset[] = [
	{ slot: 1, name: '의장석', position, thumbnail: { jpeg, at: 6 } },
	{ slot: 2, name: '전경', position: { ...position, focus: 0.25 }, thumbnail: null },
]
const can = (positions: CameraView['capabilities']['positions'], slots = 16): CameraView['capabilities'] => ({
	panTilt: { speeds: 24 },
	zoom: { speeds: 7 },
	presets: slots > 0 ? { slots } : null,
	focus: null,
	positions,
})
type View = PresetFile['presets'][number]
const file = (...presets: Partial<View>[]): PresetFile => ({
	kind: 'maru-presets',
	version: 1,
	presets: presets.map((one, i) => ({ slot: i, name: `v${i}`, position: null, thumbnail: null, ...one })),
})
const degrees = { pan: 1, tilt: 2, zoom: 0.5, unit: 'degrees' } as const

describe('Views as a file', () => {
	test('come back as they went, pictures too', () => {
		const written = JSON.parse(JSON.stringify(fileOf(stored))) as PresetFile
		expect(written.presets[0]).toEqual({
			slot: 1,
			name: '의장석',
			position: { pan: 10, tilt: -2, zoom: 0.5, unit: 'degrees', focus: null },
			thumbnail: jpeg.toString('base64'),
		})
		expect(presetsOf(written, can('degrees'), 9)).toEqual(
			stored.map((preset) => ({
				...preset,
				position: { ...preset.position, at: 9 },
				thumbnail: preset.thumbnail && { jpeg, at: 9 },
			})),
		)
	})

	test.each<[string, PresetFile, CameraView['capabilities'] | null, RegExp | null]>([
		['of the camera’s own unit', file({ position: degrees }), can('degrees'), null],
		['of a camera that was never there', file({ position: degrees }), null, null],
		['of another unit', file({ position: degrees }), can('fraction'), /^line 1 \(slot 0\): .*set the camera's travel$/],
		['for a camera that tells no position', file({ position: degrees }), can(null), /tells no position/],
		['from a memory, for a camera with one', file({}), can(null), null],
		['from a memory, for a camera that tells positions', file({}), can('degrees'), /line 1 .*own memory/],
		['from a memory, for a camera without', file({}), can(null, 0), /own memory/],
		['with a slot twice', file({ slot: 3 }, { slot: 3 }), can(null), /^line 2 \(slot 3\): slot 3 is there twice$/],
		['with a picture that is none', file({ thumbnail: 'bm8=' }), can(null), /^line 1 .*no JPEG$/],
		[
			'with several faults: all are told',
			file({ position: degrees }, {}, { position: degrees }),
			can('fraction'),
			/^line 1 .*; line 2 .*; line 3 /,
		],
	])('%s', (_, given, capabilities, refusal) => {
		if (refusal === null) expect(presetsOf(given, capabilities, 9)).toHaveLength(given.presets.length)
		else
			expect(() => presetsOf(given, capabilities, 9)).toThrow(
				expect.objectContaining({ code: 'bad-message', message: expect.stringMatching(refusal) }),
			)
	})

	test.each([
		['degrees', 'fraction', /degrees .* fractions of its travel: set the camera's travel/],
		['degrees', null, /tells no position: set the camera's travel/],
		['fraction', 'degrees', /tells degrees: save it anew/],
	] as const)('kept in %s for a camera that tells %s: what to do is said', (kept, told, text) => {
		expect(unitMismatch(kept, told)).toMatch(text)
	})
})
