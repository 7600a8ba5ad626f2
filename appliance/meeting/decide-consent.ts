import { Refusal } from '../protocol/errors.ts'
import { isAgreed, needsConsent, partiesOf } from './consent.ts'
import { draftOf, happen } from './draft.ts'
import type { Happening, Meeting } from './meeting.ts'
import type { ConsentRequest } from './requests.ts'
import { system } from './who.ts'

/** What is asked, given, refused and taken back before and while a counselling session is recorded. */
export function decideConsent(meeting: Meeting, request: ConsentRequest, now: number): Happening[] | Refusal {
	if (!needsConsent(meeting)) return new Refusal('unsupported', 'a meeting of this kind is recorded without asking')
	if (meeting.phase === 'planned') return new Refusal('meeting-not-open', 'the meeting has not been opened yet')
	const { consent, recording } = meeting.broadcast
	const { by } = request
	const party = partiesOf(meeting).includes(by.id)
	if (request.type === 'consent.ask') {
		if (!by.runs) return new Refusal('not-allowed', 'this is for those who run the meeting')
		if (recording || (consent && consent.ended === null)) return []
		const asked = { type: 'consent.asked', keepDays: request.keepDays, by: by.id } as const
		// Whoever asks has agreed; a desk of the house is nobody in the meeting.
		return party ? [asked, { type: 'consent.given', person: by.id }] : [asked]
	}
	if (!party) return new Refusal('not-joined', 'who is not in the meeting agrees to nothing')
	if (!consent || consent.ended !== null) return new Refusal('no-consent', 'nobody asks for a recording')
	if (request.type === 'consent.withdraw') {
		return [{ type: consent.agreed.includes(by.id) ? 'consent.withdrawn' : 'consent.refused', person: by.id }]
	}
	if (consent.agreed.includes(by.id)) return []
	const given: Happening = { type: 'consent.given', person: by.id }
	const draft = draftOf(meeting, now)
	happen(draft, given)
	// The last one's word begins what was asked for.
	if (recording || !isAgreed(draft.meeting)) return [given]
	return [given, { type: 'recording.started', recording: request.recording, by: consent.by }]
}

/**
 * What has been decided, and before it the end of a recording that would go on without somebody's word: there is no moment
 * in between.
 */
export function withConsent(before: Meeting, happenings: Happening[], now: number): Happening[] {
	const { recording } = before.broadcast
	if (recording === null || !needsConsent(before)) return happenings
	const draft = draftOf(before, now)
	for (const happening of happenings) happen(draft, happening)
	if (draft.meeting.broadcast.recording === null || isAgreed(draft.meeting)) return happenings
	const withdrawn = happenings.find(({ type }) => type === 'consent.withdrawn')
	const cause = withdrawn ? 'consent-withdrawn' : 'consent-missing'
	return [{ type: 'recording.stopped', recording: recording.id, cause, by: system }, ...happenings]
}
