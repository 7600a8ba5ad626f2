import '../lib/fonts.css'
import '../lib/tokens.css'
import './programme.css'
import type { ProgrammeCommand, ProgrammeEvent } from '../../appliance/protocol/relay.ts'
import { prepareMedia } from '../lib/meeting/device.ts'
import { loadFonts, lookOf } from './drawing.ts'
import { ProgrammeSession } from './session.ts'

declare global {
	interface Window {
		/** The hub's way in: one ProgrammeCommand as JSON. */
		maru?: { command(json: string): void }
		/** The hub's ear, a binding of its browser: one ProgrammeEvent as JSON. Absent when a person opens this page. */
		maruProgramme?: (json: string) => void
	}
}

function tell(event: ProgrammeEvent) {
	window.maruProgramme?.(JSON.stringify(event))
}

const canvas = document.querySelector('canvas')
if (!canvas) throw new Error('a page without its canvas')
const look = lookOf(getComputedStyle(document.documentElement))
await loadFonts(document.fonts, look)
const session = new ProgrammeSession(tell, canvas, look)

window.maru = { command: (json) => session.command(JSON.parse(json) as ProgrammeCommand) }
Object.assign(window, { maruStats: () => session.stats() })
// This script's own name, which carries a hash of its content.
tell({ type: 'ready', build: new URL(import.meta.url).pathname.split('/').pop() ?? '' })
// It may have to take another's place at once.
void prepareMedia()
