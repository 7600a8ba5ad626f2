import { createContext } from 'svelte'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { Cameras } from '../lib/camera/context.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import type { PanelDesk } from './desk.svelte.ts'
import type { View } from './view.svelte.ts'
import type { Words } from './words.ts'

/** What every part of the panel reads from. */
export interface Panel extends Cameras {
	/** The token that this panel was opened with. */
	bearer: string | null
	desk: PanelDesk
	words: Words
	view: View
	theme: ThemeChoice
	/** This page is no panel any more: it shows a code. */
	leave(code: ErrorCode): void
}

export const [getPanel, setPanel] = createContext<Panel>()
