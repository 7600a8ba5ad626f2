import { tone } from '../lib/meeting/tone.ts'

/**
 * The audible cue in the room: one soft tone at a warning, two louder and lower ones when the time is up. It goes the
 * way of all sound of this page, to the hall's speakers; the echo canceller takes it out of what the hall sends.
 */
export class Cue {
	#context: AudioContext | null = null

	/** `secondsLeft` 0: the time is up. */
	play(secondsLeft: number) {
		this.#context ??= new AudioContext()
		const context = this.#context
		void context.resume()
		const at = context.currentTime + 0.02
		if (secondsLeft > 0) return tone(context, at, 880, 0.12, 0.45)
		tone(context, at, 660, 0.3, 0.5)
		tone(context, at + 0.6, 660, 0.3, 0.7)
	}
}
