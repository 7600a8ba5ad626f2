import { createContext } from 'svelte'
import type { Clock } from '../clock.svelte.ts'
import type { DeskPort } from './port.svelte.ts'
import type { Scene } from './scene.svelte.ts'
import type { DeskView } from './view.svelte.ts'
import type { DeskWords } from './words.ts'

/** panel: a touch screen, nothing scrolls. page: a PC's window. compact: a column beside something else. */
export type DeskMode = 'panel' | 'page' | 'compact'

/** What every part of the desk reads from. */
export interface Desk {
	port: DeskPort
	scene: Scene
	words: DeskWords
	view: DeskView
	clock: Clock
	mode: DeskMode
	/** Shows how others come in by PC, where the page has such a card. */
	invite: (() => void) | null
}

export const [getDesk, setDesk] = createContext<Desk>()
