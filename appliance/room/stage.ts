import { type KeptBrowser, type KeptPage, type KeptPageOptions, keepPage } from '../browser/kept-page.ts'
import type { StageCommand, StageEvent } from '../protocol/stage.ts'

export type StageBrowser = KeptBrowser
export type Stage = KeptPage<StageCommand>
export type StageOptions = Pick<
	KeptPageOptions<StageEvent>,
	'launch' | 'standBy' | 'url' | 'log' | 'onStatus' | 'onEvent'
>

/** Keeps a Chromium with the stage page running, in a call or not, so that joining is quick. */
export function startStage(options: StageOptions): Stage {
	return keepPage({
		...options,
		name: 'stage',
		grants: ['microphone', 'camera'],
		binding: 'maruStage',
		read: readEvent,
	})
}

const types: ReadonlySet<string> = new Set([
	'ready',
	'beat',
	'sound',
	'level',
	'tone',
	'strip',
	'joined',
	'left',
	'failed',
])

/** The page is ours, from the same build; but it shows the world's media, so its words are looked at. */
function readEvent(text: string): StageEvent | null {
	try {
		const value: unknown = JSON.parse(text)
		if (typeof value !== 'object' || value === null || !('type' in value)) return null
		if (!types.has(String(value.type))) return null
		if (value.type === 'beat' && !('frames' in value && 'decoded' in value && 'expected' in value)) return null
		if (value.type === 'strip' && !('who' in value && 'grantedAt' in value)) return null
		return value as StageEvent
	} catch {
		return null
	}
}
