/** A tone that swells and fades, so that it clicks in no speaker. Volume 0..1, time in seconds. */
export function tone(context: AudioContext, at: number, frequency: number, volume: number, seconds: number) {
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
