import { setTimeout as sleep } from 'node:timers/promises'
import type { Position } from '../../../drivers/camera.ts'
import { standsAt } from '../../room/presets.ts'
import type { PresetReading, Reading } from './readings.ts'
import { codeOf, type Trying, within } from './trying.ts'

/** One camera: whether it answers, gets to its views, and back. Every position is the camera's own word, asked for. */

type Of<K extends Reading['kind']> = Extract<Reading, { kind: K }>

const asideMs = 350
const asideSpeed = 0.4
/** A head has come to rest by then. */
const restMs = 600
/** A camera that refused is known for silent or dead so much later: proof of motion takes a second. */
const proofMs = 1_500
/** What proof of motion says of a camera that is ready. */
const motionFaults: ReadonlySet<string> = new Set([
	'no-motion',
	'wrong-direction',
	'still-moving-after-stop',
	'no-answer',
])

export interface CameraTrial {
	answers(): Promise<Of<'camera'>>
	preset(slot: number): Promise<PresetReading>
	motion(): Promise<Of<'motion'>>
	/** To where it stood when it was asked first. */
	back(): Promise<Of<'return'>>
	/** Stops it, where it is being driven. */
	halt(): void
}

export function cameraTrial(camera: string, { room, origin, signal, log }: Trying): CameraTrial {
	let from: Position | null = null
	let driving = false

	const view = () => room.state().state.cameras.find(({ id }) => id === camera)
	const where = () => room.position(camera).catch(() => null)
	const isTaken = (refused: string | null) => {
		const lease = view()?.lease ?? null
		return refused === 'leased' || (lease !== null && lease.owner !== origin.id)
	}

	/** Drives it; the code of its refusal, or null. Whoever ends the rehearsal meanwhile has it stopped. */
	async function drive(order: () => ReturnType<typeof room.dispatch>): Promise<string | null> {
		signal.throwIfAborted()
		driving = true
		try {
			const result = await order()
			return result.ok ? null : result.code
		} finally {
			driving = false
			signal.throwIfAborted()
		}
	}

	/** From where it stands already nothing is proved by standing there. */
	async function stepAside({ pan }: Position): Promise<void> {
		const velocity = { pan: pan > 0 ? -asideSpeed : asideSpeed, tilt: 0, zoom: 0 }
		await drive(() => room.dispatch({ type: 'camera.move', camera, ...velocity }, origin))
		await sleep(asideMs, undefined, { signal })
		await drive(() => room.dispatch({ type: 'camera.stop', camera }, origin))
		await sleep(restMs, undefined, { signal })
	}

	return {
		async answers() {
			const { status = 'off', reason = null, driver = '' } = view() ?? {}
			if (status === 'ready' || status === 'moving') from = await where()
			return { kind: 'camera', status, reason, driver }
		},
		async preset(slot) {
			const saved = room.presetFile(camera).presets.find((preset) => preset.slot === slot)?.position ?? null
			const wanted = saved && { ...saved, at: 0 }
			let before = await where()
			if (wanted && before && standsAt(wanted, before)) {
				await stepAside(before)
				before = await where()
			}
			const refused = await drive(() => room.dispatch({ type: 'preset.recall', camera, slot }, origin))
			if (refused !== null && refused !== 'leased') await within(proofMs, signal, () => view()?.reason !== null)
			const after = await where()
			const reason = view()?.reason ?? null
			const fault = refused !== null || (reason !== null && motionFaults.has(reason)) ? reason : null
			return { kind: 'preset', before, wanted, after, refused, fault, taken: isTaken(refused) }
		},
		async motion() {
			driving = true
			try {
				return { kind: 'motion', test: await room.testCamera(camera, origin), refused: null }
			} catch (error) {
				signal.throwIfAborted()
				log.debug({ camera, err: error }, 'a camera could not be tested')
				return { kind: 'motion', test: null, refused: codeOf(error) }
			} finally {
				driving = false
			}
		},
		async back() {
			const home = from
			if (home === null) return { kind: 'return', from: null, end: null, refused: null, taken: isTaken(null) }
			const refused = await drive(() => room.rehearsal.aim(camera, home, origin))
			return { kind: 'return', from: home, end: await where(), refused, taken: isTaken(refused) }
		},
		halt() {
			if (driving) void room.dispatch({ type: 'camera.stop', camera }, origin)
		},
	}
}
