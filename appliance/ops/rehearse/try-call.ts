import type { OwnMeeting } from './own-meeting.ts'
import type { Arrived, CallReading, Reading } from './readings.ts'
import { codeOf, type Trying, within } from './trying.ts'

/** A meeting of the room's own: in, what it sends arrives, and from there to the relay and a recording. */

type Of<K extends Reading['kind']> = Extract<Reading, { kind: K }>

/** One attempt of a call takes thirty seconds and is given a second one; see room/call.ts. */
const upMs = 70_000
/** Long enough for two key frames of a camera that sends one every two seconds, and for a muted microphone's silence. */
const countMs = 3_000
const leftMs = 4_000
/** The programme's browser starts, joins, and ffmpeg writes two segments. */
const airMs = 60_000
const finishMs = 30_000

export async function tryCall(
	{ room, signal }: Trying,
	meeting: OwnMeeting | { refused: string },
	sendsSound: boolean,
): Promise<CallReading> {
	const page = room.state().state.stage.status === 'ready'
	const found = { kind: 'call', page, reason: null, up: false, sendsSound, arrived: [] } as const
	if ('refused' in meeting) return { ...found, refused: meeting.refused }
	const result = room.rehearsal.join(meeting.link)
	if (!result.ok) return { ...found, refused: result.code }
	const phase = () => room.rehearsal.standing()?.phase ?? 'idle'
	const settled = () => phase() === 'inCall' || phase() === 'idle' || phase() === 'failed'
	await within(upMs, signal, settled)
	const up = phase() === 'inCall'
	// What arrives is counted also where the call is not up: it tells what is missing.
	const arrived = await meeting.arrived(countMs, signal)
	const reason = up ? null : (room.rehearsal.standing()?.reason ?? 'media-missing')
	return { ...found, refused: null, up, reason, arrived }
}

/** Out of it, whatever became of it. */
export async function leaveCall({ room }: Pick<Trying, 'room'>): Promise<void> {
	room.rehearsal.leave()
	const gone = () => {
		const phase = room.rehearsal.standing()?.phase
		return phase === undefined || phase === 'idle' || phase === 'failed'
	}
	// Not by the signal: it is left also when the rehearsal was ended.
	await within(leftMs, new AbortController().signal, gone)
}

/** Pictures are known by the name of their camera. */
export function pictureOf(arrived: readonly Arrived[], name: string): Of<'picture'> {
	const one = arrived.find(({ use, label }) => (use === 'feed' || use === 'camera') && label === name)
	return { kind: 'picture', arrived: one ?? null }
}

export async function tryRelay({ signal }: Trying, meeting: OwnMeeting): Promise<Of<'relay'>> {
	try {
		meeting.startRelay()
	} catch (error) {
		return { kind: 'relay', refused: codeOf(error), listed: false, stopped: false }
	}
	try {
		const listed = await within(airMs, signal, () => meeting.isListed())
		meeting.stopRelay()
		return { kind: 'relay', refused: null, listed, stopped: await within(leftMs, signal, () => !meeting.isOnAir()) }
	} finally {
		meeting.stopRelay()
	}
}

export async function tryRecording({ signal }: Trying, meeting: OwnMeeting): Promise<Of<'recording'>> {
	try {
		meeting.startRecording()
	} catch (error) {
		return { kind: 'recording', refused: codeOf(error), broke: null, bytes: 0, state: null }
	}
	const goesOn = () => meeting.recording()?.state === 'recording'
	await within(airMs, signal, () => meeting.recordedBytes() > 0 || !goesOn())
	const broke = goesOn() ? null : (meeting.recording()?.cause ?? 'internal')
	meeting.stopRecording()
	await within(finishMs, signal, () => meeting.recording()?.state !== 'finishing' && !goesOn())
	const { state = null, bytes } = meeting.recording() ?? {}
	return { kind: 'recording', refused: null, broke, bytes: bytes ?? 0, state }
}
