import type { OnvifFaults } from '../../drivers/virtual/onvif-camera.ts'
import { type Hardware, startHardware } from './hardware-kinds.ts'
import { type Fault, right, stands, turning, turnsRight } from './proof.ts'

type OnvifHardware = Hardware<OnvifFaults>

const onvif = () => startHardware('onvif', {})
const byToken = () => startHardware('onvif', { auth: 'ws' })

/** A fault that sets in at the moment when somebody turns the camera. */
const onTurning = (name: string, faults: OnvifFaults): Fault<OnvifHardware> => ({
	name: `over ONVIF ${name}`,
	hardware: onvif,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.hold(right)
	},
	well: turnsRight,
})

/** A fault that sets in while it turns under somebody's hand. */
const inTurning = (name: string, faults: OnvifFaults): Fault<OnvifHardware> => ({
	...onTurning(name, faults),
	before: turning,
})

/** A fault that sets in when the finger leaves. The camera does not stop by itself. */
const onRelease = (name: string, faults: OnvifFaults): Fault<OnvifHardware> => ({
	name: `over ONVIF ${name}`,
	hardware: onvif,
	before: turning,
	strike(room, camera) {
		Object.assign(camera.faults, { ignoreTimeout: true, ...faults })
		room.release()
	},
	well: stands,
})

const onJourney = (name: string, faults: OnvifFaults): Fault<OnvifHardware> => ({
	name: `over ONVIF ${name}`,
	hardware: onvif,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.go({ pan: 40 }).catch(() => {})
	},
	well: ({ pan, moving }) => !moving && Math.abs(pan - 40) < 0.5,
})

/** It answers nothing that could be read from then on. */
const dead = (fault: Fault<OnvifHardware>): Fault<OnvifHardware> => ({ ...fault, well: () => false, dead: true })

export const onvifFaults: Fault<OnvifHardware>[] = [
	onTurning('acknowledges drives and stands still', { ignoreDrives: true }),
	onTurning('turns the other way', { reversedPan: true }),
	onTurning('refuses a timeout', { rejectTimeout: true }),
	{
		...onTurning('does as it is told and answers no movement', { only: ['ContinuousMove'], blackHole: true }),
		// By digest it would have to ask for another nonce now and then, and could not.
		hardware: byToken,
	},
	onTurning('answers movements with a page in HTML, and moves', { only: ['ContinuousMove'], htmlError: true }),
	onTurning('refuses every movement', { only: ['ContinuousMove'], faultInsteadOf200: true }),
	onTurning('closes the connection after each answer', { noKeepAlive: true }),
	{
		...onTurning('had its clock set', { clockOffsetMs: 432_000_000 }),
		hardware: byToken,
	},
	onTurning('says for ever that it moves', { moveStatusNeverIdle: true }),
	inTurning('starts anew as it turns', { rebootMidMove: { downMs: 1_000 } }),
	inTurning('no longer tells where it is', { noStatus: true }),
	inTurning('becomes too slow to tell where it is', { slowStatusMs: 3_000 }),
	dead(inTurning('falls silent while it turns', { silent: true })),
	dead(inTurning('answers a byte a second', { trickle: true })),
	dead(inTurning('answers with pages in HTML', { htmlError: true })),
	dead(inTurning('no longer accepts the password', { lockAfter: 0 })),
	dead({
		...onTurning('falls silent while nobody turns it', {}),
		strike(_, camera) {
			camera.faults.silent = true
		},
	}),
	onRelease('ignores three stops', { ignoreStops: 3 }),
	onRelease('ignores every stop', { ignoreStops: 1_000 }),
	onRelease('obeys nothing but a velocity of zero', { stopOnlyByZeroVelocity: true }),
	onRelease('obeys only a stop of what moves', { stopMustMatch: true }),
	onRelease('obeys its stop and does not answer it', { only: ['Stop'], blackHole: true }),
	onRelease('knows no stop', { only: ['Stop'], faultInsteadOf200: true }),
	onJourney('acknowledges a journey and stays', { ignoreDrives: true }),
	onJourney('goes on a journey and does not answer', { only: ['AbsoluteMove'], blackHole: true }),
]
