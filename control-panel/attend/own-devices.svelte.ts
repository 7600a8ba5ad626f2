import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import type { PageLanguage } from '../lib/meeting/language.svelte.ts'
import { type DeviceKind, LocalMedia } from '../lib/meeting/local-media.svelte.ts'
import type { Outgoing } from '../lib/meeting/media-call.ts'
import type { Companion } from './companion.svelte.ts'
import { ScreenShare } from './share.svelte.ts'
import type { Straight } from './straight.svelte.ts'

interface Parts {
	client: MeetingClient
	companion: Companion
	straight: Straight
	language: PageLanguage
	/** One's microphone was shut or is being opened by one's own press. */
	onPressed(muted: boolean): void
	say(text: string): void
}

/** One's own microphone, camera and screen in the meeting: what is sent of them, and what is said of it. */
export class OwnDevices {
	readonly local: LocalMedia
	readonly share: ScreenShare
	/** The device that was asked for and that the browser holds back. */
	blocked = $state<DeviceKind | null>(null)
	readonly #parts: Parts
	/** Those that follow who is in already. */
	#opening: Promise<void> = Promise.resolve()
	/** What was on when the last stay ended. */
	#had = { microphone: false, camera: false }

	constructor(parts: Parts) {
		this.#parts = parts
		this.local = new LocalMedia(navigator.mediaDevices, (kind) => this.#lost(kind))
		this.share = new ScreenShare(() => {
			void parts.client.removeSource('screen')
			parts.say(parts.language.texts.saidScreenDown)
		})
	}

	/** What a join brings along. */
	outgoing(): Outgoing[] {
		const { client, language } = this.#parts
		return [...this.local.outgoing(client.muted), ...this.share.outgoing(language.texts.screen)]
	}

	/** Opens what one comes with who is in already. */
	bring() {
		this.#opening = this.#openAll()
	}

	/** Opens again what was on when the last stay ended. */
	async reopen(): Promise<void> {
		const { microphone, camera } = this.#had
		if (microphone && !this.#parts.companion.on) await this.local.choose('microphone', null)
		if (camera) await this.local.choose('camera', null)
	}

	/** No lamp stays on after the meeting. */
	release() {
		const { local } = this
		this.#had = { microphone: local.microphone !== null, camera: local.camera !== null }
		local.drop('microphone')
		local.drop('camera')
		this.share.drop()
	}

	async toggleMicrophone(): Promise<void> {
		const { client, language, onPressed, say } = this.#parts
		const { texts } = language
		if (!client.muted) {
			onPressed(true)
			void client.setMuted(true)
			return say(texts.saidMuted)
		}
		if (client.stay.at !== 'in') return say(texts.unmuteOffline)
		onPressed(false)
		const opened = await this.openMicrophone()
		if (opened) return say(texts.saidUnmuted)
		if (this.local.microphone) return say(texts.unmuteRefused)
		this.#tellProblem('microphone')
	}

	/** Lifts one's own mute; a microphone that was not open is opened and sent. */
	async openMicrophone(): Promise<boolean> {
		const { client, companion } = this.#parts
		if (companion.on) return false
		await this.#opening
		if (!this.local.microphone) {
			const track = await this.local.choose('microphone', null)
			if (!track) return false
			await client.addSource({ track, use: 'microphone', label: 'microphone', muted: true })
		}
		return client.setMuted(false)
	}

	/** Out of the meeting, so that another one may be heard where this one is. */
	closeMicrophone() {
		const { client } = this.#parts
		void client.setMuted(true)
		void client.removeSource('microphone')
		this.local.drop('microphone')
	}

	async toggleCamera(): Promise<void> {
		const { client, language, say, straight } = this.#parts
		await this.#opening
		if (this.local.camera) {
			straight.cameraIs(false)
			return this.closeCamera()
		}
		const track = await this.local.choose('camera', null)
		straight.cameraIs(track !== null)
		if (!track) return this.#tellProblem('camera')
		if (!(await client.addSource({ track, use: 'camera', label: 'camera', muted: false }))) {
			this.local.drop('camera')
			say(language.texts.refused)
		}
	}

	async closeCamera(): Promise<void> {
		this.local.drop('camera')
		await this.#parts.client.removeSource('camera')
	}

	/** Shows a screen or window to all, or takes it down. */
	async toggleScreen(): Promise<void> {
		const { client, language, say } = this.#parts
		const { texts } = language
		if (this.share.track) {
			await this.#closeScreen()
			return say(texts.saidScreenDown)
		}
		const track = await this.share.choose()
		if (!track) return
		if (await client.addSource({ track, use: 'screen', label: texts.screen, muted: false }))
			return say(texts.saidScreenUp)
		this.share.drop()
		say(texts.refused)
	}

	/** Takes down whatever one shows. */
	async closePictures(): Promise<void> {
		await Promise.all([this.closeCamera(), this.#closeScreen()])
	}

	/** Another microphone or camera, in the preview or in the call. */
	async choose(kind: DeviceKind, deviceId: string): Promise<void> {
		const { client } = this.#parts
		const track = await this.local.choose(kind, deviceId)
		if (!track || client.stay.at !== 'in') return
		if (client.call?.sources(kind).length) await client.replaceTrack(kind, track)
		else await client.addSource({ track, use: kind, label: kind, muted: kind === 'microphone' && client.muted })
	}

	/** What to tell a person about their device; empty while it is well. */
	problem(kind: DeviceKind): string {
		const { texts } = this.#parts.language
		const name = kind === 'microphone' ? texts.microphone : texts.camera
		switch (this.#problemOf(kind)) {
			case 'insecure':
				return texts.problemInsecure
			case 'denied':
				return texts.problemDenied
			case 'busy':
				return texts.problemBusy(name)
			case 'missing':
				return texts.problemMissing(name)
			case null:
				return ''
		}
	}

	#problemOf(kind: DeviceKind) {
		return kind === 'microphone' ? this.local.microphoneProblem : this.local.cameraProblem
	}

	/** What the browser holds back is explained, step by step; the rest is said. */
	#tellProblem(kind: DeviceKind) {
		if (this.#problemOf(kind) === 'denied') this.blocked = kind
		else this.#parts.say(this.problem(kind))
	}

	async #openAll(): Promise<void> {
		const { client, straight } = this.#parts
		if (straight.camera) await this.local.ask()
		else await this.local.choose('microphone', null)
		for (const source of this.local.outgoing(client.muted))
			if (!client.call?.sends(source.track)) await client.addSource(source)
	}

	async #closeScreen(): Promise<void> {
		this.share.drop()
		await this.#parts.client.removeSource('screen')
	}

	#lost(kind: DeviceKind) {
		const { client, language, say } = this.#parts
		const { texts } = language
		say(kind === 'microphone' ? texts.lostMicrophone : texts.lostCamera)
		if (kind === 'microphone') client.muted = true
		void client.removeSource(kind)
	}
}
