import type { Position } from '../../drivers/camera.ts'
import { Refusal } from '../protocol/errors.ts'
import type { PresetFile } from '../protocol/facilities.ts'
import type { CameraView } from '../protocol/room-state.ts'
import type { StoredPreset } from './presets.ts'

/** Views of a camera as a file, and back: all of them or, when one does not fit, none. */

export function fileOf(presets: readonly StoredPreset[]): PresetFile {
	return {
		kind: 'maru-presets',
		version: 1,
		presets: presets.map(({ slot, name, position, thumbnail }) => ({
			slot,
			name,
			position: position === null ? null : withoutTime(position),
			thumbnail: thumbnail?.jpeg.toString('base64') ?? null,
		})),
	}
}

/**
 * `capabilities` null: the camera was never there to say what it can. Throws a Refusal that names every view that does not
 * fit by its line in the file, counted from 1.
 */
export function presetsOf(
	file: PresetFile,
	capabilities: CameraView['capabilities'] | null,
	at: number,
): StoredPreset[] {
	const slots = new Set<number>()
	const faults: string[] = []
	const presets = file.presets.map(({ slot, name, position, thumbnail }, i): StoredPreset => {
		const jpeg = thumbnail === null ? null : Buffer.from(thumbnail, 'base64')
		const fault =
			(slots.has(slot) ? `slot ${slot} is there twice` : null) ??
			(jpeg && !isJpeg(jpeg) ? 'its picture is no JPEG' : null) ??
			misfit(position, capabilities)
		if (fault !== null) faults.push(`line ${i + 1} (slot ${slot}): ${fault}`)
		slots.add(slot)
		return {
			slot,
			name,
			position: position && { ...position, at },
			thumbnail: jpeg && { jpeg, at },
		}
	})
	if (faults.length > 0) throw new Refusal('bad-message', faults.join('; '))
	return presets
}

function misfit(
	position: PresetFile['presets'][number]['position'],
	capabilities: CameraView['capabilities'] | null,
): string | null {
	if (capabilities === null) return null
	const { positions, presets } = capabilities
	if (position === null) {
		return positions === null && presets !== null ? null : "it was in a camera's own memory: save it anew"
	}
	return positions === position.unit ? null : unitMismatch(position.unit, positions)
}

const names = { degrees: 'degrees', fraction: 'fractions of its travel' } as const

/** Why a camera can't be sent to a view, and what to do. */
export function unitMismatch(kept: Position['unit'], told: Position['unit'] | null): string {
	if (kept === 'degrees') {
		const now = told === null ? 'tells no position' : `tells ${names[told]}`
		return `the view was kept in degrees and the camera ${now}: set the camera's travel`
	}
	const now = told === null ? 'tells no position' : `tells ${names[told]}`
	return `the view was kept in fractions of a camera's travel and the camera ${now}: save it anew`
}

const isJpeg = (bytes: Buffer) => bytes[0] === 0xff && bytes[1] === 0xd8

function withoutTime({ at: _, ...position }: Position) {
	return position
}
