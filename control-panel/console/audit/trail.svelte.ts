import type { AuditChain, AuditEntry, AuditKind, AuditPage } from '../../../appliance/protocol/audit.ts'
import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import { ask } from '../../lib/ask.ts'
import { fetchFile, save } from '../../lib/desk/files.ts'

/** What the page shows of the audit: the newest first, as far back as was asked for. Each reading is an entry itself. */

const pageOf = 100
/** Behind every entry. */
const end = 999_999_999_999_999
const minuteMs = 60_000
/** The whole chain is looked at, which takes its time after some years. */
const patientMs = 120_000

export class Trail {
	entries = $state.raw<readonly AuditEntry[]>([])
	/** Where the older ones begin; null: there are none. */
	more = $state<number | null>(null)
	loading = $state(false)
	failed = $state<ErrorCode | null>(null)
	/** Null: not looked at yet. */
	chain = $state.raw<AuditChain | null>(null)
	checking = $state(false)
	chainFailed = $state<ErrorCode | null>(null)
	fileFailed = $state(false)
	/** Empty: all of them. Times as a field of that kind has them, in the clock of whoever looks. */
	kind = $state<AuditKind | ''>('')
	from = $state('')
	to = $state('')
	readonly #token: string | null
	#turn = 0

	constructor(token: string | null) {
		this.#token = token
	}

	get filtered(): boolean {
		return this.kind !== '' || this.from !== '' || this.to !== ''
	}

	clear() {
		this.kind = ''
		this.from = ''
		this.to = ''
	}

	/** Anew from the newest. */
	async load() {
		await this.#read(end, [])
	}

	async loadMore() {
		if (this.more !== null && !this.loading) await this.#read(this.more, this.entries)
	}

	async check() {
		this.checking = true
		const answer = await ask<AuditChain>({
			...{ method: 'GET', path: 'audit/chain', token: this.#token, deadlineMs: patientMs },
		})
		this.checking = false
		this.chainFailed = answer.ok ? null : answer.code
		this.chain = answer.ok ? answer.data : null
	}

	async saveFile() {
		const response = await fetchFile(this.#token, `/api/v1/audit.csv?${this.#span()}`)
		this.fileFailed = response === null
		if (response) save(await response.blob(), 'audit.csv')
	}

	async #read(before: number, shown: readonly AuditEntry[]) {
		const turn = ++this.#turn
		this.loading = true
		const span = this.#span()
		span.set('before', String(before))
		span.set('limit', String(pageOf))
		const answer = await ask<AuditPage>({ method: 'GET', path: `audit?${span}`, token: this.#token })
		// Another question may have been asked meanwhile, whose answer counts.
		if (turn !== this.#turn) return
		this.loading = false
		this.failed = answer.ok ? null : answer.code
		if (!answer.ok) {
			// What is still shown would answer another question.
			if (before === end) this.entries = []
			return
		}
		this.entries = [...shown, ...answer.data.entries]
		this.more = answer.data.next
	}

	#span(): URLSearchParams {
		const span = new URLSearchParams()
		if (this.kind !== '') span.set('kind', this.kind)
		const [from, to] = [Date.parse(this.from), Date.parse(this.to)]
		if (Number.isFinite(from)) span.set('from', String(from))
		// The minute that is named is still in it.
		if (Number.isFinite(to)) span.set('to', String(to + minuteMs))
		return span
	}
}
