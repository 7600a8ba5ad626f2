import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import { CameraChoice } from '../lib/camera/choice.svelte.ts'
import { type DeskTab, DeskView } from '../lib/desk/view.svelte.ts'

export type Sheet =
	| { kind: 'settings' }
	/** What IT owns, behind the PIN. */
	| { kind: 'admin' }
	| { kind: 'link' }
	| { kind: 'people' }
	| { kind: 'pc' }
	/** `asked`: by whom; at the device it was hung up, and a closed sheet is an answer too. */
	| { kind: 'leave'; asked?: 'device' }
	| { kind: 'sound' }
	| { kind: 'speakerphone' }
	/** What the last rehearsal found. */
	| { kind: 'rehearsal' }
	| { kind: 'end' }
	/** A meeting, a class or counselling. */
	| { kind: 'kind' }
	| { kind: 'save'; camera: string; slot: number }

/** What this panel shows, apart from what the room is. */
export class View extends CameraChoice {
	page = $state<'main' | 'camera' | 'status' | 'desk' | 'counsel'>('main')
	/** Which screen of the desk. */
	readonly desk = new DeskView()
	sheet = $state.raw<Sheet | null>(null)
	/** How this panel last asked to join, so that it can be tried again. */
	lastJoin: RoomCommand | null = null

	/** Opens the page, or goes back to the main one when it is open. */
	toggle(page: 'camera' | 'status' | 'counsel') {
		this.sheet = null
		this.page = this.page === page ? 'main' : page
	}

	/** A screen of the desk, or back to the meeting from it. */
	toggleDesk(tab: DeskTab) {
		const shown = this.page === 'desk' && this.desk.tab === tab
		this.sheet = null
		this.desk.go(tab)
		this.page = shown ? 'main' : 'desk'
	}

	open(sheet: Sheet) {
		this.sheet = sheet
	}

	closeSheet() {
		this.sheet = null
	}
}
