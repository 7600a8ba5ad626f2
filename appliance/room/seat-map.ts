import type { DatabaseSync } from 'node:sqlite'
import { Refusal } from '../protocol/errors.ts'

/** Where each seat is seen: as the configuration says, until it is told otherwise here. */

export interface SeatAim {
	id: string
	/** Null: nowhere. */
	camera: string | null
	preset: number | null
}

export interface SeatMap {
	/** A seat that looks through a camera which is not there is seen nowhere, until that is back. */
	aims(cameras: ReadonlySet<string>): SeatAim[]
	/** Throws a Refusal: 'no-seat', 'no-camera', 'bad-message'. */
	set(aim: SeatAim, cameras: ReadonlySet<string>): void
}

/** Opens the table `room_seats`. */
export function openSeatMap(db: DatabaseSync, seats: readonly SeatAim[]): SeatMap {
	db.exec('CREATE TABLE IF NOT EXISTS room_seats (seat TEXT PRIMARY KEY, camera TEXT, preset INTEGER) STRICT')
	const find = db.prepare('SELECT camera, preset FROM room_seats WHERE seat = ?')
	const write = db.prepare('INSERT OR REPLACE INTO room_seats (seat, camera, preset) VALUES (?, ?, ?)')

	function aimOf({ id, camera, preset }: SeatAim): SeatAim {
		const row = find.get(id)
		if (row === undefined) return { id, camera, preset }
		return {
			id,
			camera: row.camera === null ? null : String(row.camera),
			preset: row.preset === null ? null : Number(row.preset),
		}
	}

	return {
		aims: (cameras) =>
			seats.map((seat) => {
				const aim = aimOf(seat)
				return aim.camera === null || cameras.has(aim.camera) ? aim : { id: aim.id, camera: null, preset: null }
			}),
		set({ id, camera, preset }, cameras) {
			if (!seats.some((seat) => seat.id === id)) throw new Refusal('no-seat', `there is no seat ${id}`)
			if (camera !== null && !cameras.has(camera)) throw new Refusal('no-camera', `there is no camera ${camera}`)
			if (camera === null && preset !== null) throw new Refusal('bad-message', 'a preset needs a camera')
			write.run(id, camera, preset)
		},
	}
}
