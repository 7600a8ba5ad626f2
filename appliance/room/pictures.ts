import type { Logger } from 'pino'
import type { Reach } from '../../drivers/reach.ts'
import type { CameraView } from '../protocol/room-state.ts'
import { type Adopted, adopt, type PictureDevices, type StreamMemory } from './adoption.ts'
import { createLive, type Live } from './live.ts'
import type { Probe } from './stream.ts'

/** The pictures of the room's cameras: where they come from, what is wrong with them, and what panels see of them. */

export interface PictureCamera {
	id: string
	name: string
	/** Where its picture is; null: the camera is asked. */
	rtsp: string | null
	/** Its smaller stream, where its address is told as well. */
	sub?: string | null
	/** How much later than the room's sound its picture comes. */
	delayMs?: number
}

/** What goes into the meeting of a camera. */
export interface PictureSource {
	id: string
	name: string
	rtsp: string
	/** It can't be shown as it is: costs a good part of a core. */
	transcoded: boolean
	/** A smaller stream that browsers show; null: there is none, or it was not looked at yet. */
	low: { rtsp: string; height: number } | null
	/** How much later than the room's sound it comes. */
	delayMs: number
}

export interface PicturesOptions {
	cameras: readonly PictureCamera[]
	devices: PictureDevices
	/** Something is wrong with this camera's stream, or nothing is any more. */
	onStream: (camera: string, stream: CameraView['stream']) => void
	memory: StreamMemory
	/** Where cameras may be; absent: anywhere. */
	reach?: Reach | undefined
	log: Logger
}

export type Pictures = ReturnType<typeof createPictures>

interface Entry {
	camera: PictureCamera
	adopted: Adopted
	live: Live
}

export function createPictures({ cameras, devices, onStream, memory, reach, log }: PicturesOptions) {
	const entries = new Map<string, Entry>()
	const lives = new Map<string, Live>()
	const listeners = new Set<() => void>()
	/** By address; a camera that comes back under it is not looked at again. */
	const probes = new Map<string, Probe>()

	function tell() {
		for (const listener of [...listeners]) listener()
	}

	function begin(camera: PictureCamera) {
		const child = log.child({ camera: camera.id })
		const adopted = adopt({
			camera,
			devices,
			reach,
			probes,
			memory,
			onChange: () => {
				show(camera.id)
				tell()
			},
			onStream: (stream) => onStream(camera.id, stream),
			log: child,
		})
		const live = createLive({
			rtsp: () => adopted.streams?.panel ?? null,
			needKeyFrame: () => adopted.keyFrame('panel'),
			log: child,
		})
		entries.set(camera.id, { camera, adopted, live })
		show(camera.id)
	}

	/** Panels are offered what has an address. */
	function show(id: string) {
		const entry = entries.get(id)
		if (entry?.adopted.streams) lives.set(id, entry.live)
	}

	async function end(id: string) {
		const entry = entries.get(id)
		entries.delete(id)
		lives.delete(id)
		entry?.adopted.end()
		onStream(id, null)
		await entry?.live.close()
	}

	function source({ camera, adopted }: Entry): PictureSource | null {
		const { id, name, delayMs = 0 } = camera
		return adopted.streams && { id, name, delayMs, ...adopted.streams.meeting }
	}

	const pictures = {
		/** These cameras and no others, from now on: what is new or has another address is looked at, what is gone is closed. */
		set(wanted: readonly PictureCamera[]) {
			const byId = new Map(wanted.map((camera) => [camera.id, camera]))
			for (const [id, { camera }] of [...entries]) {
				const next = byId.get(id)
				if (next && sameAddress(next, camera)) continue
				void end(id)
			}
			for (const camera of wanted) {
				const entry = entries.get(camera.id)
				if (entry) entry.camera = camera
				else begin(camera)
			}
			tell()
		},

		/** Of those that go into the meeting. */
		sources: (): PictureSource[] => [...entries.values()].map(source).filter((one) => one !== null),
		/** What panels see, of those cameras that have an address for it. Follows `set`. */
		lives: lives as ReadonlyMap<string, Live>,

		/** Asks the camera, where it can be asked, at most once a second for each of its streams. */
		keyFrame: (id: string, low: boolean): void => entries.get(id)?.adopted.keyFrame(low ? 'low' : 'main'),
		/** Its stream broke off: it may come back as another. */
		brokeOff: (id: string): void => entries.get(id)?.adopted.again(),

		/** Called when `sources` may answer differently. */
		watch(listener: () => void): () => void {
			listeners.add(listener)
			return () => void listeners.delete(listener)
		},

		async close() {
			listeners.clear()
			await Promise.all([...entries.keys()].map(end))
		},
	}
	pictures.set(cameras)
	return pictures
}

const sameAddress = (a: PictureCamera, b: PictureCamera) => a.rtsp === b.rtsp && (a.sub ?? null) === (b.sub ?? null)
