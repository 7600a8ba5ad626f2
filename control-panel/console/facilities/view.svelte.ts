import type { Found } from '../../../appliance/protocol/facilities.ts'
import { CameraChoice } from '../../lib/camera/choice.svelte.ts'
import { emptyDraft, type SetupDraft } from './setup-draft.ts'

export const tabs = ['drive', 'health', 'setup'] as const
export type Tab = (typeof tabs)[number]

/** What this page shows. Leaving a form with changes asks first. */
export class FacilitiesView extends CameraChoice {
	page = $state<'camera' | 'find' | 'add' | 'seats' | 'panels' | 'support'>('camera')
	tab = $state<Tab>('drive')
	/** On a narrow screen: the list, or what was chosen from it. */
	opened = $state(false)
	/** What the form for a new camera begins with. */
	draft = $state.raw<SetupDraft>(emptyDraft())
	/** Serial lines that the last search has found, to choose from. */
	lines = $state.raw<Found['lines']>([])
	/** A form holds what nobody has saved. */
	dirty = $state(false)
	/** Where to go once it is decided what becomes of the changes. */
	leaving = $state.raw<(() => void) | null>(null)

	showCamera(id: string, tab: Tab = this.tab) {
		this.#go(() => {
			this.camera = id
			this.page = 'camera'
			this.tab = tab
		})
	}

	showTab(tab: Tab) {
		if (tab !== this.tab) this.#go(() => (this.tab = tab))
	}

	showPage(page: 'find' | 'seats' | 'panels' | 'support') {
		this.#go(() => (this.page = page))
	}

	add(draft: SetupDraft = emptyDraft()) {
		this.#go(() => {
			this.draft = draft
			this.page = 'add'
		})
	}

	/** To the list, on a narrow screen. */
	back() {
		this.#go(() => (this.opened = false), false)
	}

	/** The changes are given up. */
	leave() {
		const go = this.leaving
		this.leaving = null
		this.dirty = false
		go?.()
	}

	stay() {
		this.leaving = null
	}

	#go(go: () => void, opens = true) {
		const whole = () => {
			if (opens) this.opened = true
			go()
		}
		if (this.dirty) this.leaving = whole
		else whole()
	}
}
