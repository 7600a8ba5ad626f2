import type { types } from 'mediasoup'
import type { SourceUse } from '../protocol/media.ts'

/** What of one source the SFU has received in a while. */
export interface Received {
	use: SourceUse
	label: string
	kind: 'audio' | 'video'
	bytes: number
	/** Pictures that came whole enough to have an end; of sound its packets. */
	frames: number
}

/**
 * Bytes by the worker's own count, which a muted source has too. Pictures are counted as they come back out of the SFU:
 * the last packet of each carries the marker (RFC 3551, RFC 6184, RFC 7741).
 */
export async function count(
	router: types.Router,
	producer: types.Producer,
	until: Promise<unknown>,
): Promise<Pick<Received, 'bytes' | 'frames'>> {
	const before = await totals(producer)
	const pictures = producer.kind === 'video' ? await watchPictures(router, producer) : null
	try {
		await until
		const after = await totals(producer)
		return { bytes: after.bytes - before.bytes, frames: pictures ? pictures.seen() : after.packets - before.packets }
	} finally {
		pictures?.close()
	}
}

async function totals(producer: types.Producer) {
	const stats = await producer.getStats()
	const sum = (key: 'byteCount' | 'packetCount') => stats.reduce((all, one) => all + one[key], 0)
	return { bytes: sum('byteCount'), packets: sum('packetCount') }
}

async function watchPictures(router: types.Router, producer: types.Producer) {
	const transport = await router.createDirectTransport()
	let seen = 0
	const consumer = await transport.consume({
		producerId: producer.id,
		rtpCapabilities: router.rtpCapabilities,
	})
	consumer.on('rtp', (packet) => {
		if (((packet[1] ?? 0) & 0x80) !== 0) seen += 1
	})
	return { seen: () => seen, close: () => transport.close() }
}
