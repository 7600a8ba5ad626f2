import type { CallReason, MeetingKind, MeetingPhase } from '../../appliance/protocol/room-state.ts'
import { CameraWords } from '../lib/camera/words.ts'
import { createTexts, type LanguageChoice } from '../lib/i18n.svelte.ts'
import { meetingKindTexts, meetingPhaseTexts, panelTexts, reasonTexts, roleTexts } from './i18n-panel.ts'
import type { PhoneStanding } from './speakerphone.ts'

const phoneWords = {
	ready: 'phoneReady',
	muted: 'phoneMuted',
	waiting: 'phoneWaiting',
	unconfirmed: 'phoneUnconfirmed',
	failed: 'phoneFailed',
	absent: 'phoneAbsent',
	none: 'phoneNone',
} as const

/** Everything the panel says, in the language of now. */
export class Words extends CameraWords {
	readonly t: ReturnType<typeof createTexts<typeof panelTexts.ko>>['t']

	constructor(language: LanguageChoice) {
		super(language)
		this.t = createTexts(language, panelTexts).t
	}

	/** The speakerphone in one word. */
	phone(standing: PhoneStanding): string {
		return this.t(phoneWords[standing])
	}

	callReason(reason: CallReason): { what: string; todo: string } {
		return reasonTexts[this.language.current][reason]
	}

	meetingPhase(phase: MeetingPhase): string {
		return meetingPhaseTexts[this.language.current][phase]
	}

	role(role: string): string {
		return roleTexts[this.language.current][role] ?? role
	}

	meetingKind(kind: MeetingKind): string {
		return meetingKindTexts[this.language.current][kind]
	}

	/** Today, as people say it: 11월 23일 월요일. */
	date(at: number): string {
		const locale = this.language.current === 'ko' ? 'ko' : 'en-GB'
		return new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric', weekday: 'long' }).format(at)
	}
}
