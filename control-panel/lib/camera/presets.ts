import type { PresetView } from '../../../appliance/protocol/room-state.ts'

/** Places for saved views, numbered from 1 as people count. */
const perPage = 9
const mostPages = 11

/** The places of one page (from 0), saved or empty. */
export function grid(presets: readonly PresetView[], page: number): { slot: number; preset: PresetView | null }[] {
	return Array.from({ length: perPage }, (_, index) => {
		const slot = page * perPage + index + 1
		return { slot, preset: presets.find((preset) => preset.slot === slot) ?? null }
	})
}

/** The last page: a page beyond the last saved view only when that page is full. */
export function lastPage(presets: readonly PresetView[]): number {
	const highest = Math.max(0, ...presets.map(({ slot }) => slot))
	const page = Math.max(0, Math.ceil(highest / perPage) - 1)
	const full = grid(presets, page).every(({ preset }) => preset !== null)
	return Math.min(mostPages - 1, full ? page + 1 : page)
}

/** Names to offer: of the seats that this camera looks at, then the common ones; whole rows of four, eight at most. */
export function suggestions(
	seats: readonly { name: string; camera: string | null }[],
	{ id, presets }: { id: string; presets: readonly PresetView[] },
	common: readonly string[],
): string[] {
	const used = new Set(presets.map(({ name }) => name))
	const own = seats.filter(({ camera }) => camera === id).map(({ name }) => name)
	const all = [...new Set([...own.filter((name) => !used.has(name)), ...common])]
	return all.slice(0, all.length < 8 ? 4 : 8)
}
