import { isDeepStrictEqual } from 'node:util'
import { Refusal } from '../protocol/errors.ts'
import type { MeetingRules } from '../protocol/rules.ts'
import { isPrivate, noConsent } from './broadcast.ts'
import { needsConsent } from './consent.ts'
import type { Tick } from './decide.ts'
import { type Draft, happen } from './draft.ts'
import { endAll } from './grants.ts'

/**
 * New rules, as far as they differ. Nobody loses the floor by a change between ruled modes or because fewer may speak from
 * now on; where everybody may speak again nobody has the floor, and those who wait are raised hands.
 */
export function decideRules(draft: Draft, request: Tick & { type: 'rules' }): Refusal | null {
	const { by, floor, lobby, quorum, chat, cameras, waiting, hallCaptions, autoRelay, autoRecord, certificate } = request
	if (!by.runs) return new Refusal('not-allowed', 'this is for those who run the meeting')
	const { rules } = draft.meeting
	const next: MeetingRules = {
		floor: { ...rules.floor, ...floor },
		lobby: lobby === undefined ? rules.lobby : lobby,
		quorum: quorum === undefined ? rules.quorum : quorum,
		chat: { ...rules.chat, ...chat },
		cameras: cameras ?? rules.cameras,
		waiting: waiting === undefined ? rules.waiting : waiting,
		hallCaptions: hallCaptions ?? rules.hallCaptions,
		autoRelay: autoRelay ?? rules.autoRelay,
		autoRecord: autoRecord ?? rules.autoRecord,
		certificate: certificate ?? rules.certificate,
	}
	// Told to whoever makes the rule, rather than by a recording that does not begin.
	if (next.autoRecord && needsConsent(draft.meeting)) return noConsent()
	if (next.autoRelay && needsConsent(draft.meeting)) return isPrivate()
	if (isDeepStrictEqual(next, rules)) return null
	if (next.floor.mode === 'open') endAll(draft, 'mode', by.id)
	happen(draft, { type: 'rules.set', rules: next, by: by.id })
	return null
}
