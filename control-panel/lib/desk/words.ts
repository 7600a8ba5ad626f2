import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type {
	Attendance,
	FloorKind,
	ItemKind,
	ItemStatus,
	Majority,
	Readiness,
	VoteKind,
} from '../../../appliance/protocol/floor.ts'
import type { MeetingPhase } from '../../../appliance/protocol/room-state.ts'
import type { FloorMode } from '../../../appliance/protocol/rules.ts'
import { createTexts, type Language } from '../i18n.svelte.ts'
import { errorTexts } from '../i18n-errors.ts'
import { deskTexts, type Named, namedTexts } from './i18n-desk.ts'

/** Everything the desk says, in the language of now. */
export class DeskWords {
	readonly language: { readonly current: Language }
	readonly t: ReturnType<typeof createTexts<typeof deskTexts.ko>>['t']

	constructor(language: { readonly current: Language }) {
		this.language = language
		this.t = createTexts(language, deskTexts).t
	}

	error(code: ErrorCode): string {
		return errorTexts[this.language.current][code]
	}

	phase = (phase: MeetingPhase) => this.#named('phase')[phase]
	mode = (mode: FloorMode) => this.#named('mode')[mode]
	modeHint = (mode: FloorMode) => this.#named('modeHint')[mode]
	kind = (kind: FloorKind) => this.#named('kind')[kind]
	attendance = (attendance: Attendance) => this.#named('attendance')[attendance]
	vote = (kind: VoteKind) => this.#named('vote')[kind]
	majority = (majority: Majority) => this.#named('majority')[majority]
	item = (kind: ItemKind) => this.#named('item')[kind]
	status = (status: ItemStatus) => this.#named('status')[status]
	ready = (readiness: Readiness) => this.#named('ready')[readiness]

	role(role: string): string {
		return this.#named('role')[role] ?? role
	}

	#named<K extends keyof Named>(key: K): Named[K] {
		return namedTexts[this.language.current][key]
	}
}
