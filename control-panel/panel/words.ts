import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { RoomCommandType } from '../../appliance/protocol/room-commands.ts'
import type { CallReason, CameraView, MeetingKind, MeetingPhase } from '../../appliance/protocol/room-state.ts'
import { createTexts, type LanguageChoice } from '../lib/i18n.svelte.ts'
import { errorTexts } from '../lib/i18n-errors.ts'
import {
	cameraReasonTexts,
	cameraStatusTexts,
	failureTexts,
	houseRoleTexts,
	meetingKindTexts,
	meetingPhaseTexts,
	panelTexts,
	reasonTexts,
	roleTexts,
} from './i18n-panel.ts'

/** Everything the panel says, in the language of now. */
export class Words {
	readonly language: LanguageChoice
	readonly t: ReturnType<typeof createTexts<typeof panelTexts.ko>>['t']

	constructor(language: LanguageChoice) {
		this.language = language
		this.t = createTexts(language, panelTexts).t
	}

	error(code: ErrorCode): string {
		return errorTexts[this.language.current][code]
	}

	failure(command: RoomCommandType): string {
		return failureTexts[this.language.current][command]
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

	/** The state of a camera in a word or two: the reason where something is wrong, else what it does. */
	camera({ status, reason }: CameraView): string {
		if (reason === null) return cameraStatusTexts[this.language.current][status]
		return cameraReasonTexts[this.language.current][reason] ?? reason
	}

	/** Who drives a camera, as the room names sockets: a house role and a number. */
	driver(label: string): string {
		const [role = '', number = ''] = label.split(' ')
		const name = houseRoleTexts[this.language.current][role]
		return name ? `${name} ${number}`.trim() : label
	}

	/** Today, as people say it: 11월 23일 월요일. */
	date(at: number): string {
		const locale = this.language.current === 'ko' ? 'ko' : 'en-GB'
		return new Intl.DateTimeFormat(locale, { month: 'long', day: 'numeric', weekday: 'long' }).format(at)
	}
}
