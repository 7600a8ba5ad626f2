import { SvelteMap } from 'svelte/reactivity'

/** What this page looks at, and what it remembers of cameras beyond what the room tells. */
export class CameraChoice {
	/** The camera looked at and driven; null: the first one. */
	camera = $state<string | null>(null)
	/** Counts sessions, so that pictures are asked for anew once there is a right to them. */
	session = $state(0)
	/** The preset where each camera stood last, so that "moved away" can be said. */
	readonly stood = new SvelteMap<string, number>()
	/** How each lens was set from here; a camera that is not in it was not asked. */
	readonly focus = new SvelteMap<string, 'auto' | 'hand'>()

	sessionOpened() {
		this.session += 1
	}
}
