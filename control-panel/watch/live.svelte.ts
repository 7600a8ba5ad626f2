import type { MeetingMessage } from '../../appliance/protocol/messages.ts'
import { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { loadDevice, prepareMedia } from '../lib/meeting/device.ts'
import type { IceState } from '../lib/meeting/media-call.ts'
import { openMeetingSocket } from '../lib/meeting/socket.ts'
import { socketUrl } from '../lib/socket.ts'

/**
 * The relay by WebRTC, and with it the socket that tells of the meeting. It asks for no device and sends nothing. What was
 * shown last stays on the screen until there is something newer.
 */

const programme = 'programme'
/** Nothing new for so long is a loss; a picture that waits for a key frame is back within a second. */
const stillMs = 4000

export class Live {
	readonly client: MeetingClient
	readonly #stream = new MediaStream()
	#on = false
	#height = 720
	/** What the hub was asked for last. */
	#asked = ''
	#onAt = 0
	#mark = 0
	/** When something new was seen last. */
	#newAt = 0

	constructor(token: string, onQuestion: (news: Extract<MeetingMessage, { type: 'question' }>) => void) {
		this.client = new MeetingClient({
			door: 'relay.join',
			openSocket: (listeners) => openMeetingSocket(socketUrl('/ws/meeting'), token, listeners),
			loadDevice,
			outgoing: () => [],
			firstPictures: () => {
				const pictures = this.#pictures()
				this.#ask(pictures)
				return pictures
			},
			hears: () => this.#on,
			onQuestion,
			now: Date.now,
		})
	}

	start() {
		if (this.client.stay.at !== 'out') return
		void prepareMedia().catch(() => {}) // asked for again with the join
		this.client.join({ muted: true })
	}

	stop() {
		if (this.client.stay.at === 'out') return
		this.client.close()
		this.#asked = ''
	}

	get ice(): IceState {
		return this.client.ice
	}

	/** Has the programme come as soon as there is one, or not, at the layer that suits this height in device pixels. */
	show(on: boolean, height: number) {
		if (on && !this.#on) {
			this.#newAt = 0
			this.#onAt = Date.now()
		}
		this.#on = on
		this.#height = height
		if (this.client.stay.at !== 'in') return
		const pictures = this.#pictures()
		if (this.#ask(pictures)) this.client.show(pictures)
	}

	/** Once for each look: whether the picture moves, has stopped, or never came. A hidden page draws none: packets tell. */
	look(now: number, video: HTMLVideoElement | null): 'coming' | 'stopped' | 'nothing' {
		const hidden = document.visibilityState === 'hidden'
		const frames = video && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? framesOf(video) : 0
		const mark = hidden ? (this.client.call?.lastPacket ?? 0) : frames
		if (mark > 0 && mark !== this.#mark) this.#newAt = now
		this.#mark = mark
		if (this.#newAt === 0) return now - this.#onAt < stillMs ? 'nothing' : 'stopped'
		return now - this.#newAt < stillMs ? 'coming' : 'stopped'
	}

	/** Tracks go into one stream as they come: another stream would show black for a moment. */
	readonly attach = (video: HTMLVideoElement) => {
		for (const { kind, track } of this.client.incoming.values()) {
			const old = this.#stream.getTracks().filter((one) => one.kind === kind && one !== track)
			for (const one of old) this.#stream.removeTrack(one)
			this.#stream.addTrack(track)
		}
		if (this.#stream.getTracks().length > 0 && video.srcObject !== this.#stream) video.srcObject = this.#stream
	}

	/** Whether the hub does not know yet. */
	#ask(pictures: { source: string; height: number }[]): boolean {
		const asked = JSON.stringify([this.#on, pictures])
		const news = asked !== this.#asked
		this.#asked = asked
		return news
	}

	#pictures(): { source: string; height: number }[] {
		const sources = this.client.people.byId.get(programme)?.sources ?? []
		const picture = sources.find(({ kind }) => kind === 'video')
		return this.#on && picture ? [{ source: picture.id, height: this.#height }] : []
	}
}

const framesOf = (video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames
