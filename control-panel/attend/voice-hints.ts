import { watchLevel } from '../lib/meeting/level.ts'
import { EchoEar } from './echo.ts'

/** Whether one is heard as one believes: a microphone that is on and silent, a voice into one that is off, others' voices in it. */

export type VoiceHint = 'silent' | 'talking-muted' | 'echo'

/** -36 dBFS (see loudness): a voice into this microphone reaches it, the hum of a room does not. */
const voice = 0.4
/** -57 dBFS: less than a working microphone gives in a quiet room. */
const nothing = 0.05
/** Somebody listens before they speak; somebody who has the floor does not for so long. */
const silentMs = 12_000
/** Of talk within the last two seconds: a cough or a door is shorter. */
const talkMs = 900
const windowMs = 2000
/** Said again at the earliest. */
const pauseMs = 30_000
/** Shown at least, so that it can be read. */
const shownMs = 6000

export interface VoiceState {
	/** One's own mute. */
	muted: boolean
	/** Whether one would be heard with the microphone on: the floor's gate. */
	open: boolean
	/** Whether it is one's turn to speak. */
	speaking: boolean
}

/** What the levels of one microphone say. Pure but for its memory; times in milliseconds. */
export class VoiceHints {
	#heard = false
	#quietSince: number | null = null
	#talk: { at: number; ms: number }[] = []
	#last = 0
	#saidAt = Number.NEGATIVE_INFINITY
	#hint: VoiceHint | null = null

	/** Null: nothing to say. */
	hear(level: number, { muted, open, speaking }: VoiceState, now: number): VoiceHint | null {
		const passed = Math.min(500, this.#last === 0 ? 0 : now - this.#last)
		this.#last = now
		if (level > voice) this.#heard = true
		if (muted || !open) {
			this.#quietSince = null
			if (this.#hint === 'silent') this.#hint = null
		}
		if (!muted) {
			this.#talk = []
			if (this.#hint === 'talking-muted') this.#hint = null
		}
		if (!open) {
			this.#hint = null
			return null
		}
		return muted ? this.#listen(level, passed, now) : this.#wait(level, speaking, now)
	}

	#listen(level: number, passed: number, now: number): VoiceHint | null {
		if (level > voice) this.#talk.push({ at: now, ms: passed })
		this.#talk = this.#talk.filter(({ at }) => now - at < windowMs)
		const talked = this.#talk.reduce((sum, { ms }) => sum + ms, 0)
		if (talked >= talkMs && now - this.#saidAt > pauseMs) {
			this.#hint = 'talking-muted'
			this.#saidAt = now
		}
		if (this.#hint && now - this.#saidAt > shownMs) this.#hint = null
		return this.#hint
	}

	/** One that a voice came through is believed, until its owner has the floor and still nothing comes. */
	#wait(level: number, speaking: boolean, now: number): VoiceHint | null {
		if (level > nothing || (this.#heard && !speaking)) {
			this.#quietSince = null
			this.#hint = null
			return null
		}
		this.#quietSince ??= now
		if (now - this.#quietSince >= silentMs) this.#hint = 'silent'
		return this.#hint
	}
}

/**
 * Watches a microphone. A muted track is silent in the page as well, so a copy of it is listened to: it goes nowhere, and
 * it is closed with the microphone. Answers how to stop.
 */
export function watchVoice(
	track: MediaStreamTrack,
	state: () => VoiceState,
	/** How loud what this page plays is, 0..1 as in level.ts. */
	played: () => number,
	onHint: (hint: VoiceHint | null) => void,
): () => void {
	const copy = track.clone()
	copy.enabled = true
	const hints = new VoiceHints()
	const ear = new EchoEar()
	let last: VoiceHint | null = null
	const stop = watchLevel(copy, (level) => {
		const now = performance.now()
		const { muted, open, speaking } = state()
		if (muted || !open) ear.rest()
		const echoes = !muted && open && ear.hear(level, played(), now)
		const hint = hints.hear(level, { muted, open, speaking }, now) ?? (echoes ? 'echo' : null)
		if (hint !== last) onHint(hint)
		last = hint
	})
	return () => {
		stop()
		copy.stop()
		onHint(null)
	}
}
