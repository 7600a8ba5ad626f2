import type { MeetingCore } from '../protocol/messages.ts'
import type { CallMedia } from './call-media.ts'
import type { RoomMemory } from './memory.ts'

/** By then the word of a mute from afar has come after what it did to our microphone. */
const wordMs = 250

export interface CallMicrophoneOptions {
	/** Whether the room holds it shut; it is decided there alone. */
	closed: () => boolean
	media: CallMedia
	/** In the page. */
	mutePage: (muted: boolean) => void
	/** At the hub, over these sources. */
	setGates: (sources: readonly string[], muted: boolean) => void
	/** Somebody in the meeting who isn't here has muted the room, once more than it had obeyed. */
	onMutedFromAfar: () => void
	memory: Pick<RoomMemory, 'mutesObeyed' | 'setMutesObeyed'>
}

/** The room's microphone in the call. It is shut or open in the page and, independently of it, at the hub: both say what the room says. */
export class CallMicrophone {
	readonly #options: CallMicrophoneOptions
	#agreeing: NodeJS.Timeout | undefined

	constructor(options: CallMicrophoneOptions) {
		this.#options = options
	}

	/** In the page and, independently of it, in the SFU. */
	set(closed: boolean) {
		const { media, mutePage, setGates } = this.#options
		mutePage(closed)
		setGates(media.microphones(!closed), closed)
	}

	/**
	 * The hub's own gate over our microphones says the same as the room. Shutting it waits for nothing. Opening does: what
	 * the hub knows as muted may have been muted from afar just now, and the word of that is on its way.
	 */
	agree() {
		const { closed, media, setGates } = this.#options
		const shut = closed()
		const wrong = media.microphones(!shut)
		clearTimeout(this.#agreeing)
		if (wrong.length === 0) return
		if (shut) return setGates(wrong, true)
		this.#agreeing = setTimeout(() => {
			if (!closed()) setGates(media.microphones(true), false)
		}, wordMs)
	}

	/** A page that found its microphone muted at the hub keeps it shut; where nobody wants that, it is told so. */
	keepOpen(muted: boolean) {
		const { closed, media, mutePage } = this.#options
		if (muted && !closed() && media.microphones(true).length === 0) mutePage(false)
	}

	/** Each mute from afar counts once, also one that came while we were away. */
	obey({ meeting, hall }: MeetingCore) {
		const { memory, onMutedFromAfar } = this.#options
		const mutes = hall?.mutes ?? 0
		if (mutes <= memory.mutesObeyed(meeting.id)) return
		memory.setMutesObeyed(meeting.id, mutes)
		onMutedFromAfar()
	}

	close() {
		clearTimeout(this.#agreeing)
	}
}
