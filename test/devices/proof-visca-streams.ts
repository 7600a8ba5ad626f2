import type { TcpFaults } from '../../drivers/virtual/visca-tcp-camera.ts'
import type { Faults } from '../../drivers/virtual/visca-unit.ts'
import { type Hardware, startHardware } from './hardware-kinds.ts'
import type { SerialHardware } from './hardware-visca.ts'
import { type Fault, right, stands, turning, turnsRight } from './proof.ts'

/** What can be wrong with a VISCA camera over TCP, and on a serial line that it shares with another. */

type TcpHardware = Hardware<TcpFaults>

const tcp = () => startHardware('visca-tcp', {})
const serial = () => startHardware('visca-serial', {})

const overTcp = (name: string, faults: TcpFaults): Fault<TcpHardware> => ({
	name: `hangs on TCP and ${name}`,
	hardware: tcp,
	strike(room, camera) {
		Object.assign(camera.faults, faults)
		room.hold(right)
	},
	well: turnsRight,
})

const onLine = (name: string, strike: (camera: SerialHardware) => unknown): Fault<SerialHardware> => ({
	name: `hangs on a serial line and ${name}`,
	hardware: serial,
	async strike(room, camera) {
		await strike(camera)
		room.hold(right)
	},
	well: turnsRight,
})

/** While it turns; the finger stays. */
const inTheMidst = (name: string, strike: (camera: SerialHardware) => unknown): Fault<SerialHardware> => ({
	...onLine(name, strike),
	before: turning,
	strike: (_, camera) => strike(camera),
})

const set = (faults: Faults) => (camera: SerialHardware) => Object.assign(camera.faults, faults)
const dead = { well: () => false, dead: true } as const
const awayMs = 1_200

export const viscaTcpFaults: Fault<TcpHardware>[] = [
	overTcp('its connection is dead without a word', { halfOpen: true }),
	{
		...overTcp('its connection dies without a word while it turns', {}),
		before: turning,
		strike(_, camera) {
			camera.faults.halfOpen = true
		},
	},
	overTcp('loses its power in the midst of the movement', { rebootMidMove: 800 }),
	overTcp('sends its replies in halves', { segments: 'halves' }),
	overTcp('sends several replies at a time', { segments: 'together' }),
	overTcp('says that the network has changed', { networkChange: 3 }),
	overTcp('acknowledges half a second late', { lateAckMs: 500 }),
	{ ...overTcp('falls silent as it is turned', { silent: true }), ...dead },
]

export const viscaSerialFaults: Fault<SerialHardware>[] = [
	onLine('hears every reply behind garbage', ({ line }) => Object.assign(line.chain.faults, { garbage: 6 })),
	onLine('loses half of six replies', ({ line }) => Object.assign(line.chain.faults, { halfFrames: 6 })),
	onLine('hears us twice', ({ line }) => Object.assign(line.chain.faults, { echo: true })),
	onLine('has a neighbour that floods the line', ({ line }) => Object.assign(line.chain.faults, { flood: true })),
	onLine('acknowledges half a second late', set({ lateAckMs: 500 })),
	inTheMidst('says that the network has changed', set({ networkChange: 1 })),
	inTheMidst('loses its power', set({ rebootMidMove: 800 })),
	inTheMidst('its neighbour loses its power', ({ line }) => line.chain.cameras[1]?.powerCut(300)),
	{
		name: 'hangs on a serial line that is pulled out while it turns and put in again',
		hardware: serial,
		before: turning,
		async strike(room, { line }) {
			room.release()
			await line.unplug()
			setTimeout(line.replug, awayMs)
		},
		well: stands,
	},
	{ ...inTheMidst('the line is pulled out', ({ line }) => line.unplug()), ...dead },
	{ ...inTheMidst('is not heard any more', ({ line }) => Object.assign(line.chain.faults, { mute: true })), ...dead },
	{ ...onLine('answers as its neighbour', set({ wrongAddress: true })), ...dead },
	{
		name: 'hangs on a serial line and says two seconds late that it has arrived',
		hardware: serial,
		strike(room, camera) {
			camera.faults.lateCompletionMs = 2_000
			room.go({ pan: 40 }).catch(() => {})
		},
		well: ({ pan, moving }) => !moving && Math.abs(pan - 40) < 0.5,
	},
]
