import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { MeetingKind } from '../../../appliance/protocol/room-state.ts'

export const deskTabs = ['floor', 'people', 'agenda', 'vote', 'ready', 'minutes', 'relay', 'class'] as const
export type DeskTab = (typeof deskTabs)[number]

/** The text of each, in i18n-desk. */
export const tabNames = {
	floor: 'tabFloor',
	people: 'tabPeople',
	agenda: 'tabAgenda',
	vote: 'tabVote',
	ready: 'tabReady',
	minutes: 'tabMinutes',
	relay: 'tabRelay',
	class: 'tabClass',
} as const satisfies Record<DeskTab, string>

export type DeskSheet =
	| { kind: 'phase' }
	| { kind: 'rules' }
	| { kind: 'help' }
	| { kind: 'person'; id: string }
	/** How ready somebody is. */
	| { kind: 'ready'; id: string }
	/** Who of the roll somebody from the lobby is. */
	| { kind: 'match'; id: string }
	| { kind: 'seat'; id: string }
	| { kind: 'import' }
	| { kind: 'links' }
	| { kind: 'item'; id: string | null }
	/** What trainees in the hall check in with. */
	| { kind: 'hallCode' }
	| { kind: 'cancelVote'; id: string }
	/** Which kind of meeting it becomes. */
	| { kind: 'kind'; to: MeetingKind }
	/** What is answered to a viewer. */
	| { kind: 'answer'; id: string }

/** Where a press was refused, so that the reason stands beside it. */
export interface Refused {
	id: number
	code: ErrorCode
	at: { left: number; top: number; right: number; bottom: number }
}

export interface Undo {
	id: number
	text: string
	run(): void
}

const refusedMs = 7000
const undoMs = 10_000

/** What a desk shows, apart from what the meeting is. */
export class DeskView {
	tab = $state<DeskTab>('floor')
	sheet = $state.raw<DeskSheet | null>(null)
	/** What is searched for, by name or bureau. */
	query = $state('')
	refused = $state.raw<Refused | null>(null)
	undo = $state.raw<Undo | null>(null)
	#last = 0
	#refusedTimer: ReturnType<typeof setTimeout> | undefined
	#undoTimer: ReturnType<typeof setTimeout> | undefined

	go(tab: DeskTab) {
		if (this.tab !== tab) this.query = ''
		this.tab = tab
		this.sheet = null
		this.refused = null
	}

	open(sheet: DeskSheet) {
		this.refused = null
		this.sheet = sheet
	}

	closeSheet() {
		this.sheet = null
	}

	refuse(code: ErrorCode, at: Refused['at']) {
		clearTimeout(this.#refusedTimer)
		this.#last += 1
		this.refused = { id: this.#last, code, at }
		this.#refusedTimer = setTimeout(() => this.forgive(), refusedMs)
	}

	forgive() {
		clearTimeout(this.#refusedTimer)
		this.refused = null
	}

	/** Offers for ten seconds to take something back. */
	offerUndo(text: string, run: () => void) {
		clearTimeout(this.#undoTimer)
		this.#last += 1
		this.undo = { id: this.#last, text, run }
		this.#undoTimer = setTimeout(() => this.dropUndo(), undoMs)
	}

	dropUndo() {
		clearTimeout(this.#undoTimer)
		this.undo = null
	}

	close() {
		clearTimeout(this.#refusedTimer)
		clearTimeout(this.#undoTimer)
	}
}
