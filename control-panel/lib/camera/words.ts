import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { RoomCommandType } from '../../../appliance/protocol/room-commands.ts'
import type { CameraView } from '../../../appliance/protocol/room-state.ts'
import { createTexts, type LanguageChoice } from '../i18n.svelte.ts'
import { errorTexts } from '../i18n-errors.ts'
import {
	cameraReasonTexts,
	cameraStatusTexts,
	cameraTexts,
	failureTexts,
	houseRoleTexts,
	remedyTexts,
	streamTexts,
} from './i18n-camera.ts'
import { type Standing, usable } from './standing.ts'

/** What is said around a camera, in the language of now. */
export class CameraWords {
	readonly language: LanguageChoice
	readonly say: ReturnType<typeof createTexts<typeof cameraTexts.ko>>['t']

	constructor(language: LanguageChoice) {
		this.language = language
		this.say = createTexts(language, cameraTexts).t
	}

	error(code: ErrorCode): string {
		return errorTexts[this.language.current][code]
	}

	/** What came of something that was asked of a camera: there it is the camera that refuses a user, not the room. */
	cameraError(code: ErrorCode): string {
		return code === 'unauthorized' ? this.say('loginRefused') : this.error(code)
	}

	failure(command: RoomCommandType): string {
		return failureTexts[this.language.current][command]
	}

	/** Why, in a word or two. */
	reason(code: string): string {
		return cameraReasonTexts[this.language.current][code] ?? code
	}

	/** What to do about it; null: nothing that we know of. */
	remedy(code: string | null): string | null {
		return code === null ? null : (remedyTexts[this.language.current][code] ?? null)
	}

	/** The state of a camera in a word or two: the reason where something is wrong, else what it does. */
	camera(camera: CameraView): string {
		if (camera.reason !== null) return this.reason(camera.reason)
		return camera.blind && usable(camera) ? this.say('blind') : cameraStatusTexts[this.language.current][camera.status]
	}

	/** What became of the last thing that was asked. */
	standing({ kind, reason }: Standing, camera: CameraView): string {
		if (kind === 'out') return this.camera(camera)
		if (kind !== 'failed') return this.say(kind)
		return reason === null ? this.say('failed') : this.say('failedWhy', this.reason(reason))
	}

	/** What is wrong with the pictures of a camera and what was done about it; null: nothing. */
	stream({ stream }: CameraView): { brief: string; what: string; remedy: string } | null {
		if (stream === null) return null
		const { faults, remedies, brief } = streamTexts[this.language.current]
		const remedy = stream.remedy === 'none' ? faults[stream.fault].todo : remedies[stream.remedy]
		return { brief: brief[stream.fault], what: faults[stream.fault].what, remedy }
	}

	/** Who drives a camera, as the room names hands: a house role and a number, or 'far' and somebody's name. */
	driver(label: string): string {
		if (label.startsWith('far ')) return this.say('fromAfar', label.slice(4))
		const [role = '', number = ''] = label.split(' ')
		const name = houseRoleTexts[this.language.current][role]
		return name ? `${name} ${number}`.trim() : label
	}
}
