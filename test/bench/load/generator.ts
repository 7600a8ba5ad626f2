import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { TransportOffer } from '../../../appliance/protocol/media.ts'
import { generatorPath } from './program.ts'

/** The media of any number of people, in one process of its own. The orders that it takes stand at the head of main.c. */

/** Counted since the last reset, over everybody. Times in milliseconds, from a sender's stamp to its receipt. */
export interface Stat {
	seconds: number
	peers: number
	/** Peers whose ICE and DTLS stand. */
	up: number
	/** Streams that were announced, and those of which something came. */
	streams: number
	flowing: number
	sent: number
	sentBytes: number
	/** Packets that our own socket did not take. */
	unsent: number
	received: number
	receivedBytes: number
	/** By sequence numbers: between the sender, the SFU and the receiver. */
	lost: number
	/** Packets that were not authentic. */
	forged: number
	keyFramesAsked: number
	nacks: number
	/** Packets that carried a stamp of ours. */
	timed: number
	p50Ms: number
	p99Ms: number
	maxMs: number
	/** Seconds on a core of the generator since its start. */
	cpu: number
}

export interface StreamCount {
	ssrc: number
	packets: number
	lost: number
	/** Whether a key frame has come. */
	key: boolean
}

type Event =
	| { event: 'ready'; fingerprint: string }
	| { event: 'up'; peer: number; iceMs: number; dtlsMs: number; suite: string }
	| { event: 'first' | 'key'; peer: number; ssrc: number }
	| { event: 'failed'; peer: number; reason: string }
	| ({ event: 'stat' } & Stat)
	| { event: 'streams'; peer: number; streams: StreamCount[] }

/** What a transport's owner is told of it. */
export interface PeerListener {
	onUp?(): void
	/** The first packet, the first key frame of an announced stream. */
	onFirst?(ssrc: number): void
	onKey?(ssrc: number): void
	onFailed?(reason: string): void
}

/** Of everybody here. An ICE-lite server, as SFUs are, asks for it never. */
export const icePassword = 'x'.repeat(24)

export class Generator {
	/** SHA-256 of the certificate that everybody here uses, as SDP writes it. */
	readonly fingerprint: string
	readonly pid: number
	readonly #child: ChildProcess
	readonly #listeners = new Map<number, PeerListener>()
	#stats: ((stat: Stat) => void)[] = []
	#streams: ((streams: StreamCount[]) => void)[] = []
	#peers = 0
	/** Rejects when the process is gone. */
	readonly #gone: Promise<never>

	private constructor(child: ChildProcess, fingerprint: string) {
		this.#child = child
		this.#gone = once(child, 'exit').then(([code, signal]) => {
			throw new Error(`the load generator has ended with ${code ?? signal}`)
		})
		this.#gone.catch(() => {})
		this.pid = child.pid ?? 0
		this.fingerprint = fingerprint
	}

	static async start(): Promise<Generator> {
		const child = spawn(generatorPath(), { stdio: ['pipe', 'pipe', 'inherit'] })
		// It may end while an order is on its way.
		child.stdin.on('error', () => {})
		const lines = createInterface({ input: child.stdout })
		const [first] = await once(lines, 'line')
		const ready = JSON.parse(String(first)) as Event
		if (ready.event !== 'ready') throw new Error(`the load generator says ${first}`)
		const generator = new Generator(child, ready.fingerprint)
		lines.on('line', (line) => generator.#hear(JSON.parse(line) as Event))
		return generator
	}

	/** What the hub is told of our end. Chromium is the client, too. */
	get dtls() {
		return { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: this.fingerprint }] }
	}

	/** How the next one that connects calls itself (ICE); where an answer has to say it beforehand. */
	get nextUser(): string {
		return `own${this.#peers + 1}`
	}

	/** Begins to connect to a transport; answers its number. `transportCc`: the id of that header extension, 0 for none. */
	connect(offer: TransportOffer, transportCc: number, listener: PeerListener): number {
		const { usernameFragment, password } = offer.iceParameters as { usernameFragment: string; password: string }
		const candidates = offer.iceCandidates as { protocol: string; ip?: string; address?: string; port: number }[]
		const ways = candidates
			.map(({ protocol, ip, address = ip ?? '', port }) => ({ protocol, address, port }))
			.filter(({ protocol, address }) => protocol === 'udp' && /^[\d.]+$/.test(address))
			.map(({ address, port }) => `${address}:${port}`)
		if (ways.length === 0)
			throw new Error('the hub offers no way over UDP and IPv4, and the load generator has no other')
		const own = this.nextUser
		const peer = ++this.#peers
		this.#listeners.set(peer, listener)
		this.order('peer', peer, usernameFragment, password, own, icePassword, transportCc, ...ways)
		return peer
	}

	leave(peer: number) {
		this.#listeners.delete(peer)
		this.order('leave', peer)
	}

	order(...words: (string | number)[]) {
		this.#child.stdin?.write(`${words.join(' ')}\n`)
	}

	stat(): Promise<Stat> {
		const answer = new Promise<Stat>((resolve) => this.#stats.push(resolve))
		this.order('stat')
		return Promise.race([answer, this.#gone])
	}

	streams(peer: number): Promise<StreamCount[]> {
		const answer = new Promise<StreamCount[]>((resolve) => this.#streams.push(resolve))
		this.order('streams', peer)
		return Promise.race([answer, this.#gone])
	}

	async close(): Promise<void> {
		if (this.#child.exitCode !== null) return
		const ended = once(this.#child, 'exit')
		this.#child.stdin?.end()
		await ended
	}

	#hear(event: Event) {
		switch (event.event) {
			case 'up':
				return this.#listeners.get(event.peer)?.onUp?.()
			case 'first':
				return this.#listeners.get(event.peer)?.onFirst?.(event.ssrc)
			case 'key':
				return this.#listeners.get(event.peer)?.onKey?.(event.ssrc)
			case 'failed':
				return this.#listeners.get(event.peer)?.onFailed?.(event.reason)
			case 'stat':
				return this.#stats.shift()?.(event)
			case 'streams':
				return this.#streams.shift()?.(event.streams)
		}
	}
}
