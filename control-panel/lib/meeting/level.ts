/** Calls `onLevel` ten times a second with how loud the track is, 0..1. Answers how to stop. */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
	const context = new AudioContext()
	const source = context.createMediaStreamSource(new MediaStream([track]))
	const analyser = context.createAnalyser()
	analyser.fftSize = 512
	source.connect(analyser)
	// A browser may hold sound back until the first touch or key.
	const wake = () => void context.resume()
	addEventListener('pointerdown', wake)
	addEventListener('keydown', wake)
	const samples = new Float32Array(analyser.fftSize)
	const timer = setInterval(() => {
		analyser.getFloatTimeDomainData(samples)
		onLevel(loudness(samples))
	}, 100)
	return () => {
		clearInterval(timer)
		removeEventListener('pointerdown', wake)
		removeEventListener('keydown', wake)
		source.disconnect()
		void context.close()
	}
}

/** -60 dBFS and less is 0, full scale is 1; even steps in between are even steps to the ear. */
export function loudness(samples: Float32Array): number {
	let sum = 0
	for (const sample of samples) sum += sample * sample
	return loudnessOf(Math.sqrt(sum / Math.max(1, samples.length)))
}

/** The same of a linear level, 0..1. */
export function loudnessOf(rms: number): number {
	if (rms === 0) return 0
	return Math.min(1, Math.max(0, (20 * Math.log10(rms) + 60) / 60))
}
