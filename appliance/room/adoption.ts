import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { CameraStream } from '../../drivers/camera.ts'
import type { Reach } from '../../drivers/reach.ts'
import type { CameraView } from '../protocol/room-state.ts'
import type { RoomMemory } from './memory.ts'
import type { PictureCamera } from './pictures.ts'
import { placed, placedAtOnce } from './placed.ts'
import { probeStream } from './probe.ts'
import { reachable } from './rtsp-source.ts'
import { chooseStreams, faultOf, needsTranscoding, type Probe, type StreamFault } from './stream.ts'
import { atMostEvery } from './throttle.ts'

/**
 * One camera's streams, from the moment that it is one of the room: which there are, what they are like, and what is done
 * about it. A camera that can be told how to send is told; what can't be is transcoded.
 */

/** Between attempts to learn of a camera that is away or doesn't tell. */
const againMs = [2000, 5000, 10_000, 60_000] as const
/** A camera that was told to send otherwise begins its streams anew. */
const settleMs = 1500
const keyFrameMs = 1000

export interface PictureDevices {
	/** The largest first. Null: this camera knows nothing of its pictures. */
	streams(camera: string): Promise<CameraStream[] | null>
	keyFrame(camera: string, token: string): Promise<void>
	/** H.264 without B-frames, a key frame each second. */
	setForBrowsers(camera: string, token: string): Promise<CameraStream>
}

/** Where to take pictures from. */
interface AdoptedStreams {
	meeting: { rtsp: string; transcoded: boolean; low: { rtsp: string; height: number } | null }
	panel: string
}

export interface Adopted {
	/** Null while nothing is known, or there is none. */
	readonly streams: AdoptedStreams | null
	keyFrame(of: 'main' | 'low' | 'panel'): void
	/** Look at them again. */
	again(): void
	end(): void
}

export interface AdoptionOptions {
	camera: PictureCamera
	devices: PictureDevices
	/** What was seen at an address, for all cameras. */
	probes: Map<string, Probe>
	memory: StreamMemory
	onChange: () => void
	onStream: (stream: CameraView['stream']) => void
	/** Where cameras may be; absent: anywhere. */
	reach?: Reach | undefined
	log: Logger
}

/** What was seen before the service was last started. */
export type StreamMemory = Pick<RoomMemory, 'transcodes' | 'setTranscodes'>

/** `token`: what the camera calls it; null where it can't be asked. */
interface Stream {
	rtsp: string
	token: string | null
	/** As the camera tells it. */
	codec: CameraStream['codec'] | null
}

interface Judged {
	probe: Probe | null
	fault: StreamFault | null
	/** What the camera was told to leave, and left. */
	cured: StreamFault | null
}

interface Found {
	main: Stream
	sub: Stream | null
}

