import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { isStorageFault } from '../protocol/errors.ts'

/** What the disk did not take is tried again after so long. */
const againMs = 1_000

/** What the room knows again after its service was killed. The link is a secret; main keeps the file to itself. */
export interface RoomMemory {
	readonly muted: boolean
	/** 0..100. */
	readonly volume: number
	readonly call: RememberedCall | null
	/** Whether the pictures at this address were such as browsers can not show, when they were looked at last. */
	transcodes(address: string): boolean
	setTranscodes(address: string, transcodes: boolean): void
	/** How many mutes from elsewhere were obeyed in this meeting. */
	mutesObeyed(meeting: string): number
	setMuted(muted: boolean): void
	setVolume(volume: number): void
	setMutesObeyed(meeting: string, mutes: number): void
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
	let volume = toVolume(read('volume'))
	let obeyed = toObeyed(read('mutesObeyed'))
	let call = toCall(read('call'))
	let transcoded = toDigests(read('transcoded'))
	/** What the disk did not take yet: what is so holds all the same, and is written as soon as it can be. */
	const unsaved = new Map<string, string>()
	let waits = false
	function save(name: string, value: unknown) {
		unsaved.set(name, JSON.stringify(value))
		flush()
	}
	function flush() {
		try {
			for (const [name, text] of unsaved) {
				write.run(name, text)
				unsaved.delete(name)
			}
		} catch (error) {
			if (!isStorageFault(error)) throw error
			if (waits) return
			waits = true
			setTimeout(() => {
				waits = false
				if (db.isOpen) flush()
			}, againMs).unref()
		}
	}

	return {
		get muted() {
			return muted
		},
		get volume() {
			return volume
		},
		get call() {
			return call
		},
		transcodes: (address) => transcoded.includes(digestOf(address)),
		setTranscodes(address, transcodes) {
			const digest = digestOf(address)
			if (transcodes === transcoded.includes(digest)) return
			const others = transcoded.filter((one) => one !== digest)
			transcoded = transcodes ? [...others, digest].slice(-mostDigests) : others
			save('transcoded', transcoded)
		},
		mutesObeyed: (meeting) => (obeyed.meeting === meeting ? obeyed.mutes : 0),
		setMutesObeyed(meeting, mutes) {
			obeyed = { meeting, mutes }
			save('mutesObeyed', obeyed)
		},
		setVolume(value) {
			if (value === volume) return
			volume = value
			save('volume', value)
		},
		setMuted(value) {
			if (value === muted) return
			muted = value
			save('muted', value)
		},
		setCall(value) {
			if (value === call || (value?.link === call?.link && value?.resume === call?.resume)) return
			call = value
			save('call', value)
		},
	}
}

function toCall(value: unknown): RememberedCall | null {
	if (typeof value !== 'object' || value === null || !('link' in value) || typeof value.link !== 'string') return null
	const resume = 'resume' in value && typeof value.resume === 'string' ? value.resume : null
	return { link: value.link, resume }
}

/** Of addresses, which may hold passwords. The oldest is forgotten: of a camera that is gone nobody says so. */
const mostDigests = 100
const digestOf = (address: string) => createHash('sha256').update(address).digest('base64url')

function toDigests(value: unknown): readonly string[] {
	return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : []
}

/** Loud enough to be heard, with something left to turn up. */
const firstVolume = 80

function toVolume(value: unknown): number {
	return typeof value === 'number' && value >= 0 && value <= 100 ? value : firstVolume
}

function toObeyed(value: unknown): { meeting: string; mutes: number } {
	if (typeof value !== 'object' || value === null || !('meeting' in value && 'mutes' in value)) {
		return { meeting: '', mutes: 0 }
	}
	return { meeting: String(value.meeting), mutes: Number(value.mutes) || 0 }
}
