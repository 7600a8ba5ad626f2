import type { ReactionKind } from '../../appliance/protocol/reactions.ts'
import type { Language } from './i18n.svelte.ts'

/** Words of what people show without a word. Korean is the original. */
export interface ReactionTexts {
	reactions: string
	kinds: Record<ReactionKind, string>
	/** As read out. */
	some: (kind: string, count: number) => string
}

export const reactionTexts: Record<Language, ReactionTexts> = {
	ko: {
		reactions: '반응',
		kinds: { clap: '박수', agree: '찬성', thanks: '감사', laugh: '웃음' },
		some: (kind, count) => `${kind} ${count}명`,
	},
	en: {
		reactions: 'React',
		kinds: { clap: 'Applause', agree: 'Agree', thanks: 'Thanks', laugh: 'Laugh' },
		some: (kind, count) => `${kind}: ${count}`,
	},
}
