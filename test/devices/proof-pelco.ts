import type { DomeFaults } from '../../drivers/virtual/pelco-dome.ts'
import { startHardware } from './hardware-kinds.ts'
import type { PelcoHardware } from './hardware-pelco.ts'
import { type Fault, right, stands, turning, turnsRight } from './proof.ts'

const dome = () => startHardware('pelco-d', {})

/** A fault that sets in at the moment when somebody turns the dome. */
const onTurning = (name: string, faults: DomeFaults): Fault<PelcoHardware> => ({
	name: `hangs on a line at 2400 baud and ${name}`,
	hardware: dome,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.hold(right)
	},
	well: turnsRight,
})

/** A fault that sets in while it turns; then the finger leaves, or stays. */
const inTheMidst = (name: string, faults: DomeFaults, release = true): Fault<PelcoHardware> => ({
	name: `hangs on a line at 2400 baud and ${name}`,
	hardware: dome,
	before: turning,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		if (release) room.release()
	},
	well: stands,
})

const dead = { well: () => false, dead: true } as const

export const pelcoFaults: Fault<PelcoHardware>[] = [
	onTurning('stands still', { ignoreDrives: true }),
	onTurning('turns the other way', { reversed: true }),
	onTurning('does not hear three words', { loseFrames: 3 }),
	onTurning('sends noise and three wrong checksums', { noise: true, wrongChecksums: 3 }),
	onTurning('ends each movement by itself', { runsForMs: 700 }),
	{ ...onTurning('answers as another dome', { wrongAddress: true }), ...dead },
	{ ...onTurning('falls silent as it is turned', { silent: true }), ...dead },
	{ ...inTheMidst('falls silent while it turns', { silent: true }, false), ...dead },
	inTheMidst('ignores three stops', { ignoreStops: 3 }),
	inTheMidst('ignores every stop', { ignoreStops: 1_000 }),
	inTheMidst('does not hear the stop', { loseFrames: 3 }),
	inTheMidst('starts anew in the midst of a movement', { rebootMs: 1_500 }),
	{
		name: 'hangs on a line at 2400 baud and does not go where it is sent',
		hardware: dome,
		strike(room, camera) {
			camera.faults.ignoreDrives = true
			room.go({ pan: 40 }).catch(() => {})
		},
		well: ({ pan, moving }) => !moving && Math.abs(pan - 40) < 0.5,
	},
]
