import type { Broadcast, Consent } from '../protocol/relay.ts'
import type { ConsentEvent, Meeting } from './meeting.ts'
import { isIn } from './people.ts'

/**
 * Consent to a recording of a counselling session (민원 상담). Pure. What is said there belongs to those who say it: one of
 * them asks, each of the others answers for themselves, and it is recorded only while all who are there have agreed. A room
 * agrees to nothing, whoever sits before it; the programme is nobody in the meeting.
 */

/** Also what was planned as a session and goes by other rules now: nobody gets round their word by changing the kind. */
export function needsConsent({ kind, sealedAs }: Pick<Meeting, 'kind' | 'sealedAs'>): boolean {
	return kind === 'counsel' || sealedAs === 'counsel'
}

/** Everybody who is asked. Who only listens is among them: their role may have been another a moment ago. */
export function partiesOf(meeting: Meeting): string[] {
	return [...meeting.members.values()].flatMap(({ id, role }) => (role !== 'room' && isIn(meeting, id) ? [id] : []))
}

/** Whether all who are there have agreed. One person alone is no two sides. */
export function isAgreed(meeting: Meeting): boolean {
	const { consent } = meeting.broadcast
	if (consent === null || consent.ended !== null) return false
	const parties = partiesOf(meeting)
	return parties.length >= 2 && parties.every((person) => consent.agreed.includes(person))
}

export function evolveConsent(meeting: Meeting, event: ConsentEvent & { at: number }): Meeting {
	if (event.type === 'consent.asked') {
		const { at: since, by, keepDays } = event
		return consented(meeting, { since, by, keepDays, agreed: [], ended: null })
	}
	const { consent } = meeting.broadcast
	if (consent === null) return meeting
	const { person } = event
	switch (event.type) {
		case 'consent.given':
			return consented(meeting, { ...consent, agreed: [...consent.agreed, person] })
		case 'consent.refused':
		case 'consent.withdrawn': {
			const how = event.type === 'consent.refused' ? 'refused' : 'withdrawn'
			return consented(meeting, {
				...consent,
				agreed: consent.agreed.filter((one) => one !== person),
				ended: { person, how },
			})
		}
	}
}

/** Whoever comes again is asked again. */
export function withoutConsentOf({ broadcast }: Meeting, person: string): Broadcast {
	const { consent } = broadcast
	if (!consent?.agreed.includes(person)) return broadcast
	return { ...broadcast, consent: { ...consent, agreed: consent.agreed.filter((one) => one !== person) } }
}

function consented(meeting: Meeting, consent: Consent): Meeting {
	return { ...meeting, broadcast: { ...meeting.broadcast, consent } }
}
