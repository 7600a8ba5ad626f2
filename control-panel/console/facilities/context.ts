import { createContext } from 'svelte'
import type { Cameras } from '../../lib/camera/context.ts'
import type { Api } from './api.ts'
import type { Outcome } from './outcome.ts'
import type { Setups } from './setups.svelte.ts'
import type { FacilitiesView } from './view.svelte.ts'
import type { FacilitiesWords } from './words.ts'

/** What every part of the facilities page reads from. */
export interface Facilities extends Cameras {
	words: FacilitiesWords
	view: FacilitiesView
	api: Api
	setups: Setups
	outcome: Outcome
}

export const [getFacilities, setFacilities] = createContext<Facilities>()
