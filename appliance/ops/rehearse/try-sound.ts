import { setTimeout as sleep } from 'node:timers/promises'
import type { PhoneReading, ToneReading } from './readings.ts'
import { type Trying, within } from './trying.ts'

/** What the speakers play, as the microphone hears it; and whether the speakerphone obeys. */

/** Opening a microphone that nobody used since yesterday. */
const firstMs = 6_000
const quietMs = 1_200
/** Of a tone's last echo. */
const fadeMs = 700
const tones = 2
const lampMs = 4_000

type Played = ToneReading['played'][number]

/** The tone of the sound check, twice, with silence before each. */
export async function tryTone({ room, origin, signal }: Trying): Promise<ToneReading> {
	const { stage, speakerphone, volume } = room.state().state
	const found = { kind: 'tone', volume, own: speakerphone.own } as const
	const nothing = { played: [], quiet: [], loud: [] }
	if (stage.status !== 'ready') return { ...found, ...nothing, page: false, refused: null }
	const heard: (number | null)[] = []
	const stop = room.watchLevels((level) => heard.push(level))
	try {
		const listening = room.rehearsal.listen(true)
		if (!listening.ok) return { ...found, ...nothing, page: true, refused: listening.code }
		await within(firstMs, signal, () => heard.length > 0)
		await sleep(quietMs, undefined, { signal })
		const quiet = [...heard]
		const [played, loud]: [Played[], (number | null)[][]] = [[], []]
		let refused: string | null = null
		for (let i = 0; i < tones && refused === null; i++) {
			const from = heard.length
			const result = await room.dispatch({ type: 'sound.tone' }, origin)
			signal.throwIfAborted()
			if (result.ok) played.push(result.data as Played)
			else if (result.code === 'rejected') played.push('nowhere')
			else refused = result.code
			loud.push(heard.slice(from))
			await sleep(fadeMs, undefined, { signal })
		}
		return { ...found, page: true, refused, played, quiet, loud }
	} finally {
		room.rehearsal.listen(false)
		stop()
	}
}

/** Off the hook and on again, as its lamp shows it. `wanted`: whether this room is to have one. */
export async function tryPhone({ room, origin, signal }: Trying, wanted: boolean): Promise<PhoneReading> {
	const view = () => room.state().state.speakerphone
	const { status, reason, model, capabilities } = view()
	const lamp = capabilities?.lamps.offHook ?? false
	const found = { kind: 'speakerphone', wanted, status, reason, model: model?.name ?? null, lamp } as const
	if (status !== 'ready' || !lamp) return { ...found, lifted: null, hungUp: null }
	const shows = (offHook: boolean) => within(lampMs, signal, () => view().offHook === offHook && !view().unconfirmed)
	try {
		const asked = await room.dispatch({ type: 'sound.key', on: true }, origin)
		const lifted = asked.ok && (await shows(true))
		await room.dispatch({ type: 'sound.key', on: false }, origin)
		return { ...found, lifted, hungUp: await shows(false) }
	} finally {
		await room.dispatch({ type: 'sound.key', on: false }, origin)
	}
}
