import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { ConsumerOffer } from '../../../appliance/protocol/media.ts'
import type { JoinResult } from '../../../appliance/protocol/messages.ts'
import { Ice } from './ice.svelte.ts'
import { MediaCall } from './media-call.ts'
import type { People } from './people.ts'
import { Receiving } from './receiving.svelte.ts'
import { Sending } from './sending.svelte.ts'
import type { CallAround, Surroundings } from './stay.ts'

interface Stayed extends Omit<CallAround, 'call'> {
	/** Null before the first join. */
	me(): string | null
	people(): People
}

/** The calls of a stay, one after the other: each join makes a new one, and brings into it what is to be sent. */
export class Calls {
	readonly sending: Sending
	readonly receiving: Receiving
	readonly ice: Ice
	readonly #page: Surroundings
	readonly #stayed: Stayed
	#call: MediaCall | null = null

	constructor(page: Surroundings, stayed: Stayed) {
		this.#page = page
		this.#stayed = stayed
		const around: CallAround = { ...stayed, call: () => this.#call }
		this.sending = new Sending(around)
		this.receiving = new Receiving(around, { ...page, ...stayed })
		this.ice = new Ice(around)
	}

	/** The one that goes on; null: none does. */
	get call(): MediaCall | null {
		return this.#call
	}

	/** The second round trip of a join, while `current`. Says when one is in; answers null then, else why not. */
	async open(
		offered: NonNullable<JoinResult['media']>,
		current: () => boolean,
		onIn: () => void,
	): Promise<ErrorCode | null> {
		const { frugal, loadDevice, outgoing } = this.#page
		const { sending, receiving } = this
		const device = await loadDevice(offered.routerRtpCapabilities)
		if (!current()) return null
		const call = new MediaCall(device, offered, (transport) => this.ice.follow(call, transport))
		this.#call = call
		await call.spare(frugal?.() ?? false)
		const mutedThen = sending.muted
		const told = await call.produce(outgoing())
		if (!current()) return null
		const opened = await this.#stayed.ask({
			type: 'media.open',
			send: told.send ? { ...told.send } : null,
			producers: told.producers,
			rtpCapabilities: call.rtpCapabilities,
			wanted: receiving.wanted,
		})
		if (!current()) return null
		if (!opened.ok) return opened.code
		const { consumers } = opened.data as { consumers: ConsumerOffer[] }
		await receiving.begin(consumers)
		if (!current()) return null
		receiving.awaitFirst(call)
		onIn()
		// Changed while the join was under way: what went up says otherwise.
		if (sending.muted !== mutedThen) void sending.setMuted(sending.muted)
		for (const source of outgoing()) if (!call.sends(source.track)) void sending.add(source)
		return null
	}

	drop() {
		this.#call?.close()
		this.#call = null
		this.ice.reset()
		this.receiving.end()
	}
}
