import type { RehearsalStep } from '../../protocol/rehearsal.ts'
import { judgeCamera, judgeMotion, judgePreset, judgeReturn } from './judge-camera.ts'
import { judgeBackup, judgeCertificate, judgeClock, judgeDisk } from './judge-machine.ts'
import type { CallReading, PhoneReading, PictureReading, Reading, ToneReading } from './readings.ts'
import { absent, failed, passed, type Verdict } from './verdict.ts'

/** What the readings of a step say of it. Pure: the same readings are judged alike, whoever took them. */

/** Of a tone above what was heard before it, in steps of the ear: six of the sixty decibels that a level has. */
const heardAbove = 0.1
/** In a room louder than this no tone stands out: -18 dBFS. */
const loudest = 0.7

export function judge(step: RehearsalStep, reading: Reading): Verdict {
	switch (reading.kind) {
		case 'camera':
			return judgeCamera(reading)
		case 'preset':
			return judgePreset(reading)
		case 'motion':
			return judgeMotion(reading)
		case 'return':
			return judgeReturn(reading)
		case 'tone':
			return judgeTone(reading)
		case 'call':
			return judgeCall(reading)
		case 'picture':
			return judgePicture(reading)
		case 'relay':
			if (reading.refused !== null) return failed('relay-refused', reading.refused)
			if (!reading.listed) return failed('relay-empty')
			return reading.stopped ? passed() : failed('relay-stays')
		case 'recording':
			if (reading.refused !== null) return failed('recording-refused', reading.refused)
			if (reading.broke !== null) return failed('recording-stopped', reading.broke)
			return reading.state === 'ready' && reading.bytes > 0
				? passed(kilobytes(reading.bytes))
				: failed('recording-empty', reading.state)
		case 'disk':
			return judgeDisk(reading)
		case 'certificate':
			return judgeCertificate(reading)
		case 'clock':
			return judgeClock(reading)
		case 'speakerphone':
			return judgePhone(reading)
		case 'backup':
			return judgeBackup(reading)
		default:
			throw new Error(`nothing judges ${step.kind} by ${JSON.stringify(reading satisfies never)}`)
	}
}

function judgeTone({ refused, page, volume, played, quiet, loud, own }: ToneReading): Verdict {
	if (!page) return failed('stage-away')
	if (refused !== null) return failed('microphone-missing', refused)
	const before = quiet.filter((level) => level !== null)
	const during = loud.map((levels) => levels.filter((level) => level !== null))
	// No word of it, or the word that there is none.
	if (before.length === 0 || quiet.at(-1) === null) return failed('microphone-missing')
	if (played.includes('nowhere')) return failed('speaker-missing')
	if (played.includes('elsewhere')) return failed('speaker-elsewhere')
	const floor = median(before)
	const peaks = during.map((levels) => Math.max(0, ...levels))
	const detail = `${decibels(floor)} → ${peaks.map(decibels).join(', ')}`
	// Both tones: a door that shuts during one of them is no loudspeaker.
	if (peaks.length > 0 && peaks.every((peak) => peak - floor >= heardAbove)) return passed(detail)
	if (volume === 0) return failed('volume-zero')
	if (floor >= loudest) return failed('too-noisy', detail)
	// A microphone that is alive hears a room breathe.
	if (floor === 0 && peaks.every((peak) => peak === 0)) return failed('microphone-silent')
	return own ? absent('sound-cancelled', detail) : failed('tone-unheard', detail)
}

function judgeCall({ page, refused, reason, up, sendsSound, arrived }: CallReading): Verdict {
	if (!page) return failed('stage-away')
	if (refused !== null) return failed('call-hub', refused)
	if (!up) {
		switch (reason) {
			case 'ice-failed':
				return failed('call-ice')
			case 'link-refused':
			case 'meeting-closed':
				return failed('call-refused', reason)
			case 'stage-failed':
				return failed('stage-away', reason)
			case 'hub-away':
				return failed('call-hub', reason)
			default:
				return failed('call-media', reason)
		}
	}
	const sound = arrived.find(({ use }) => use === 'microphone')
	if (sendsSound && !(sound && sound.bytes > 0)) return failed('sound-unreceived')
	const bytes = arrived.reduce((sum, one) => sum + one.bytes, 0)
	return passed(kilobytes(bytes))
}

function judgePicture({ arrived }: PictureReading): Verdict {
	if (!arrived) return failed('picture-missing')
	// One picture is a key frame that was asked for, and proves no motion.
	return arrived.bytes > 0 && arrived.frames > 1
		? passed(`${kilobytes(arrived.bytes)}, ${arrived.frames} frames`)
		: failed('picture-frozen', `${kilobytes(arrived.bytes)}, ${arrived.frames} frames`)
}

function judgePhone({ wanted, status, reason, model, lamp, lifted, hungUp }: PhoneReading): Verdict {
	if (!wanted) return absent('phone-none')
	if (status !== 'ready') {
		if (reason === 'no-permission') return failed('phone-permission', model)
		if (reason === 'old-firmware' || reason === 'malformed-descriptor' || reason === 'no-telephony') {
			return failed('phone-unusable', reason)
		}
		// Without one nothing is amiss; one that was there is.
		return model === null && status === 'none' ? absent('phone-none') : failed('phone-gone', model ?? reason)
	}
	if (!lamp) return absent('phone-lampless', model)
	if (lifted !== true) return failed('phone-lamp', model)
	return hungUp === true ? passed(model) : failed('phone-stays', model)
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

const decibels = (level: number) => `${Math.round(level * 60 - 60)} dB`
const kilobytes = (bytes: number) => `${Math.round(bytes / 1_000)} kB`
