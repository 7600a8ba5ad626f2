import type { Place } from './onvif-ptz-body.ts'
import { invalid, ns, type Operation, Refusal, required } from './onvif-soap.ts'
import { childOf, escapeXml, type XmlElement } from './onvif-xml.ts'

/** Presets of a virtual ONVIF camera. Their tokens are words: `1` and `1.10` are two, and one of them looks like a date. */

export interface PresetFaults {
	/** So many empty places are in the list as well, as some makers have it. */
	emptyPresets?: number
	/** A token in SetPreset is refused even where that preset is there. */
	refusePresetToken?: boolean
}

const oddTokens = ['1', '1.10', '1.1', '2024-01-01T00:00:00Z', 'a&b <1>', '007']
const most = 300

interface Mover {
	place(): Place
	moving(): boolean
	/** To a place, at the speed that the request names. */
	go(to: Place, request: XmlElement): void
}

export function createPresets(
	faults: PresetFaults,
	{ place, moving, go }: Mover,
): { readonly operations: Readonly<Record<string, Operation>> } {
	const stored = new Map<string, { name: string; place: Place | null }>()

	const known = (token: string) =>
		stored.get(token) ?? (empties().includes(token) ? { name: '', place: null } : undefined)
	const empties = () => Array.from({ length: faults.emptyPresets ?? 0 }, (_, i) => `empty-${i + 1}`)

	function freshToken(): string {
		const odd = oddTokens.find((token) => !stored.has(token))
		if (odd !== undefined) return odd
		let number = oddTokens.length + 1
		while (stored.has(`${number}`)) number += 1
		return `${number}`
	}

	return {
		operations: {
			GetPresets() {
				const listed = [...stored, ...empties().map((token) => [token, { name: '', place: null }] as const)]
				return [...new Map(listed.toReversed())]
					.toReversed()
					.map(
						([token, { name }]) =>
							`<tptz:Preset token="${escapeXml(token)}"><tt:Name>${escapeXml(name)}</tt:Name></tptz:Preset>`,
					)
					.join('')
			},

			SetPreset(request) {
				if (moving())
					throw new Refusal(['Action', 'MovingPTZ'], 'Preset cannot be set while PTZ unit is moving', 'Receiver')
				const given = childOf(request, ns.tptz, 'PresetToken')?.text
				if (given !== undefined && (faults.refusePresetToken || !known(given))) throw invalid('NoToken')
				const name = childOf(request, ns.tptz, 'PresetName')?.text
				const same = [...stored].find(([token, preset]) => preset.name === name && token !== given)
				if (name !== undefined && same) throw invalid('PresetExist')
				if (given === undefined && stored.size >= most)
					throw new Refusal(['Action', 'TooManyPresets'], 'full', 'Receiver')
				const token = given ?? freshToken()
				stored.set(token, { name: name ?? known(token)?.name ?? token, place: place() })
				return `<tptz:PresetToken>${escapeXml(token)}</tptz:PresetToken>`
			},

			GotoPreset(request) {
				const preset = known(required(request, ns.tptz, 'PresetToken'))
				if (!preset) throw invalid('NoToken')
				if (preset.place) go(preset.place, request)
				return ''
			},

			RemovePreset(request) {
				const token = required(request, ns.tptz, 'PresetToken')
				if (!known(token)) throw invalid('NoToken')
				stored.delete(token)
				return ''
			},
		},
	}
}
