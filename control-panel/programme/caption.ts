import type { VoteView } from '../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../appliance/protocol/messages.ts'
import { clockTime } from '../lib/i18n.svelte.ts'
import type { ProgrammeTexts } from './i18n-programme.ts'
import type { Scene } from './scene.ts'

/** What is written in the frame beside the names. */
export interface Caption {
	mark: string
	clock: string
	meeting: string
	item: { title: string; bureau: string } | null
	vote: VoteView | null
	slate: SlateWords | null
}

export interface SlateWords {
	/** The meeting's title, above. */
	title: string
	/** Large. */
	head: string
	/** Below. */
	line: string
}

/** As long as it takes to read what came out of a vote. */
const resultMs = 20_000

/** `now`: the hub's clock. */
export function captionOf(
	{ slate }: Pick<Scene, 'slate'>,
	{ core, item, mark, now }: { core: MeetingCore | null; item: Caption['item']; mark: string; now: number },
	texts: ProgrammeTexts,
): Caption {
	const title = core?.meeting.title ?? ''
	return {
		mark,
		clock: clockTime(now),
		meeting: title,
		item: item && { title: item.title, bureau: item.bureau },
		vote: voteNow(core?.vote ?? null, now),
		slate: slate && { title, ...slateWords(slate, core?.meeting.startsAt ?? null, item?.title ?? '', texts) },
	}
}

/** One that is open, or has just been counted. */
function voteNow(vote: VoteView | null, now: number): VoteView | null {
	if (vote?.phase === 'open') return vote
	return vote?.phase === 'closed' && now - (vote.closedAt ?? 0) < resultMs ? vote : null
}

function slateWords(
	{ kind, since }: NonNullable<Scene['slate']>,
	startsAt: number | null,
	item: string,
	texts: ProgrammeTexts,
): { head: string; line: string } {
	const { head, line } = texts.slates[kind]
	if (kind === 'title') return { head, line: item }
	if (kind === 'planned' && startsAt !== null) return { head, line: texts.opensAt(clockTime(startsAt)) }
	if (kind === 'suspended' && since !== null) return { head, line: `${texts.since(clockTime(since))} · ${line}` }
	return { head, line }
}
