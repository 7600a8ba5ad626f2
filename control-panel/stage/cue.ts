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

/** A tone that swells and fades, so that it clicks in no speaker. Volume 0..1, time in seconds. */
function tone(context: AudioContext, at: number, frequency: number, volume: number, seconds: number) {
	const oscillator = new OscillatorNode(context, { frequency })
	const gain = new GainNode(context, { gain: 0 })
	gain.gain.setValueAtTime(0, at)
	gain.gain.linearRampToValueAtTime(volume, at + 0.03)
	gain.gain.exponentialRampToValueAtTime(0.001, at + seconds)
	oscillator.connect(gain).connect(context.destination)
	oscillator.start(at)
	oscillator.stop(at + seconds)
	oscillator.onended = () => gain.disconnect()
}
