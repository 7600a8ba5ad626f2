/** What somebody shows without a word: applause, consent, thanks, laughter. */
export const reactionKinds = ['clap', 'agree', 'thanks', 'laugh'] as const
export type ReactionKind = (typeof reactionKinds)[number]

export interface Reaction {
	person: string
	kind: ReactionKind
}
