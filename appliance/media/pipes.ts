import type { types } from 'mediasoup'

/** Carries what one router takes to another, in another worker: once, for however many watch it there. */
export type Carry = (producer: types.Producer, to: types.Router) => Promise<void>

interface Pipe {
	near: types.PipeTransport
	far: types.PipeTransport
}

/**
 * What `from` takes, under the same id in other routers. mediasoup's own pipeToRouter lets what a dying worker answers go
 * unhandled, which would end this process. Rejects where one of both is gone; whoever asks again tries again.
 */
export function pipesFrom(from: types.Router): Carry {
	const pipes = new Map<types.Router, Promise<Pipe>>()
	const carried = new WeakMap<types.Producer, Map<types.Router, Promise<void>>>()

	function pipeTo(to: types.Router): Promise<Pipe> {
		const known = pipes.get(to)
		if (known) return known
		const pipe = openPipe(from, to, () => pipes.delete(to))
		pipes.set(to, pipe)
		pipe.catch(() => pipes.delete(to))
		return pipe
	}

	return (producer, to) => {
		const ways = carried.get(producer) ?? new Map<types.Router, Promise<void>>()
		carried.set(producer, ways)
		const known = ways.get(to)
		if (known) return known
		const forget = () => ways.delete(to)
		const way = pipeTo(to).then((pipe) => lead(producer, pipe, forget))
		ways.set(to, way)
		way.catch(forget)
		return way
	}
}

/** On this machine only, and so in the clear. Either end closes with the other. */
async function openPipe(from: types.Router, to: types.Router, onClose: () => void): Promise<Pipe> {
	const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const
	const options = { listenInfo, enableSctp: false }
	const [near, far] = await both(from.createPipeTransport(options), to.createPipeTransport(options))
	const close = () => {
		near.close()
		far.close()
		onClose()
	}
	near.observer.once('close', close)
	far.observer.once('close', close)
	try {
		await Promise.all([near.connect(addressOf(far)), far.connect(addressOf(near))])
		return { near, far }
	} catch (error) {
		close()
		throw error
	}
}

async function lead(producer: types.Producer, { near, far }: Pipe, onClose: () => void): Promise<void> {
	const consumer = await near.consume({ producerId: producer.id })
	try {
		const copy = await far.produce({
			id: producer.id,
			kind: consumer.kind,
			rtpParameters: consumer.rtpParameters,
			paused: consumer.producerPaused,
		})
		/** A copy that does not follow is none. What is shut is shut at its source: the copy only says so to those who watch it. */
		const follow = async () => {
			try {
				await (consumer.producerPaused ? copy.pause() : copy.resume())
			} catch {
				copy.close()
			}
		}
		consumer.observer.once('close', () => {
			copy.close()
			onClose()
		})
		copy.observer.once('close', () => consumer.close())
		if (consumer.closed) return copy.close()
		consumer.observer.on('pause', follow)
		consumer.observer.on('resume', follow)
		if (copy.paused !== consumer.producerPaused) await follow()
	} catch (error) {
		consumer.close()
		throw error
	}
}

/** Both or none. */
async function both(
	one: Promise<types.PipeTransport>,
	other: Promise<types.PipeTransport>,
): Promise<[types.PipeTransport, types.PipeTransport]> {
	try {
		return await Promise.all([one, other])
	} catch (error) {
		for (const end of [one, other]) end.then((opened) => opened.close()).catch(() => {})
		throw error
	}
}

const addressOf = ({ tuple }: types.PipeTransport) => ({ ip: tuple.localAddress, port: tuple.localPort })
