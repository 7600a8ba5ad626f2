import type { Logger } from 'pino'
import type { Position } from '../../drivers/camera.ts'
import { Refusal } from '../protocol/errors.ts'
import type { PresetFile } from '../protocol/facilities.ts'
import type { Result } from '../protocol/messages.ts'
import type { CameraView } from '../protocol/room-state.ts'
import { thumbnail } from './live.ts'
import { fileOf, presetsOf } from './preset-file.ts'
import { type Presets, type StoredPreset, standsAt } from './presets.ts'
import { failed, refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'
import { createUndos } from './undos.ts'

export interface ViewsOptions {
	presets: Presets
	has: (camera: string) => boolean
	/** What the camera can do; null: it was never there to say. */
	capabilities: (camera: string) => CameraView['capabilities'] | null
	/** Asks the camera where it looks; one that can't tell keeps it in this slot of its own memory. */
	keep: (camera: string, slot: number) => Promise<Position | null>
	/** What it shows now; null: it has no picture. */
	picture: (camera: string) => Promise<Buffer | null>
	snapshot: Snapshot
	now: () => number
	log: Logger
}

export type Views = ReturnType<typeof createViews>

/** The views that a camera was told to keep: saved, brought back, carried to another camera, each with its picture. */
export function createViews({ presets, has, capabilities, keep, picture, snapshot, now, log }: ViewsOptions) {
	const undos = createUndos(snapshot, now)
	/** Counts how often a slot was written, so that a picture which comes late is not taken for one of what is there now. */
	const writes = new Map<string, number>()

	const viewOf = (camera: string) => snapshot.state.cameras.find(({ id }) => id === camera)
	const unknown = (camera: string) => refused('no-camera', `there is no camera ${camera}`)

	function written(camera: string, slot: number) {
		const key = `${camera} ${slot}`
		writes.set(key, (writes.get(key) ?? 0) + 1)
	}

	function show(camera: string) {
		snapshot.apply({ type: 'presets', camera, presets: presets.list(camera) })
	}

	/** A view that is another now, or gone, is where the camera stands only if its positions say so. */
	function checkStanding(camera: string) {
		const view = viewOf(camera)
		if (!view || view.preset === null) return
		const aim = presets.find(camera, view.preset)?.position
		if (!aim || !view.position || !standsAt(aim, view.position)) {
			snapshot.apply({ type: 'preset', camera, preset: null })
		}
	}

	async function takePicture(camera: string, slot: number) {
		const key = `${camera} ${slot}`
		const turn = writes.get(key)
		const whole = await picture(camera)
		if (whole === null) return
		const jpeg = await thumbnail(whole, log)
		if (writes.get(key) === turn && presets.setThumbnail(camera, slot, jpeg, now())) show(camera)
	}

	/** It may take a second, and the view is good without it: nobody waits. */
	function draw(camera: string, slot: number) {
		takePicture(camera, slot).catch((error) => log.debug({ camera, reason: String(error) }, 'no thumbnail'))
	}

	return {
		show,
		draw,

		async save(camera: string, slot: number, name: string): Promise<Result> {
			if (!has(camera)) return unknown(camera)
			let position: Position | null
			try {
				position = await keep(camera, slot)
			} catch (error) {
				return failed(error, log)
			}
			const before = presets.find(camera, slot)
			presets.save(camera, slot, name, position)
			written(camera, slot)
			// What the camera had in its own memory is gone for good when that is written over.
			if (before && (position !== null || before.position !== null)) undos.keep(camera, before)
			else undos.forget(camera)
			show(camera)
			snapshot.apply({ type: 'preset', camera, preset: slot })
			draw(camera, slot)
			return { ok: true }
		},

		remove(camera: string, slot: number): Result {
			if (!has(camera)) return unknown(camera)
			const before = presets.find(camera, slot)
			if (!before) return refused('no-preset', `camera ${camera} has no preset ${slot}`)
			presets.remove(camera, slot)
			written(camera, slot)
			undos.keep(camera, before)
			show(camera)
			checkStanding(camera)
			return { ok: true }
		},

		undo(camera: string): Result {
			if (!has(camera)) return unknown(camera)
			const before = undos.take(camera)
			if (!before) return refused('no-preset', 'there is no view to bring back')
			presets.restore(camera, before)
			written(camera, before.slot)
			show(camera)
			checkStanding(camera)
			return { ok: true }
		},

		/** Throws a Refusal: 'no-camera'. */
		file(camera: string): PresetFile {
			if (!has(camera)) throw new Refusal('no-camera', `there is no camera ${camera}`)
			return fileOf(presets.all(camera))
		},

		/** These views and no others. Throws a Refusal: 'no-camera', 'bad-message' with every line that does not fit. */
		replace(camera: string, file: PresetFile): void {
			if (!has(camera)) throw new Refusal('no-camera', `there is no camera ${camera}`)
			const next: StoredPreset[] = presetsOf(file, capabilities(camera), now())
			for (const { slot } of [...presets.all(camera), ...next]) written(camera, slot)
			presets.replace(camera, next)
			undos.forget(camera)
			show(camera)
			checkStanding(camera)
		},

		forget: (camera: string): void => undos.forget(camera),
		close: (): void => undos.close(),
	}
}
