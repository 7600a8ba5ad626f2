import { createContext } from 'svelte'
import type { Clock } from '../lib/clock.svelte.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import type { PanelDesk } from './desk.svelte.ts'
import type { Notices } from './notices.svelte.ts'
import type { RoomClient } from './room-client.svelte.ts'
import type { View } from './view.svelte.ts'
import type { Words } from './words.ts'

/** What every part of the panel reads from. */
export interface Panel {
	room: RoomClient
	desk: PanelDesk
	words: Words
	notices: Notices
	view: View
	theme: ThemeChoice
	clock: Clock
}

export const [getPanel, setPanel] = createContext<Panel>()
