import type { DatabaseSync } from 'node:sqlite'
import type { Position } from '../../drivers/camera.ts'
import type { PresetView } from '../protocol/room-state.ts'

/**
 * Presets are the appliance's own, so that a replaced camera keeps them. Where a camera can't tell its position the
 * picture is kept in the camera's memory and only name and thumbnail here.
 */
export interface Presets {
	list(camera: string): PresetView[]
	/** All of it, pictures too. */
	all(camera: string): StoredPreset[]
	/** Null: no such preset. */
	find(camera: string, slot: number): StoredPreset | null
	save(camera: string, slot: number, name: string, position: Position | null): void
	/** As it was, with its picture. */
	restore(camera: string, preset: StoredPreset): void
	/** These and no others: all, or none when one can't be stored. */
	replace(camera: string, presets: readonly StoredPreset[]): void
	remove(camera: string, slot: number): boolean
	thumbnail(camera: string, slot: number): Buffer | null
	/** `at` names this picture, so that browsers fetch a new one. False when the preset is gone meanwhile. */
	setThumbnail(camera: string, slot: number, jpeg: Buffer, at: number): boolean
}

export interface StoredPreset {
	slot: number
	name: string
	/** Null: it is in the camera's own slot. */
	position: Position | null
	thumbnail: { jpeg: Buffer; at: number } | null
}

/** Stands in the column for a lens that focuses by itself; NULL: it was not asked. */
const autofocus = -1

/** Opens the table `room_presets`. */
export function openPresets(db: DatabaseSync): Presets {
	db.exec(`CREATE TABLE IF NOT EXISTS room_presets (
		camera TEXT NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL,
		pan REAL, tilt REAL, zoom REAL, unit TEXT, saved_at INTEGER,
		thumbnail BLOB, thumbnail_at INTEGER,
		PRIMARY KEY (camera, slot)
	) STRICT`)
	// Tables of the versions that kept no focus.
	const columns = db.prepare('SELECT name FROM pragma_table_info(?)').all('room_presets')
	if (!columns.some(({ name }) => name === 'focus')) db.exec('ALTER TABLE room_presets ADD COLUMN focus REAL')
	const list = db.prepare('SELECT slot, name, thumbnail_at FROM room_presets WHERE camera = ? ORDER BY slot')
	const all = db.prepare('SELECT * FROM room_presets WHERE camera = ? ORDER BY slot')
	const find = db.prepare('SELECT * FROM room_presets WHERE camera = ? AND slot = ?')
	const write = db.prepare(`INSERT OR REPLACE INTO room_presets
		(camera, slot, name, pan, tilt, zoom, unit, focus, saved_at, thumbnail, thumbnail_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	const remove = db.prepare('DELETE FROM room_presets WHERE camera = ? AND slot = ?')
	const clear = db.prepare('DELETE FROM room_presets WHERE camera = ?')
	const picture = db.prepare('SELECT thumbnail FROM room_presets WHERE camera = ? AND slot = ?')
	const paint = db.prepare('UPDATE room_presets SET thumbnail = ?, thumbnail_at = ? WHERE camera = ? AND slot = ?')

	function restore(camera: string, { slot, name, position, thumbnail }: StoredPreset) {
		const { pan = null, tilt = null, zoom = null, unit = null, at = null } = position ?? {}
		const focus = position?.focus === null ? autofocus : (position?.focus ?? null)
		const drawn = [thumbnail?.jpeg ?? null, thumbnail?.at ?? null] as const
		write.run(camera, slot, name, pan, tilt, zoom, unit, focus, at, ...drawn)
	}

	return {
		list: (camera) =>
			list.all(camera).map((row) => ({
				slot: Number(row.slot),
				name: String(row.name),
				thumbnail: row.thumbnail_at === null ? null : Number(row.thumbnail_at),
			})),
		all: (camera) => all.all(camera).map(presetOf),
		find(camera, slot) {
			const row = find.get(camera, slot)
			return row === undefined ? null : presetOf(row)
		},
		// A preset that is aimed anew has no picture until the new one is taken.
		save: (camera, slot, name, position) => restore(camera, { slot, name, position, thumbnail: null }),
		restore,
		replace(camera, presets) {
			db.exec('BEGIN IMMEDIATE')
			try {
				clear.run(camera)
				for (const preset of presets) restore(camera, preset)
				db.exec('COMMIT')
			} catch (error) {
				db.exec('ROLLBACK')
				throw error
			}
		},
		remove: (camera, slot) => remove.run(camera, slot).changes > 0,
		thumbnail(camera, slot) {
			const value = picture.get(camera, slot)?.thumbnail
			return value instanceof Uint8Array ? Buffer.from(value) : null
		},
		setThumbnail: (camera, slot, jpeg, at) => paint.run(jpeg, at, camera, slot).changes > 0,
	}
}

function presetOf(row: Record<string, unknown>): StoredPreset {
	const { slot, name, pan, tilt, zoom, unit, focus, saved_at: at, thumbnail, thumbnail_at: drawnAt } = row
	return {
		slot: Number(slot),
		name: String(name),
		position:
			pan === null
				? null
				: {
						pan: Number(pan),
						tilt: Number(tilt),
						zoom: Number(zoom),
						unit: unit === 'degrees' ? 'degrees' : 'fraction',
						...(focus === null ? {} : { focus: Number(focus) === autofocus ? null : Number(focus) }),
						at: Number(at),
					},
		thumbnail: thumbnail instanceof Uint8Array ? { jpeg: Buffer.from(thumbnail), at: Number(drawnAt) } : null,
	}
}

/** Whether a camera that stands here still shows that preset. Heads report with some play, most of all after a stop. */
export function standsAt(preset: Position, position: Position): boolean {
	const angle = preset.unit === 'degrees' ? 0.5 : 0.005
	return (
		preset.unit === position.unit &&
		Math.abs(panBetween(preset, position)) <= angle &&
		Math.abs(preset.tilt - position.tilt) <= angle &&
		Math.abs(preset.zoom - position.zoom) <= 0.02
	)
}

/** How far to the right, or the nearer way round where heads turn without end: from 179 to -179 degrees it is 2. */
export function panBetween(from: Position, to: Position): number {
	const distance = to.pan - from.pan
	return to.unit === 'degrees' ? distance - 360 * Math.round(distance / 360) : distance
}
