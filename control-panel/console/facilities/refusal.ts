import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { FacilitiesWords } from './words.ts'

/** Why a form was not taken, and what the room says of it in English, for those who have to ask. */
export interface Refusal {
	text: string
	detail: string
}

export function refusalOf(words: FacilitiesWords, { code, detail }: { code: ErrorCode; detail: string }): Refusal {
	return { text: code === 'bad-message' ? words.texts.refusedSetup : words.error(code), detail }
}

/** To the first field that is wrong, once it is drawn so. */
export function focusFault({ currentTarget }: SubmitEvent) {
	if (!(currentTarget instanceof HTMLElement)) return
	requestAnimationFrame(() => currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
