import { untrack } from 'svelte'
import type { MeetingMessage } from '../../appliance/protocol/messages.ts'
import { type HostTexts, hostTexts } from '../lib/i18n-host.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import type { PageLanguage } from '../lib/meeting/language.svelte.ts'
import type { Announcer } from './announcer.svelte.ts'
import type { Companion } from './companion.svelte.ts'
import type { Looks } from './looks.svelte.ts'
import type { OwnDevices } from './own-devices.svelte.ts'
import type { OwnFloor } from './own-floor.svelte.ts'

interface Parts {
	client: MeetingClient
	devices: OwnDevices
	floor: OwnFloor
	looks: Looks
	companion: Companion
	language: PageLanguage
	announcer: Announcer
}

/** What those who run the meeting do about this one: shut something here, ask for it, show somebody large to all. */
export class Hosts {
	/** What the trainer said last to one's group. */
	told = $state<string | null>(null)
	/** Whoever counsels this one took a still of their picture. */
	stillTaken = $state(false)
	/** What they ask this one to turn on. */
	askedFor = $state<'microphone' | 'camera' | null>(null)
	readonly #parts: Parts
	/** Whom the page has told of as shown large to all. */
	#lit: string | null = null

	constructor(parts: Parts) {
		this.#parts = parts
	}

	get #texts(): HostTexts {
		return hostTexts(this.#parts.language.current)
	}

	async hear(act: Extract<MeetingMessage, { type: 'host' }>['act']): Promise<void> {
		const { announcer, client, companion, devices, floor } = this.#parts
		switch (act) {
			case 'muted':
				floor.pressed(true)
				return announcer.say(this.#texts.muted)
			case 'stopped':
				announcer.say(this.#texts.stopped)
				return devices.closePictures()
			case 'still':
				this.stillTaken = true
				return announcer.warn(this.#texts.still)
			case 'ask-microphone':
				// In the hall it is the hall's microphone that is heard.
				if (!companion.on && (client.muted || !devices.local.microphone)) this.askedFor = 'microphone'
				return
			case 'ask-camera':
				if (!devices.local.camera) this.askedFor = 'camera'
		}
	}

	/** The trainer speaks to the groups of a class. */
	tell(text: string) {
		this.told = text
		this.#parts.announcer.warn(text)
	}

	/** Says whom they show large to all; null: nobody any longer. To be called on each change of it. */
	followLight(who: string | null) {
		if (who === this.#lit) return
		this.#lit = who
		untrack(() => {
			const { announcer, client, looks } = this.#parts
			if (client.stay.at !== 'in') return
			if (who === null) return announcer.say(this.#texts.saidUnlit)
			const { name } = client.state.strip(who)
			announcer.say(looks.pins.length > 0 ? this.#texts.saidLitPinned(name) : this.#texts.saidLit(name))
		})
	}
}
