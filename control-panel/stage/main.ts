import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import './stage.css'
import { mount } from 'svelte'
import type { StageCommand, StageEvent } from '../../appliance/protocol/stage.ts'
import { prepareMedia } from '../lib/meeting/device.ts'
import { PageLanguage } from '../lib/meeting/language.svelte.ts'
import { countFrames } from './frames.ts'
import StagePage from './StagePage.svelte'
import { StageSession } from './session.svelte.ts'

declare global {
	interface Window {
		/** The room's way in: one StageCommand as JSON. */
		maru?: { command(json: string): void }
		/** The room's ear, a binding of its browser: one StageEvent as JSON. Absent when a person opens this page. */
		maruStage?: (json: string) => void
	}
}

function tell(event: StageEvent) {
	window.maruStage?.(JSON.stringify(event))
}

const language = new PageLanguage()
const session = new StageSession(tell, language, countFrames())
const target = document.getElementById('page')
if (target) mount(StagePage, { target, props: { session, language } })

window.maru = { command: (json) => session.command(JSON.parse(json) as StageCommand) }
Object.assign(window, { maruStats: () => session.stats() })
// This script's own name, which carries a hash of its content.
tell({ type: 'ready', build: new URL(import.meta.url).pathname.split('/').pop() ?? '' })
// It may have to take another's place at once.
void prepareMedia()
