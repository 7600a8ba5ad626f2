import type { ChatTo } from '../protocol/chat.ts'
import { Refusal } from '../protocol/errors.ts'
import { groupOf } from './lesson.ts'
import type { Happening, Meeting } from './meeting.ts'
import { isIn } from './people.ts'
import type { Actor, ChatRequest } from './requests.ts'

/** Who may write to whom. Those who run the meeting always may: somebody must be able to say why nobody else can. */
export function chatRefusal(meeting: Meeting, by: Actor, to: ChatTo): Refusal | null {
	const { chat } = meeting.rules
	if (!by.runs) {
		if (chat.to === 'off') return new Refusal('chat-off', 'nobody writes in this meeting')
		const onlyToClerk = chat.to === 'clerk' || meeting.members.get(by.id)?.role === 'observer'
		if (onlyToClerk && to !== 'clerk') return new Refusal('not-allowed', 'only those who preside can be written to')
	}
	if (typeof to === 'string') return null
	const role = meeting.members.get(to.person)?.role
	if (to.person === by.id || !isIn(meeting, to.person) || role === 'viewer' || role === 'room') {
		return new Refusal('no-person', 'nobody of this id reads here')
	}
	return null
}

/** Whether this line goes into the journal. What one person writes to another never does. */
export function isKept({ rules }: Meeting, to: ChatTo): to is 'all' | 'clerk' {
	return rules.chat.kept && typeof to === 'string'
}

/** In a group of a class 'all' are those of the group. Null: it is for all, or for one person. */
export function groupOfLine(meeting: Meeting, from: string, to: ChatTo): string | null {
	return to === 'all' ? groupOf(meeting, from) : null
}

/** Only of lines that are kept: of the others the journal knows nothing. */
export function decideChat(meeting: Meeting, request: ChatRequest): Happening[] | Refusal {
	const { id, by } = request
	if (request.type === 'chat.remove') return [{ type: 'chat.removed', id, by: by.id }]
	const { to, text } = request
	const group = groupOfLine(meeting, by.id, to)
	const where = group === null ? {} : { group }
	return chatRefusal(meeting, by, to) ?? [{ type: 'chat.said', id, to, ...where, text, by: by.id }]
}
