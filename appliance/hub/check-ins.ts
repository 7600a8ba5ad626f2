import { randomBytes, randomUUID } from 'node:crypto'
import { ofPhone } from '../meeting/check-in.ts'
import type { Meeting } from '../meeting/meeting.ts'
import type { Came, CheckInRule, HallCode, Scanned } from '../protocol/check-in.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Principal } from '../protocol/roles.ts'
import { codeOf, digestOf, passFor, readCode, readPass } from './hall-codes.ts'
import type { LiveMeeting } from './live-meeting.ts'
import { cardOf } from './strips.ts'

/** Trainees check in to a class at its hall: the code on the screen there, who reads it, and who they say they are. */

interface Comer {
	pass: string
	phone: string
	name?: string | undefined
	person?: string | undefined
	/** Who they are by a link of their own. */
	by?: Principal | undefined
}

export interface CheckIns {
	/** What the screen in the hall shows now. Throws a Refusal: 'no-meeting', 'meeting-closed', 'not-allowed'. */
	code(meeting: string): HallCode
	/** Throws a Refusal: 'forged', 'expired', 'no-meeting', 'meeting-closed', 'not-allowed'. */
	scan(code: string, phone: string): Scanned
	/** Throws the Refusal: as `scan`, and 'phone-used', 'elsewhere', 'no-person', 'full'. */
	come(comer: Comer): Came
	/** They go. Throws a Refusal: 'no-person'. */
	go(meeting: string, phone: string): void
}

interface Around {
	/** Throws a Refusal: 'no-meeting', 'meeting-closed'. */
	going(meeting: string): LiveMeeting
	linkBase(): string
	now(): number
}

/** The key lives as long as the process: after a restart the screen shows a new code within seconds. */
export function openCheckIns({ going, linkBase, now }: Around): CheckIns {
	const key = randomBytes(32)

	function lessonOf(meeting: string): LiveMeeting {
		const found = going(meeting)
		if (found.state.kind !== 'class') throw new Refusal('not-allowed', 'this is for a class')
		return found
	}

	return {
		code(id) {
			const { state } = lessonOf(id)
			const { code, until } = codeOf(key, id, now())
			const here = [...state.lesson.hall.values()].filter((one) => one.here).length
			return { link: `${linkBase().replace(/\/+$/, '')}/check-in#${code}`, until, at: now(), here }
		},
		scan(code, phone) {
			const meeting = readCode(key, code, now())
			const { state, cards } = lessonOf(meeting)
			const person = ofPhone(state, digestOf(meeting, phone))
			const own =
				person === null
					? null
					: { name: cardOf(state, person, cards)?.name ?? '—', here: state.lesson.hall.get(person)?.here === true }
			return { meeting, title: state.title, pass: passFor(key, meeting, phone, now()), rule: ruleOf(state), own }
		},
		come(comer) {
			const { pass, phone: device } = comer
			const meeting = lessonOf(readPass(key, pass, device, now()))
			const phone = digestOf(meeting.state.id, device)
			const who = whoIs(meeting, comer, ofPhone(meeting.state, phone))
			if ('choices' in who) return who
			const { person, name } = who
			const { roll, members, lesson } = meeting.state
			const known = roll.get(person)?.card ?? members.get(person)?.name ?? lesson.hall.get(person)?.name
			const sealed = known === undefined ? meeting.cards.seal(person, { name, title: '', email: null }) : null
			meeting.change({ type: 'presence.come', person, name: known ?? sealed?.hash ?? '', phone }, sealed?.keep)
			return { name: meeting.nameOf(person) ?? name }
		},
		go(id, device) {
			lessonOf(id).change({ type: 'presence.go', phone: digestOf(id, device) })
		},
	}
}

/** As at the door: where it is locked a link of one's own opens it, and who is expected by name is one of the roll. */
function ruleOf({ rules, roll }: Meeting): CheckInRule {
	if (rules.lobby === 'locked') return 'link'
	if (roll.size > 0) return 'roll'
	return rules.lobby === 'shared' ? 'link' : 'name'
}

/** `before`: who came by this phone already. */
function whoIs(
	meeting: LiveMeeting,
	{ name, person, by }: Comer,
	before: string | null,
): { person: string; name: string } | Extract<Came, { choices: object }> {
	const { state, cards } = meeting
	if (by !== undefined) return linked(state, by)
	if (name === undefined) {
		if (before === null) throw new Refusal('bad-message', 'nobody said who comes')
		return { person: before, name: meeting.nameOf(before) ?? '—' }
	}
	const rule = ruleOf(state)
	if (rule === 'link') throw new Refusal('not-allowed', 'into this class one comes by a link of one’s own')
	const asked = plain(name)
	// Whoever checks in again by name is who they were.
	if (before !== null && plain(meeting.nameOf(before) ?? '') === asked) return { person: before, name }
	if (rule === 'name') return { person: randomUUID(), name: name.trim() }
	const found = [...state.roll.values()]
		.filter(({ role }) => role === 'member' || role === 'observer')
		.filter(({ id, card }) => plain(cards.open(id, card)?.name ?? '') === asked)
	const [only] = person === undefined ? found : found.filter(({ id }) => id === person)
	if (!only) throw new Refusal('no-person', 'nobody of this name is on the roll')
	if (found.length === 1 || person !== undefined) return { person: only.id, name }
	const choices = found.map(({ id, bureau, card }) => ({
		person: id,
		bureau,
		title: cards.open(id, card)?.title ?? '',
	}))
	return { choices }
}

function linked(state: Meeting, by: Principal): { person: string; name: string } {
	if (by.kind !== 'meeting' || by.meeting !== state.id)
		throw new Refusal('not-allowed', 'this link is of another meeting')
	const { person, role, name } = by
	if (person === null || (role !== 'member' && role !== 'observer')) {
		throw new Refusal('not-allowed', 'this is not a link of one trainee’s own')
	}
	return { person, name: name ?? '—' }
}

/** As people type names: blanks within, and how a phone composes Hangul, do not count. */
function plain(name: string): string {
	return name.normalize('NFC').replace(/\s+/g, '').toLowerCase()
}
