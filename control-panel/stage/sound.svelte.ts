import type { StageCommand, StageEvent } from '../../appliance/protocol/stage.ts'
import { watchLevel } from '../lib/meeting/level.ts'
import { chooseDevice, openDevice } from './devices.ts'

type Tell = (event: Extract<StageEvent, { type: 'sound' | 'level' | 'tone' }>) => void
type Listen = Extract<StageCommand, { type: 'listen' }>

/** Two notes, so that nobody takes it for feedback: A4 and E5. */
const notesHz = [440, 659.25]
const noteMs = 350

/**
 * How the room plays and hears. Volume is a gain of our own media elements, not a mixer's: it is the same with every
 * card, HDMI included, needs no rights over the mixer, and leaves the device's own volume as its maker set it.
 */
export class StageSound {
	/** 0..1 of a media element. */
	gain = $state(1)
	/** Device id for `setSinkId`; '' is the default device. */
	sink = $state('')
	readonly #devices: MediaDevices
	readonly #tell: Tell
	#output: string | null = null
	#microphone: 'off' | 'open' | 'missing' = 'off'
	#found: 'good' | 'missing' = 'good'
	#told = ''
	#stopListening: () => void = () => {}
	#listening = 0

	constructor(devices: MediaDevices, tell: Tell) {
		this.#devices = devices
		this.#tell = tell
		devices.addEventListener('devicechange', () => void this.#findOutput())
	}

	/** 0..100; half is half as loud to the ear, about -12 dB. */
	setVolume(volume: number) {
		this.gain = (volume / 100) ** 2
	}

	async play(output: string | null): Promise<void> {
		this.#output = output
		await this.#findOutput()
	}

	/** The room's microphone in the meeting; 'off': there is no meeting, or no sound is sent. */
	microphone(microphone: 'off' | 'open' | 'missing') {
		this.#microphone = microphone
		this.#say()
	}

	/** `own`: the track that is sent now; null: none is, so one is opened to be measured and nothing else. */
	async listen({ on, microphone, processing }: Listen, own: MediaStreamTrack | null): Promise<void> {
		const turn = ++this.#listening
		this.#stopListening()
		this.#stopListening = () => {}
		if (!on || microphone === 'none') return
		const wanted = { use: 'microphone', label: microphone, name: '' } as const
		const track = own ?? (await openDevice(this.#devices, wanted, processing))?.track ?? null
		// Told to stop, or to listen anew, while it was opening.
		if (turn !== this.#listening) {
			if (!own) track?.stop()
			return
		}
		if (!track) return this.#tell({ type: 'level', level: null })
		const stop = watchLevel(track, (level) => this.#tell({ type: 'level', level }))
		const ended = () => this.#tell({ type: 'level', level: null })
		track.addEventListener('ended', ended)
		this.#stopListening = () => {
			stop()
			track.removeEventListener('ended', ended)
			if (!own) track.stop()
		}
	}

	async tone(output: string | null): Promise<void> {
		await this.play(output)
		const { outputs, device } = await this.#outputs()
		if (outputs === 0) return this.#tell({ type: 'tone', played: 'nowhere' })
		const context = new AudioContext()
		try {
			const destination = context.createMediaStreamDestination()
			const audio = new Audio()
			audio.srcObject = destination.stream
			audio.volume = this.gain
			if (device) await audio.setSinkId(device.deviceId)
			await audio.play()
			for (const [index, hz] of notesHz.entries()) note(context, destination, hz, (index * noteMs) / 1000)
			await new Promise((done) => setTimeout(done, notesHz.length * noteMs + 100))
			audio.srcObject = null
			this.#tell({ type: 'tone', played: output === null || device ? 'there' : 'elsewhere' })
		} catch {
			this.#tell({ type: 'tone', played: 'nowhere' })
		} finally {
			void context.close()
		}
	}

	/** The meeting is over. What is listened to by itself goes on. */
	end() {
		this.microphone('off')
	}

	async #findOutput(): Promise<void> {
		const { device } = await this.#outputs()
		this.sink = device?.deviceId ?? ''
		this.#say(this.#output === null || device !== undefined ? 'good' : 'missing')
	}

	async #outputs(): Promise<{ outputs: number; device: MediaDeviceInfo | undefined }> {
		const all = await this.#devices.enumerateDevices()
		const device = this.#output === null ? undefined : chooseDevice(all, 'audiooutput', this.#output)
		return { outputs: all.filter(({ kind }) => kind === 'audiooutput').length, device }
	}

	#say(output: 'good' | 'missing' = this.#found) {
		this.#found = output
		const event = { type: 'sound', microphone: this.#microphone, output } as const
		const text = JSON.stringify(event)
		if (text === this.#told) return
		this.#told = text
		this.#tell(event)
	}
}

/** With soft edges: a tone that begins at once clicks. */
function note(context: AudioContext, destination: AudioNode, hz: number, at: number) {
	const oscillator = new OscillatorNode(context, { frequency: hz })
	const gain = new GainNode(context, { gain: 0 })
	const begin = context.currentTime + at
	const end = begin + noteMs / 1000
	gain.gain.setValueAtTime(0, begin)
	gain.gain.linearRampToValueAtTime(0.3, begin + 0.03)
	gain.gain.setValueAtTime(0.3, end - 0.05)
	gain.gain.linearRampToValueAtTime(0, end)
	oscillator.connect(gain).connect(destination)
	oscillator.start(begin)
	oscillator.stop(end)
}
