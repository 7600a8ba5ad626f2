import { DeviceError } from '../device.ts'
import { type Conversation, isRefusal } from './conversation.ts'
import { getPresets, type Preset, readPresets, removePreset, setPreset } from './ptz.ts'

/**
 * Slots with a number in a camera whose presets have names, and tokens that it makes up itself. Ours are found by their
 * names, which stay when a camera renumbers; a slot that we never saved is what the camera calls by that number.
 */
export interface Presets {
	/** The preset of a slot; rejects with 'rejected' where there is none. */
	tokenOf(slot: number): Promise<string>
	/** Where it stands now. */
	save(slot: number): Promise<void>
}

const nameOf = (slot: number) => `Maru ${slot}`

export function createPresets(talk: Conversation, profile: string): Presets {
	/** Asked for each time: others change them, too, and some cameras list hundreds of empty ones. */
	const list = async () => readPresets(await talk.ask(getPresets(profile), { limitMs: 2_000 }))
	const ours = (presets: Preset[], slot: number) => presets.find(({ name }) => name === nameOf(slot))
	const numbered = (presets: Preset[], slot: number) => presets.find(({ token }) => token === String(slot))
	/** Not said twice: the first may have made a preset. */
	const set = (slot: number, token: string | null) =>
		talk.ask(setPreset(profile, nameOf(slot), token), { limitMs: 2_000, again: 'never' })

	return {
		async tokenOf(slot) {
			const presets = await list()
			const preset = ours(presets, slot) ?? numbered(presets, slot)
			if (!preset) throw new DeviceError('rejected', `the camera has no preset for slot ${slot}`)
			return preset.token
		},

		async save(slot) {
			const presets = await list()
			const old = ours(presets, slot)
			try {
				await set(slot, old?.token ?? null)
			} catch (error) {
				if (!isRefusal(error)) throw error
				if (old) {
					// Some take a token for none of the caller's business (use-go/onvif#24): a new one then.
					await talk.ask(removePreset(profile, old.token))
					await set(slot, null)
					return
				}
				// Others have a fixed set of empty ones, which are only filled.
				const empty = numbered(presets, slot)
				if (!empty) throw error
				await set(slot, empty.token)
			}
		},
	}
}
