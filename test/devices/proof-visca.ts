import type { Faults } from '../../drivers/virtual/visca-camera.ts'
import { type Hardware, startHardware } from './hardware-kinds.ts'
import { type Fault, right, stands, turning, turnsRight } from './proof.ts'

type ViscaHardware = Hardware<Faults>

const viscaIp = () => startHardware('visca-ip', {})

/** A fault that sets in at the moment when somebody turns the camera. */
const onTurning = (name: string, faults: Faults): Fault<ViscaHardware> => ({
	name,
	hardware: viscaIp,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.hold(right)
	},
	well: turnsRight,
})

/** A fault that sets in when the finger leaves. */
const onRelease = (name: string, faults: Faults): Fault<ViscaHardware> => ({
	name,
	hardware: viscaIp,
	before: turning,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.release()
	},
	well: stands,
})

const onJourney = (name: string, faults: Faults): Fault<ViscaHardware> => ({
	name,
	hardware: viscaIp,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.go({ pan: 40 }).catch(() => {})
	},
	well: ({ pan, moving }) => !moving && Math.abs(pan - 40) < 0.5,
})

export const viscaFaults: Fault<ViscaHardware>[] = [
	onTurning('acknowledges drives and stands still', { ignoreDrives: true }),
	{
		...onTurning('ignores the first drive', {}),
		strike(room, camera) {
			camera.faults.ignoreDrives = true
			setTimeout(() => {
				camera.faults.ignoreDrives = false
			}, 300)
			room.hold(right)
		},
	},
	onTurning('turns the other way', { reversed: true }),
	onTurning('acknowledges nothing', { noAck: true }),
	onTurning('has no room for five commands', { bufferFull: 5 }),
	onTurning('hears three requests late', { loseRequests: 3 }),
	onTurning('loses three of its replies', { loseReplies: 3 }),
	onTurning('answers from another address', { wrongAddress: true }),
	onTurning('gives each reply the same number', { fixedSequence: 1 }),
	onTurning('sends noise between its replies', { noise: true }),
	onTurning('no longer knows the protocol', { abnormalMessage: true }),
	{ ...onTurning('falls silent as it is turned', { silent: true }), dead: true },
	{
		name: 'falls silent while it turns',
		hardware: viscaIp,
		before: turning,
		strike(_, camera) {
			camera.faults.silent = true
		},
		well: () => false,
		dead: true,
	},
	{
		name: 'falls silent while nobody turns it',
		hardware: viscaIp,
		strike(_, camera) {
			camera.faults.silent = true
		},
		well: () => false,
		dead: true,
	},
	onRelease('ignores three stops', { ignoreStops: 3 }),
	onRelease('ignores every stop', { ignoreStops: 1_000 }),
	onRelease('does not hear the stop', { loseRequests: 3 }),
	onRelease('does not acknowledge the stop', { noAck: true }),
	onJourney('never says that it has arrived', { noCompletion: true }),
	onJourney('says that it has arrived before it starts', { earlyCompletion: true }),
	onJourney('acknowledges a journey and stays', { ignoreDrives: true }),
]
