import type { Language } from '../lib/i18n.svelte.ts'

/**
 * Somebody in the hall who has the meeting on their own PC as well: they hear the hall and are heard by its microphones,
 * so that this page neither opens a microphone nor plays anything, which would howl. Remembered on this PC; a link that
 * ends in `&companion` chooses it.
 */

const kept = 'maru.inHall'
const option = 'companion'

export class Companion {
	#on = $state(false)
	readonly #storage: Pick<Storage, 'getItem' | 'setItem'>

	constructor(asked: boolean, storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage) {
		this.#storage = storage
		this.#on = asked || storage.getItem(kept) === 'yes'
	}

	get on(): boolean {
		return this.#on
	}

	choose(on: boolean) {
		this.#on = on
		this.#storage.setItem(kept, on ? 'yes' : 'no')
	}
}

/** The link, and what it asks for behind an ampersand, which no token has. */
export function splitLink(fragment: string): { token: string; companion: boolean } {
	const [token = '', ...options] = fragment.split('&')
	return { token, companion: options.includes(option) }
}

export interface CompanionTexts {
	where: string
	elsewhere: string
	inHall: string
	hint: string
	silent: string
	moveTitle: string
	moveHint: string
	move: string
	granted: string
}

export const companionTexts: Record<Language, CompanionTexts> = {
	ko: {
		where: '어디에서 참가하십니까?',
		elsewhere: '다른 곳',
		inHall: '회의실 안',
		hint: '이 PC의 마이크와 소리를 쓰지 않습니다. 발언은 회의실 마이크로 합니다.',
		silent: '소리 없음',
		moveTitle: '회의실 밖으로 옮겼습니까?',
		moveHint: '이 PC로 소리를 듣고, 마이크를 켤 수 있게 됩니다. 회의실 안에서는 소리가 울릴 수 있습니다.',
		move: '이 PC의 소리 쓰기',
		granted: '발언권을 받았습니다. 회의실 마이크로 말씀하세요.',
	},
	en: {
		where: 'Where do you take part?',
		elsewhere: 'Elsewhere',
		inHall: 'In the hall',
		hint: 'This PC’s microphone and sound stay off. You speak by the hall’s microphones.',
		silent: 'No sound',
		moveTitle: 'Have you left the hall?',
		moveHint: 'You will hear the meeting on this PC and can turn its microphone on. Inside the hall that may howl.',
		move: 'Use this PC’s sound',
		granted: 'You have the floor. Speak by the hall’s microphone.',
	},
}
