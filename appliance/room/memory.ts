import type { DatabaseSync } from 'node:sqlite'

/** What the room knows again after its service was killed. The link is a secret; main keeps the file to itself. */
export interface RoomMemory {
	readonly muted: boolean
	readonly call: RememberedCall | null
	setMuted(muted: boolean): void
	setCall(call: RememberedCall | null): void
}

interface RememberedCall {
	link: string
	/** Makes us the same person again. */
	resume: string | null
}

/** Opens the table `room_memory`. What can't be read (another version wrote it) is forgotten. */
export function openMemory(db: DatabaseSync): RoomMemory {
	db.exec('CREATE TABLE IF NOT EXISTS room_memory (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT')
	const write = db.prepare(
		'INSERT INTO room_memory VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
	)
	const find = db.prepare('SELECT value FROM room_memory WHERE name = ?')
	const read = (name: string): unknown => {
		const row = find.get(name)
		try {
			return row === undefined ? null : JSON.parse(String(row.value))
		} catch {
			return null
		}
	}
	let muted = read('muted') === true
	let call = toCall(read('call'))
	return {
		get muted() {
			return muted
		},
		get call() {
			return call
		},
		setMuted(value) {
			if (value === muted) return
			write.run('muted', JSON.stringify(value))
			muted = value
		},
		setCall(value) {
			if (value === call || (value?.link === call?.link && value?.resume === call?.resume)) return
			write.run('call', JSON.stringify(value))
			call = value
		},
	}
}

function toCall(value: unknown): RememberedCall | null {
	if (typeof value !== 'object' || value === null || !('link' in value) || typeof value.link !== 'string') return null
	const resume = 'resume' in value && typeof value.resume === 'string' ? value.resume : null
	return { link: value.link, resume }
}
