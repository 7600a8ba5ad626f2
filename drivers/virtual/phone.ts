import type { Key, Lamp, PhoneModel, Place } from './phone-models.ts'

/**
 * The firmware of a speakerphone with call control: takes output reports (`onOutput`), sends input reports (`emit`), and
 * knows neither who is at the other end nor how it is connected. As a real one it waits for the host's answer to a press
 * and else does as if there had been none, acknowledges what it is told, and mutes only off hook.
 */
export class VirtualPhone {
	readonly model: PhoneModel
	/** Its report descriptor, as USB and /dev/uhid want it. */
	readonly descriptor: Buffer
	/** Set by whoever connects it. A report begins with its id, if this device has ids. */
	emit: (report: Uint8Array) => void = () => {}
	/** As a person sees and hears it. */
	hook = false
	muted = false
	ringing = false
	held = false
	/** Output reports as they came. */
	readonly outputs: Uint8Array[] = []
	/** What the host told last. */
	#told = { offHook: false, mute: false }
	#keys = new Map<Key, number>()
	#patience: { hook?: NodeJS.Timeout; mute?: NodeJS.Timeout } = {}

	constructor(model: PhoneModel) {
		this.model = model
		// Remarks of the table are words, which no byte is.
		const bytes = model.descriptor
			.split('\n')
			.flatMap((line) => /^\s*((?:[0-9A-F]{2}\s+)*(?:[0-9A-F]{2})?)(?:\s|$)/.exec(line)?.[1]?.match(/\w\w/g) ?? [])
		this.descriptor = Buffer.from(bytes.join(''), 'hex')
	}

	/** A person presses a key. False: it does nothing now. */
	press(key: Key): boolean {
		if (key === 'hook') this.#pressHook()
		else if (key === 'mute') return this.#pressMute()
		else if (key === 'reject' && !this.model.keys.reject) this.#bounce()
		else this.#click(key, 1)
		return true
	}

	/** What the host writes, as the device sees it: with its id, if it has ids. */
	onOutput(report: Uint8Array): void {
		this.outputs.push(report.slice())
		const lamp = (name: Lamp) => lampOf(this.model.lamps[name], report)
		const [offHook, mute] = [lamp('offHook'), lamp('mute')]
		this.ringing = lamp('ring') ?? this.ringing
		this.held = lamp('hold') ?? this.held
		const rose = offHook === true && !this.hook
		if (offHook !== null) this.#obeyHook(offHook)
		if (mute !== null && !(rose && this.model.forgetsMute)) this.#obeyMute(mute)
	}

	/** Its plug was pulled: nothing is remembered. */
	powerOff(): void {
		clearTimeout(this.#patience.hook)
		clearTimeout(this.#patience.mute)
		this.emit = () => {}
		Object.assign(this, { hook: false, muted: false, ringing: false, held: false })
		this.#told = { offHook: false, mute: false }
		this.#keys.clear()
	}

	#pressHook(): void {
		if (this.model.hook === 'one-shot') {
			this.#click('hook', 1)
			return
		}
		this.#setHook(!this.hook)
		this.#tell('hook')
		if (!this.hook) return
		this.#patience.hook = setTimeout(() => {
			if (this.#told.offHook || !this.hook) return
			this.#setHook(false)
			this.#tell('hook')
		}, this.model.patienceMs)
	}

	#pressMute(): boolean {
		if (!this.hook) return false
		this.muted = !this.muted
		if (this.model.mute === 'level') this.#level('mute', this.muted)
		else this.#click('mute', this.model.mute === 'three-state' && !this.muted ? -1 : 1)
		clearTimeout(this.#patience.mute)
		this.#patience.mute = setTimeout(() => {
			if (this.muted === this.#told.mute) return
			this.muted = this.#told.mute
			if (this.model.mute === 'level') this.#level('mute', this.muted)
		}, this.model.patienceMs)
		return true
	}

	/** Refuses a call without a key for it: lifts and hangs up at once. */
	#bounce(): void {
		this.#level('hook', true)
		this.#level('hook', false)
	}

	#obeyHook(offHook: boolean): void {
		this.#told.offHook = offHook
		if (offHook) clearTimeout(this.#patience.hook)
		if (offHook === this.hook) return
		this.#setHook(offHook)
		if (this.model.hook === 'level' && !this.model.mumbles) this.#tell('hook')
	}

	#obeyMute(mute: boolean): void {
		this.#told.mute = mute
		clearTimeout(this.#patience.mute)
		const muted = mute && this.hook
		if (muted === this.muted) return
		this.muted = muted
		if (this.model.mute === 'level') this.#level('mute', muted)
	}

	#setHook(hook: boolean): void {
		this.hook = hook
		this.#keys.set('hook', this.model.hook === 'level' && hook ? 1 : 0)
		if (hook) return
		clearTimeout(this.#patience.hook)
		clearTimeout(this.#patience.mute)
		this.muted = false
		if (this.model.mute === 'level') this.#keys.set('mute', 0)
	}

	#level(key: Key, on: boolean): void {
		this.#keys.set(key, on ? 1 : 0)
		this.#tell(key)
	}

	/** Down, and up again when the finger has left. */
	#click(key: Key, value: 1 | -1): void {
		this.#keys.set(key, value)
		this.#tell(key)
		setTimeout(() => {
			this.#keys.set(key, 0)
			this.#tell(key)
		}, fingerMs)
	}

	/** The whole report that the key is part of. */
	#tell(key: Key): void {
		const report = this.model.keys[key]?.report
		if (report === undefined) return
		const bytes = new Uint8Array(this.model.inputBytes[report] ?? 0)
		for (const [name, place] of Object.entries(this.model.keys)) {
			const value = this.#keys.get(name as Key) ?? 0
			if (place.report === report && value !== 0) put(bytes, place, value)
		}
		this.emit(report === 0 ? bytes : Uint8Array.of(report, ...bytes))
	}
}

const fingerMs = 30

/** Null: this report does not speak of it. */
function lampOf(place: Place | undefined, report: Uint8Array): boolean | null {
	if (!place || (place.report !== 0 && place.report !== report[0])) return null
	const { bit, size = 1, on = 1 } = place
	let value = 0
	for (let i = 0; i < size; i++) {
		const at = bit + i + (place.report === 0 ? 0 : 8)
		value += (((report[at >> 3] ?? 0) >> (at & 7)) & 1) * 2 ** i
	}
	return value === on
}

function put(bytes: Uint8Array, { bit, size = 1, on = 1 }: Place, value: number): void {
	const raw = value < 0 ? 2 ** size + value : on * value
	for (let i = 0; i < size; i++) {
		const at = bit + i
		if (Math.floor(raw / 2 ** i) % 2 === 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7))
	}
}
