import type { RehearsalFault } from '../../protocol/rehearsal-texts.ts'
import { panBetween, standsAt } from '../../room/presets.ts'
import type { PresetReading, Reading } from './readings.ts'
import { absent, failed, passed, skipped, type Verdict } from './verdict.ts'

/** What cameras' own words say of them: codes of devices, and the positions that they tell. */

type Of<K extends Reading['kind']> = Extract<Reading, { kind: K }>

/** Less is play of the encoder, and no movement. */
const noise = { degrees: 0.16, fraction: 0.001 } as const

export function judgeCamera({ status, reason, driver }: Of<'camera'>): Verdict {
	if (driver === 'fixed') return absent('camera-fixed')
	if (status === 'ready' || status === 'moving') return reason === null ? passed() : failed(faultOf(reason), reason)
	return failed(faultOf(reason), reason)
}

export function judgePreset(reading: PresetReading): Verdict {
	const { before, wanted, after, refused, fault, taken } = reading
	if (taken) return skipped('camera-taken')
	if (refused === 'unsupported' || (wanted && after && wanted.unit !== after.unit)) return failed('preset-unit')
	const moved = before !== null && after !== null && !isNear(before, after)
	// What it says of itself tells more than how an order ended.
	if (refused === 'timeout' && moved) return failed('preset-late', fault)
	if (fault !== null) return failed(faultOf(fault), fault)
	if (refused === 'timeout') return failed('camera-still')
	// It came to rest elsewhere than it was sent.
	const astray = refused === 'rejected' && moved && wanted !== null && !standsAt(wanted, after)
	if (astray) return failed('preset-missed', distance(wanted, after))
	if (refused !== null) return failed(faultOf(refused), refused)
	if (wanted === null || after === null) return absent('camera-blind')
	if (!standsAt(wanted, after)) return moved ? failed('preset-missed', distance(wanted, after)) : failed('camera-still')
	// Where it stood there before it was sent a little away first: standing there proves nothing.
	return moved ? passed() : failed('camera-still')
}

export function judgeMotion({ test, refused }: Of<'motion'>): Verdict {
	if (refused === 'busy' || refused === 'leased') return skipped('camera-taken')
	if (!test) return failed(faultOf(refused), refused)
	switch (test.outcome) {
		case 'moved':
			return passed()
		case 'cannot-tell':
			return absent('camera-blind')
		case 'no-motion':
			return failed('camera-still')
		case 'wrong-direction':
			return failed('camera-reversed')
		case 'did-not-return':
			return failed('camera-astray', test.reason)
		case 'failed':
			return failed(faultOf(test.reason), test.reason)
	}
}

export function judgeReturn({ from, end, refused, taken }: Of<'return'>): Verdict {
	if (taken) return skipped('camera-taken')
	if (from === null) return absent('camera-blind')
	if (end !== null && standsAt(from, end)) return passed()
	return failed('camera-astray', end === null ? refused : distance(from, end))
}

/** What a device error code, or a fault of motion, means to whoever stands before the camera. */
function faultOf(code: string | null): RehearsalFault {
	switch (code) {
		case 'unauthorized':
			return 'camera-login'
		case 'untrusted':
			return 'camera-untrusted'
		case 'rejected':
			return 'camera-refuses'
		case 'protocol':
		case 'unsupported':
			return 'camera-unclear'
		case 'no-motion':
			return 'camera-still'
		case 'wrong-direction':
			return 'camera-reversed'
		case 'still-moving-after-stop':
			return 'camera-runs-on'
		default:
			return 'camera-silent'
	}
}

type Place = NonNullable<PresetReading['after']>

function isNear(a: Place, b: Place): boolean {
	const least = noise[a.unit]
	const [pan, tilt, zoom] = [panBetween(a, b), a.tilt - b.tilt, a.zoom - b.zoom].map(Math.abs)
	return (pan ?? 0) <= least && (tilt ?? 0) <= least && (zoom ?? 0) <= 0.005
}

function distance(wanted: Place, end: Place): string {
	const off = Math.hypot(panBetween(wanted, end), end.tilt - wanted.tilt)
	return wanted.unit === 'degrees' ? `${off.toFixed(1)}°` : off.toFixed(3)
}
