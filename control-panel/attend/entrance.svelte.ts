import { untrack } from 'svelte'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import { publishes } from '../../appliance/protocol/roles.ts'
import type { MeetingView } from '../../appliance/protocol/room-state.ts'
import { type About, askAbout } from '../lib/meeting/about.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import type { Link } from '../lib/meeting/link.ts'
import type { Companion } from './companion.svelte.ts'
import type { Looks } from './looks.svelte.ts'
import type { OwnDevices } from './own-devices.svelte.ts'
import type { OwnFloor } from './own-floor.svelte.ts'
import { leavePlace, takePlace } from './place.ts'
import type { Straight } from './straight.svelte.ts'

interface Parts {
	link: Link
	client: MeetingClient
	devices: OwnDevices
	looks: Looks
	floor: OwnFloor
	companion: Companion
	straight: Straight
	/** By those who run the meeting, to say what one asked to say: one's hand is up as soon as one is in. */
	called: boolean
}

/**
 * The way in: by the preview, straight, called by those who run the meeting, or back to one's place after a reload (a new
 * version of the appliance, a crash of the tab). Whoever did not press a microphone open comes in muted.
 */
export class Entrance {
	/** On the way in without the preview. */
	entering = $state(false)
	/** The picture that one came for is on the screen, or none is to come: what it would have waited for follows. */
	settled = $state(false)
	name = $state('')
	/** As it was left in the preview. */
	microphoneOn = $state(true)
	#about = $state.raw<About>(null)
	readonly #parts: Parts
	#called: boolean
	/** Came without the preview: the devices follow once there is something to see. */
	#devicesFollow = false
	#begun: Promise<void> | null = null

	constructor(parts: Parts) {
		this.#parts = parts
		this.#called = parts.called
	}

	/** As it was before one came in; null: nothing is known of it. */
	get meeting(): MeetingView | null {
		return this.#about && 'meeting' in this.#about ? this.#about.meeting : null
	}

	/** Why this link will not do; null: nothing is known against it. */
	get refused(): ErrorCode | null {
		return this.#about && 'refused' in this.#about ? this.#about.refused : null
	}

	/** Once, however often it is said. */
	begin(): Promise<void> {
		this.#begun ??= this.#begin()
		return this.#begun
	}

	/** From the preview. */
	join() {
		const { client, devices, straight } = this.#parts
		straight.cameraIs(devices.local.camera !== null)
		client.join({ ...this.#named(), muted: !this.microphoneOn || !devices.local.microphone, asks: true })
	}

	/** Back in with the devices that were on, and muted: nobody should be heard by a press that says only 'join'. */
	async rejoin(): Promise<void> {
		await this.#parts.devices.reopen()
		this.#parts.client.join({ ...this.#named(), muted: true })
	}

	/** Stops on the way in, and shows the preview. */
	lookFirst() {
		const { client } = this.#parts
		this.entering = false
		this.#devicesFollow = false
		void client.ask({ type: 'meeting.leave' })
		client.close()
		client.prepare()
		void this.#preview()
	}

	/** The page is about to go, and may be loaded anew. */
	keepPlace() {
		const { client, devices, looks } = this.#parts
		const { stay, resume } = client
		if (!resume || (stay.at !== 'in' && stay.at !== 'returning')) return
		const { microphone, camera } = devices.local
		const { pins, follows } = looks
		leavePlace({ resume, name: this.name, devices: microphone !== null || camera !== null, pins, follows }, Date.now())
	}

	/**
	 * What one comes with who came without the preview: a picture first, so that opening a camera does not delay it. To be
	 * called on each change of what is read here, as is `raiseHand`.
	 */
	bringDevices() {
		const { stay } = this.#parts.client
		if (stay.at === 'out' || stay.at === 'joining') return
		this.entering = false
		if (!this.#devicesFollow || stay.at !== 'in' || !this.settled) return
		this.#devicesFollow = false
		untrack(() => this.#parts.devices.bring())
	}

	raiseHand() {
		if (!this.#called || this.#parts.client.stay.at !== 'in') return
		this.#called = false
		untrack(() => void this.#parts.floor.request('speak'))
	}

	async #begin(): Promise<void> {
		if (typeof RTCPeerConnection === 'undefined') return
		const { client, companion, devices, link, looks, straight } = this.#parts
		const place = takePlace(Date.now())
		if (place || this.#called) void this.#askAbout()
		if (place) this.#called = false
		if (place && publishes(link.role) && place.devices && !companion.on) await devices.local.ask()
		if (place) {
			this.name = place.name
			looks.pins = place.pins
			looks.follows = place.follows
			client.join({ ...this.#named(), resume: place.resume, muted: true })
		} else if (this.#called) {
			await devices.local.choose('microphone', null)
			client.join({ ...this.#named(), muted: true })
		} else if (straight.on) {
			this.entering = true
			this.#devicesFollow = this.#opensDevices
			client.join({ muted: true, asks: true })
		} else await this.#preview()
	}

	/** The title and the state of the meeting, and one's own devices to try. */
	async #preview(): Promise<void> {
		void this.#askAbout()
		if (this.#opensDevices) await this.#parts.devices.local.ask()
	}

	get #opensDevices(): boolean {
		const { client, companion, link } = this.#parts
		return publishes(client.role ?? link.role) && !companion.on
	}

	async #askAbout(): Promise<void> {
		this.#about = await askAbout(this.#parts.link, fetch.bind(globalThis))
	}

	#named(): { name?: string } {
		return this.#parts.link.name ? {} : { name: this.name.trim() }
	}
}
