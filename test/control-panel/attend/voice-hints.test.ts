import { expect, it } from 'vitest'
import { type VoiceHint, VoiceHints, type VoiceState } from '../../../control-panel/attend/voice-hints.ts'

/** Hears levels ten times a second. */
function listener() {
	const hints = new VoiceHints()
	let now = 1000
	return (seconds: number, level: number, state: Partial<VoiceState> = {}): VoiceHint | null => {
		let hint: VoiceHint | null = null
		for (let tick = 0; tick < seconds * 10; tick++) {
			now += 100
			hint = hints.hear(level, { muted: false, open: true, speaking: false, ...state }, now)
		}
		return hint
	}
}

const voice = 0.6
const hum = 0.2

it('says that nothing is heard of a microphone that is on, until something is', () => {
	const hear = listener()
	expect(hear(11, 0)).toBeNull()
	expect(hear(2, 0)).toBe('silent')
	expect(hear(1, hum)).toBeNull()
})

it('believes a microphone that a voice came through, unless its owner has the floor and nothing comes', () => {
	const hear = listener()
	hear(1, voice)
	expect(hear(60, 0)).toBeNull()
	expect(hear(13, 0, { speaking: true })).toBe('silent')
	expect(hear(1, 0, { muted: true })).toBeNull()
})

it('says that one speaks while muted: after a sentence, not after a cough, and not again at once', () => {
	const hear = listener()
	const muted = { muted: true }
	expect(hear(0.3, voice, muted)).toBeNull()
	expect(hear(3, hum, muted)).toBeNull()
	expect(hear(1.2, voice, muted)).toBe('talking-muted')
	expect(hear(7, hum, muted)).toBeNull()
	expect(hear(3, voice, muted)).toBeNull()
	expect(hear(25, hum, muted)).toBeNull()
	expect(hear(1.2, voice, muted)).toBe('talking-muted')
	expect(hear(0.1, voice)).toBeNull()
})

it('says nothing where one would not be heard anyway', () => {
	const hear = listener()
	expect(hear(30, 0, { open: false })).toBeNull()
	expect(hear(30, voice, { open: false, muted: true })).toBeNull()
})
