import type { Result } from '../protocol/messages.ts'
import type { SoundDevices, StageCommand, StageEvent } from '../protocol/stage.ts'
import { type Card, cardOf } from './cards.ts'
import { refused } from './result.ts'
import type { Snapshot } from './snapshot.ts'

export interface SoundConfig {
	/** Label of the capture device, or the name of its card; null: the speakerphone's own, else the system's; 'none': no sound from here. */
	microphone: string | null | 'none'
	/** The same of the playback device. */
	output: string | null
	/** True: the browser cancels echo. */
	processing: boolean
}

export interface SoundOptions {
	config: SoundConfig
	cards: () => Card[]
	/** Whether the room's microphone is shut. */
	closed: () => boolean
	/** False: there is no page now. */
	tellStage: (command: Extract<StageCommand, { type: 'listen' | 'tone' | 'devices' }>) => boolean
	/** Whether the room's microphone has come or gone. */
	onMicrophone: (there: boolean) => void
	volume: () => number
	snapshot: Snapshot
}

export type Sound = ReturnType<typeof createSound>

/** A panel asks again and again while it shows a meter; one that is gone listens no longer than this. */
const listenMs = 15_000
const toneMs = 5_000
const quiet = { microphone: 'off', output: 'good' } as const

/** Which microphone and speakers the room has, and how they are tried. */
export function createSound(options: SoundOptions) {
	const { config, cards, closed, tellStage, onMicrophone, volume, snapshot } = options
	const levels = new Set<(level: number | null) => void>()
	const tones: ((played: Result) => void)[] = []
	let usb: string | null = null
	let card: Card | null = null
	/** What the page was told last, to join with or since; '': it was told nothing. */
	let told = ''
	let listening: NodeJS.Timeout | undefined

	function devices(): SoundDevices {
		// A room with a mixer names its devices, or has made them the system's; a speakerphone is found by itself.
		card = cardOf(cards(), usb) ?? card
		const { microphone, output, processing } = config
		return { microphone: microphone ?? card?.name ?? null, output: output ?? card?.name ?? null, processing }
	}

	function stopListening() {
		clearTimeout(listening)
		listening = undefined
		tellStage({ type: 'listen', on: false, ...devices() })
	}

	/** To join with. */
	function tell(): SoundDevices {
		const now = devices()
		told = JSON.stringify(now)
		return now
	}

	return {
		devices: tell,

		/** Whether the room's microphone is in this USB device. One that was found only now is used from now on. */
		isOwn(device: string | null): boolean {
			if (device !== usb) card = null
			usb = device
			const now = devices()
			if (told !== '' && JSON.stringify(now) !== told) tellStage({ type: 'devices', ...tell() })
			return card !== null && (now.microphone?.startsWith(card.name) ?? false)
		},

		hear(event: Extract<StageEvent, { type: 'sound' | 'level' | 'tone' }>) {
			switch (event.type) {
				case 'sound': {
					const { microphone, output } = event
					snapshot.apply({ type: 'sound', sound: { microphone, output } })
					return onMicrophone(microphone !== 'missing')
				}
				case 'level':
					for (const listener of levels) listener(event.level)
					return
				case 'tone': {
					const result: Result =
						event.played === 'nowhere'
							? refused('rejected', 'nothing plays sound here')
							: { ok: true, data: event.played }
					for (const answer of tones.splice(0)) answer(result)
				}
			}
		},

		/** The page is gone, and with it what it had open. */
		stageAway() {
			told = ''
			snapshot.apply({ type: 'sound', sound: quiet })
			onMicrophone(true)
		},

		/** Levels are told to whoever watches them, for 15 s from now. `plain`: with nothing of the browser's own between. */
		listen(on: boolean, plain = false): Result {
			if (!on) {
				if (listening) stopListening()
				return { ok: true }
			}
			if (config.microphone === 'none') return refused('unsupported', 'this room sends no sound')
			// Muted is shut at its source, for a meter too.
			if (closed()) return refused('busy', 'the microphone is muted')
			clearTimeout(listening)
			listening = setTimeout(stopListening, listenMs)
			const heard = plain ? { ...devices(), processing: false } : devices()
			if (tellStage({ type: 'listen', on: true, ...heard })) return { ok: true }
			return refused('busy', 'the sound of the room is being started')
		},

		/** Plays a tone, and answers how that went. */
		tone(): Promise<Result> {
			if (!tellStage({ type: 'tone', volume: volume(), ...devices() })) {
				return Promise.resolve(refused('busy', 'the sound of the room is being started'))
			}
			return new Promise((resolve) => {
				const late = setTimeout(() => resolve(refused('timeout', 'the tone was not heard of')), toneMs)
				tones.push((result) => {
					clearTimeout(late)
					resolve(result)
				})
			})
		},

		/** Of the microphone while it is listened to, ten times a second; null: there is none. */
		watchLevels(listener: (level: number | null) => void): () => void {
			levels.add(listener)
			return () => void levels.delete(listener)
		},

		close() {
			clearTimeout(listening)
			for (const answer of tones.splice(0)) answer(refused('busy', 'the room is closing'))
		},
	}
}