export function adopt({ camera, devices, probes, memory, onChange, onStream, reach, log }: AdoptionOptions): Adopted {
	const ending = new AbortController()
	const { signal } = ending
	const asks = new Map<string, ReturnType<typeof atMostEvery>>()
	let found: Found | null = foundAtOnce(given(camera), reach)
	let streams = found && unseen(found, memory)
	let looking: Promise<void> | null = null
	/** Streams that were set once: a camera that doesn't obey isn't told for ever. */
	const set = new Set<string>()
	let refused = false

	async function look() {
		for (let attempt = 0; !signal.aborted; attempt++) {
			try {
				if (await lookOnce()) return
			} catch (error) {
				if (isRefused(error) && !refused) log.warn({ reason: String(error) }, 'a picture is where no camera may be')
				refused = isRefused(error)
				log.debug({ reason: String(error) }, 'the camera does not tell of its streams')
			}
			const pause = againMs[Math.min(attempt, againMs.length - 1)]
			await sleep(pause, undefined, { signal }).catch(() => {})
		}
	}

	/** True when there is nothing more to learn. */
	async function lookOnce(): Promise<boolean> {
		const told = await devices.streams(camera.id).catch((error: unknown) => {
			if (!given(camera)) throw error
			return null // its picture may be there all the same
		})
		if (signal.aborted) return true
		const chosen = choose(camera, told)
		if (!chosen) return told === null
		found = reach ? await placedFound(chosen, reach) : chosen
		if (signal.aborted) return true
		if (!streams || streams.meeting.rtsp !== found.main.rtsp) change(unseen(found, memory))
		if (!(await reachable(found.main.rtsp))) return false
		const { main, sub } = found
		const [seen, small] = await Promise.all([judge(main), sub && judge(sub)])
		if (signal.aborted) return true
		const transcoded = needsTranscoding(seen.fault)
		if (seen.probe) memory.setTranscodes(main.rtsp, transcoded)
		const good = sub && small?.probe && small.fault !== 'codec' && small.fault !== 'b-frames' ? sub : null
		change({
			meeting: {
				rtsp: main.rtsp,
				transcoded,
				low: good && small?.probe ? { rtsp: good.rtsp, height: small.probe.height } : null,
			},
			panel: (small?.probe ? sub : main)?.rtsp ?? main.rtsp,
		})
		const stream = viewOf(seen)
		if (stream) log.warn(stream, 'a stream that browsers mind')
		onStream(stream)
		return seen.probe !== null
	}

	/** What it is like; where that is no good, what it is like after the camera was told so. */
	async function judge({ rtsp, token }: Stream): Promise<Judged> {
		const probe = probes.get(rtsp) ?? (await seen(rtsp))
		const fault = faultOf(probe)
		const judged = { probe, fault, cured: null }
		if (!fault || fault === 'unreadable' || token === null || set.has(token)) return judged
		set.add(token)
		try {
			await devices.setForBrowsers(camera.id, token)
		} catch (error) {
			log.info({ reason: String(error) }, 'the camera can not be set for browsers')
			return judged
		}
		await sleep(settleMs, undefined, { signal }).catch(() => {})
		const now = (await seen(rtsp)) ?? probe
		return { probe: now, fault: faultOf(now), cured: faultOf(now) === null ? fault : null }
	}

	async function seen(rtsp: string): Promise<Probe | null> {
		const probe = await probeStream(rtsp, log, signal)
		if (probe) probes.set(rtsp, probe)
		log.debug({ probe }, 'looked at a stream')
		return probe
	}

	function change(next: AdoptedStreams) {
		if (JSON.stringify(next) === JSON.stringify(streams)) return
		streams = next
		onChange()
	}

	function begin() {
		looking ??= look().finally(() => {
			looking = null
		})
	}

	function ask({ token, rtsp }: Stream) {
		if (token === null) return
		const known = asks.get(rtsp)
		if (known) return known()
		const fresh = atMostEvery(keyFrameMs, () => {
			devices.keyFrame(camera.id, token).catch((error) => log.debug({ reason: String(error) }, 'no key frame'))
		})
		asks.set(rtsp, fresh)
		fresh()
	}

	begin()
	return {
		get streams() {
			return streams
		},
		keyFrame(of) {
			if (!found || !streams) return
			const low = of === 'low' || (of === 'panel' && streams.panel !== found.main.rtsp)
			const stream = low ? found.sub : found.main
			if (stream) ask(stream)
		},
		again() {
			if (looking || !found) return
			probes.delete(found.main.rtsp)
			begin()
		},
		end() {
			ending.abort()
			for (const one of asks.values()) one.cancel()
		},
	}
}

function given({ rtsp, sub = null }: PictureCamera): Found | null {
	if (rtsp === null) return null
	return { main: plain(rtsp), sub: sub === null ? null : plain(sub) }
}

/** Nobody waits for a picture whose address is known and good. */
function foundAtOnce(found: Found | null, reach: Reach | undefined): Found | null {
	if (!found || !reach) return found
	const [main, sub] = [placedAtOnce(found.main.rtsp, reach), found.sub && placedAtOnce(found.sub.rtsp, reach)]
	if (main === null || (found.sub && !sub)) return null
	return { main: { ...found.main, rtsp: main }, sub: found.sub && sub ? { ...found.sub, rtsp: sub } : null }
}

async function placedFound({ main, sub }: Found, reach: Reach): Promise<Found> {
	const one = async (stream: Stream) => ({ ...stream, rtsp: await placed(stream.rtsp, reach) })
	return { main: await one(main), sub: sub && (await one(sub)) }
}

const isRefused = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'address-refused'

const plain = (rtsp: string): Stream => ({ rtsp, token: null, codec: null })

/** The addresses that were given go before those that the camera tells; it is asked by its own names for them. */
function choose(camera: PictureCamera, told: readonly CameraStream[] | null): Found | null {
	const known = given(camera)
	if (!known) {
		const chosen = chooseStreams(told ?? [])
		return chosen && { main: named(chosen.main), sub: chosen.sub && named(chosen.sub) }
	}
	const name = (stream: Stream): Stream => {
		const same = told?.find(({ url }) => pathOf(url) === pathOf(stream.rtsp))
		return same ? { ...stream, token: same.token } : stream
	}
	return { main: name(known.main), sub: known.sub && name(known.sub) }
}

const named = ({ url, token, codec }: CameraStream): Stream => ({ rtsp: url, token, codec })

/** The camera may know itself under another address than we do. */
function pathOf(address: string): string {
	const { pathname, search } = new URL(address)
	return pathname + search
}

/**
 * Until it was looked at: as it comes, so that nobody waits; but not where it was no good the last time, or where the camera
 * itself says that it is no H.264.
 */
function unseen({ main, sub }: Found, memory: StreamMemory): AdoptedStreams {
	const transcoded = (main.codec !== null && main.codec !== 'h264') || memory.transcodes(main.rtsp)
	return { meeting: { rtsp: main.rtsp, transcoded, low: null }, panel: sub?.rtsp ?? main.rtsp }
}

function viewOf({ fault, cured }: Judged): CameraView['stream'] {
	if (cured) return { fault: cured, remedy: 'set' }
	return fault && { fault, remedy: needsTranscoding(fault) ? 'transcoded' : 'none' }
}
