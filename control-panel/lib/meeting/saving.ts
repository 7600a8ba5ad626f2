/** What a weak line or a weak PC is spared. `data`: one picture, in its smallest size; `sound`: no pictures at all. */
export const savings = ['off', 'data', 'sound'] as const
export type Saving = (typeof savings)[number]

/** Lines of the smallest layer that browsers send. */
const smallest = 180

/** A tile that is in sight, with its height in device pixels. `large`: one of the pictures that the page is about. */
export interface Sight {
	source: string
	height: number
	large: boolean
}

/** Those to ask the hub for. */
export function spared(sights: readonly Sight[], saving: Saving): readonly Sight[] {
	switch (saving) {
		case 'off':
			return sights
		case 'data': {
			const [largest] = sights.filter(({ large }) => large).sort((a, b) => b.height - a.height)
			return largest ? [{ ...largest, height: Math.min(smallest, largest.height) }] : []
		}
		case 'sound':
			return []
	}
}
