import { untrack } from 'svelte'
import type { ChatLine, ChatTo } from '../../appliance/protocol/chat.ts'
import type { Person, Result } from '../../appliance/protocol/messages.ts'
import { presides } from '../../appliance/protocol/roles.ts'
import type { MeetingClient } from '../lib/meeting/client.svelte.ts'

export interface ChatParts {
	client: MeetingClient
	/** Something came that is for this person alone, or for those who preside, while they looked elsewhere. */
	onGot(line: ChatLine): void
}

/** What this person writes and has read. What is half written stays when the chat is closed. */
export class ChatBox {
	draft = $state('')
	/** 'all', 'clerk', or a person's id. */
	to = $state('all')
	busy = $state(false)
	/** Whether the lines are in sight now. */
	open = $state(false)
	#seen = $state.raw<ReadonlySet<string>>(new Set())
	readonly #parts: ChatParts
	#told = new Set<string>()
	#begun = false

	/** Lines by others that were not in sight yet. */
	readonly unread: number = $derived.by(() => {
		const { me, state } = this.#parts.client
		return state.chat.filter(({ id, from }) => from !== me && !this.#seen.has(id)).length
	})

	/** To whom this person may write; empty: to nobody. */
	readonly choices: readonly ('all' | 'clerk' | 'person')[] = $derived.by(() => {
		const { role, core } = this.#parts.client
		if (role === null || role === 'viewer' || role === 'room') return []
		if (presides(role)) return ['all', 'clerk', 'person']
		const rule = core?.rules.chat.to ?? 'off'
		if (rule === 'off') return []
		return rule === 'clerk' || role === 'observer' ? ['clerk'] : ['all', 'clerk', 'person']
	})

	/** People that one line may be for alone, in their order. */
	readonly persons: readonly Person[] = $derived.by(() => {
		const { people, me } = this.#parts.client
		const may = ({ id, role }: Person) => id !== me && role !== 'viewer' && role !== 'room'
		return [...people.byId.values()].filter(may).sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1))
	})

	/** The one it is for has gone meanwhile: never send it to somebody else instead. */
	readonly goneTo: string | null = $derived.by(() => {
		if (this.to === 'all' || this.to === 'clerk' || this.persons.some(({ id }) => id === this.to)) return null
		return this.#parts.client.state.chat.find(({ from }) => from === this.to)?.name ?? ''
	})

	constructor(parts: ChatParts) {
		this.#parts = parts
	}

	/** Runs in an effect: what is in sight is read, what comes besides is told once. */
	follow(): void {
		const { client, onGot } = this.#parts
		const { chat } = client.state
		if (this.choices.length > 0 && !this.choices.some((one) => one === this.to || one === 'person')) {
			this.to = this.choices[0] === 'person' ? 'all' : (this.choices[0] ?? 'all')
		}
		// What was written before this page came is shown as unread, and not told one by one.
		const fresh = chat.filter(({ id }) => !this.#told.has(id))
		for (const { id } of fresh) this.#told.add(id)
		if (this.open) {
			const unseen = untrack(() => chat.some(({ id }) => !this.#seen.has(id)))
			if (unseen) this.#seen = new Set(chat.map(({ id }) => id))
		} else if (this.#begun) {
			for (const line of fresh) if (line.from !== client.me && line.to !== 'all') untrack(() => onGot(line))
		}
		this.#begun ||= client.stay.at === 'in'
	}

	/** Null: there was nothing to send. The text stays where it is until the hub has it. */
	async send(): Promise<Result | null> {
		const text = this.draft.trim()
		if (text === '' || this.busy || this.goneTo !== null) return null
		const to: ChatTo = this.to === 'all' || this.to === 'clerk' ? this.to : { person: this.to }
		this.busy = true
		const result = await this.#parts.client.ask({ type: 'chat.say', to, text })
		this.busy = false
		if (result.ok) this.draft = ''
		return result
	}

	/** The other side of a line: whoever reads it answers there. */
	answer({ from }: ChatLine): void {
		if (this.choices.includes('person') && this.persons.some(({ id }) => id === from)) this.to = from
	}
}
