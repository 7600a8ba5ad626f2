import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Hub } from '../../hub/hub.ts'
import type { RecordingView } from '../../protocol/relay.ts'
import type { Principal } from '../../protocol/roles.ts'
import type { Arrived } from './readings.ts'

/**
 * The meeting of a rehearsal. It lives in a hub of its own, whose journal is in memory and whose recordings lie in a folder
 * that is removed: nobody sees it in a list, no minutes tell of it, and nothing of it is there tomorrow. SFU, stage,
 * programme and ffmpeg are those of every meeting.
 */
export interface OwnMeeting {
	/** Lets the room in. */
	readonly link: string
	/** What arrives of it from now on, for so long. */
	arrived(ms: number, signal: AbortSignal): Promise<Arrived[]>
	/** Throws the hub's Refusal. */
	startRelay(): void
	/** A playlist names a segment. */
	isListed(): boolean
	isOnAir(): boolean
	stopRelay(): void
	/** Throws the hub's Refusal. */
	startRecording(): void
	/** On the disk, so far. */
	recordedBytes(): number
	stopRecording(): void
	recording(): Pick<RecordingView, 'state' | 'bytes' | 'cause'> | null
	/** Nothing of it is left. */
	close(): Promise<void>
}

const by: Principal = { kind: 'house', role: 'admin', jti: 'rehearsal' }
const reader = { principal: by, address: '127.0.0.1' }

/** `hub`: made for this, and closed with it. `dir`: where it records. */
export async function openOwnMeeting(hub: Hub, dir: string): Promise<OwnMeeting & { id: string; hub: Hub }> {
	const { id, links } = await hub.create({ title: '점검', kind: 'council' })
	hub.transition(id, 'open', by)
	const text = (name: string) => {
		const answer = hub.relayFile(id, name, { query: '', fromStart: false, who: reader })
		return answer.status === 200 ? Buffer.from(answer.bytes).toString() : ''
	}
	return {
		...{ id, hub, link: links.room },
		arrived: (ms, signal) => hub.received(id, ms, signal),
		startRelay: () => void hub.act(id, { type: 'relay.start' }, by),
		isListed() {
			const name = text('master.m3u8')
				.split('\n')
				.find((line) => line !== '' && !line.startsWith('#'))
			return name !== undefined && text(name).includes('#EXTINF')
		},
		isOnAir: () => hub.relay(id, by).since !== null,
		stopRelay: () => void hub.act(id, { type: 'relay.stop' }, by),
		startRecording: () => void hub.act(id, { type: 'recording.start' }, by),
		recordedBytes: () => bytesIn(dir),
		stopRecording: () => void hub.act(id, { type: 'recording.stop' }, by),
		recording: () => hub.recordings(id).at(-1) ?? null,
		async close() {
			hub.transition(id, 'close', by)
			await hub.close()
			rmSync(dir, { recursive: true, force: true })
		},
	}
}

function bytesIn(dir: string): number {
	try {
		const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
		return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
	} catch {
		return 0 // not there yet
	}
}
