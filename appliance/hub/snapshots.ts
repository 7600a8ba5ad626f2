import type { DatabaseSync } from 'node:sqlite'
import type { Meeting } from '../meeting/meeting.ts'

/**
 * How a meeting stood after an event, so that a start need not replay all of it. Never the truth: it counts only where
 * the journal has that event with that hash, and whatever cannot be read is made anew from the journal.
 */
export interface Snapshots {
	/** Null: none that fits. `hashAt` answers the journal's hash of an event. */
	find(meeting: string, hashAt: (seq: number) => string | null): { meeting: Meeting; seq: number } | null
	keep(meeting: Meeting, seq: number, hash: string): void
	forget(meeting: string): void
}

/** So many events from one snapshot to the next. */
const every = 200

/** Changes when `Meeting` does: older ones are not read. */
const shape = 13

/** Creates its table in `db`. */
export function openSnapshots(db: DatabaseSync): Snapshots {
	db.exec(`CREATE TABLE IF NOT EXISTS meeting_snapshot (
		meeting TEXT PRIMARY KEY, shape INTEGER NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, body TEXT NOT NULL
	) STRICT, WITHOUT ROWID`)
	const find = db.prepare('SELECT shape, seq, hash, body FROM meeting_snapshot WHERE meeting = ?')
	const keep = db.prepare(
		'INSERT OR REPLACE INTO meeting_snapshot (meeting, shape, seq, hash, body) VALUES (?, ?, ?, ?, ?)',
	)
	const forget = db.prepare('DELETE FROM meeting_snapshot WHERE meeting = ?')

	return {
		find(meeting, hashAt) {
			const row = find.get(meeting)
			if (!row || row.shape !== shape || hashAt(Number(row.seq)) !== row.hash) return null
			return { meeting: JSON.parse(String(row.body), revive) as Meeting, seq: Number(row.seq) }
		},
		keep: (meeting, seq, hash) => void keep.run(meeting.id, shape, seq, hash, JSON.stringify(meeting, replace)),
		forget: (meeting) => void forget.run(meeting),
	}
}

interface Keeping {
	snapshots: Pick<Snapshots, 'keep'>
	hashAt: (seq: number) => string | null
	/** Does it as soon as the disk takes it. */
	byItself: (act: () => void) => void
}

/** For a meeting as it is after each change: keeps it now and then. `seq`: where it begins. */
export function keepEveryFew(
	seq: number,
	{ snapshots, hashAt, byItself }: Keeping,
): (meeting: Meeting, seq: number) => void {
	let keptAt = seq
	return (meeting, seq) => {
		if (seq - keptAt < every || meeting.phase === 'closed') return
		keptAt = seq
		const hash = hashAt(seq)
		// A start without it takes longer, and no more.
		if (hash !== null) byItself(() => snapshots.keep(meeting, seq, hash))
	}
}

/** Maps as lists of pairs under a name that no field of ours has. */
function replace(_: string, value: unknown): unknown {
	return value instanceof Map ? { $map: [...value] } : value
}

function revive(_: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null || !('$map' in value)) return value
	return new Map(value.$map as [unknown, unknown][])
}
