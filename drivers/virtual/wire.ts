/** One direction of a wire between two devices: packets arrive whole, in order, and as late as it is slow. */
export interface Wire {
	put(packet: Buffer): void
	close(): void
}

/** `byteMs`: how long it is busy with one byte. */
export function createWire(byteMs: number, arrive: (packet: Buffer) => void): Wire {
	const under: { packet: Buffer; at: number }[] = []
	let freeAt = 0
	let timer: NodeJS.Timeout | undefined

	function wait(): void {
		clearTimeout(timer)
		const [next] = under
		if (next) timer = setTimeout(deliver, Math.max(0, next.at - performance.now()))
	}

	function deliver(): void {
		const now = performance.now()
		while (under[0] && under[0].at <= now + 0.5) arrive(under.shift()?.packet ?? Buffer.alloc(0))
		wait()
	}

	return {
		put(packet) {
			freeAt = Math.max(performance.now(), freeAt) + packet.length * byteMs
			under.push({ packet, at: freeAt })
			if (under.length === 1) wait()
		},
		close() {
			under.length = 0
			clearTimeout(timer)
		},
	}
}
