import type { DatabaseSync } from 'node:sqlite'
import type { Position } from '../../drivers/camera.ts'
import type { PresetView } from '../protocol/room-state.ts'

/**
 * Presets are the appliance's own, so that a replaced camera keeps them. Where a camera can't tell its position the
 * picture is kept in the camera's memory and only name and thumbnail here.
 */
export interface Presets {
	list(camera: string): PresetView[]
	/** Null: no such preset. `position` null: it is in the camera's own slot. */
	find(camera: string, slot: number): { position: Position | null } | null
	save(camera: string, slot: number, name: string, position: Position | null): void
	remove(camera: string, slot: number): boolean
	thumbnail(camera: string, slot: number): Buffer | null
	/** `at` names this picture, so that browsers fetch a new one. False when the preset is gone meanwhile. */
	setThumbnail(camera: string, slot: number, jpeg: Buffer, at: number): boolean
}

/** Opens the table `room_presets`. */
export function openPresets(db: DatabaseSync): Presets {
	db.exec(`CREATE TABLE IF NOT EXISTS room_presets (
		camera TEXT NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL,
		pan REAL, tilt REAL, zoom REAL, unit TEXT, saved_at INTEGER,
		thumbnail BLOB, thumbnail_at INTEGER,
		PRIMARY KEY (camera, slot)
	) STRICT`)
	const list = db.prepare('SELECT slot, name, thumbnail_at FROM room_presets WHERE camera = ? ORDER BY slot')
	const find = db.prepare('SELECT pan, tilt, zoom, unit, saved_at FROM room_presets WHERE camera = ? AND slot = ?')
	// A preset that is aimed anew has no picture until the new one is taken.
	const save = db.prepare(`INSERT INTO room_presets (camera, slot, name, pan, tilt, zoom, unit, saved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (camera, slot) DO UPDATE SET name = excluded.name, pan = excluded.pan,
		tilt = excluded.tilt, zoom = excluded.zoom, unit = excluded.unit, saved_at = excluded.saved_at,
		thumbnail = NULL, thumbnail_at = NULL`)
	const remove = db.prepare('DELETE FROM room_presets WHERE camera = ? AND slot = ?')
	const picture = db.prepare('SELECT thumbnail FROM room_presets WHERE camera = ? AND slot = ?')
	const paint = db.prepare('UPDATE room_presets SET thumbnail = ?, thumbnail_at = ? WHERE camera = ? AND slot = ?')
	return {
		list: (camera) =>
			list.all(camera).map((row) => ({
				slot: Number(row.slot),
				name: String(row.name),
				thumbnail: row.thumbnail_at === null ? null : Number(row.thumbnail_at),
			})),
		find(camera, slot) {
			const row = find.get(camera, slot)
			if (row === undefined) return null
			if (row.pan === null) return { position: null }
			return {
				position: {
					pan: Number(row.pan),
					tilt: Number(row.tilt),
					zoom: Number(row.zoom),
					unit: row.unit === 'degrees' ? 'degrees' : 'fraction',
					at: Number(row.saved_at),
				},
			}
		},
		save(camera, slot, name, position) {
			const { pan = null, tilt = null, zoom = null, unit = null, at = null } = position ?? {}
			save.run(camera, slot, name, pan, tilt, zoom, unit, at)
		},
		remove: (camera, slot) => remove.run(camera, slot).changes > 0,
		thumbnail(camera, slot) {
			const value = picture.get(camera, slot)?.thumbnail
			return value instanceof Uint8Array ? Buffer.from(value) : null
		},
		setThumbnail: (camera, slot, jpeg, at) => paint.run(jpeg, at, camera, slot).changes > 0,
	}
}

/** Whether a camera that stands here still shows that preset. Heads report with some play, most of all after a stop. */
export function standsAt(preset: Position, position: Position): boolean {
	const angle = preset.unit === 'degrees' ? 0.5 : 0.005
	return (
		preset.unit === position.unit &&
		Math.abs(preset.pan - position.pan) <= angle &&
		Math.abs(preset.tilt - position.tilt) <= angle &&
		Math.abs(preset.zoom - position.zoom) <= 0.02
	)
}
