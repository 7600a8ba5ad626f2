import { join } from 'node:path'
import type { Logger } from 'pino'
import type { BroadcastFigures } from '../protocol/relay.ts'
import type { Init, Output } from '../relay/fmp4.ts'
import { Recorder, type RecorderFault } from '../relay/recorder.ts'

export interface RunningRecordingOptions {
	/** Of this meeting's recordings alone. */
	dir: string
	/** Bytes of that disk that are left to others. */
	reserveBytes: number
	/** What the present run began with; null: nothing came of it yet, or there is none. */
	init: () => Init | null
	/** It cannot go on. */
	onFault: (fault: RecorderFault) => void
	/** Another one is wanted now, or none. */
	onLeft: (id: string) => void
	now: () => number
	log: Logger
}

/** The recording that a meeting wants now, if it wants one: a file of its own for each that begins. */
export class RunningRecording {
	readonly #options: RunningRecordingOptions
	#running: { id: string; recorder: Recorder } | null = null

	constructor(options: RunningRecordingOptions) {
		this.#options = options
	}

	get figures(): BroadcastFigures['recording'] {
		if (!this.#running) return null
		const { recorder } = this.#running
		return { bytes: recorder.bytes, leftS: recorder.leftS(this.#options.now()), failed: recorder.fault }
	}

	/** Null: none is wanted. */
	follow(id: string | null) {
		const before = this.#running
		if (before?.id === id) return
		const { dir, reserveBytes, init, onFault, onLeft, now, log } = this.#options
		if (before) {
			this.#running = null
			before.recorder.end()
			onLeft(before.id)
		}
		if (id === null) return
		const recorder = new Recorder({
			dir: join(dir, id),
			reserveBytes,
			onFault: (fault) => {
				log.error({ recording: id, fault }, 'a recording can not go on')
				onFault(fault)
			},
		})
		this.#running = { id, recorder }
		// A file begins with what a run began with, and that has been already.
		const begun = init()
		if (begun) recorder.take({ type: 'init', init: begun }, now())
	}

	take(output: Output, atMs: number) {
		this.#running?.recorder.take(output, atMs)
	}
}
