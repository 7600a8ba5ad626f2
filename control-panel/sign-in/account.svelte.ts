import type { AccountSession, SsoFaultCode, Standing, WaysIn } from '../../appliance/protocol/accounts.ts'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import { type Answer, ask } from '../lib/ask.ts'
import { pagesOf, ssoAddress, standing } from '../lib/sign-in.ts'

/** Who is signed in here, how one comes in, and what one does with an account. */

interface Fault {
	code: ErrorCode | SsoFaultCode
	/** When the next try is looked at, by this page's clock; null: at any time. */
	until: number | null
}

/** 'choose': with another password than the one that was given. */
type Step = 'looking' | 'out' | 'choose' | 'in'

interface Options {
	/** Where whoever signed in goes back to; null: nowhere in particular. */
	back: string | null
	/** What came of the city's sign-in, where one comes from there. */
	came?: { done: boolean; fault: Fault['code'] | null }
	go(path: string): void
	now?: () => number
}

export class Account {
	step = $state<Step>('looking')
	fault = $state.raw<Fault | null>(null)
	busy = $state(false)
	/** Of the one who is in. */
	who = $state.raw<Standing | null>(null)
	sessions = $state.raw<readonly AccountSession[]>([])
	/** What stands on the button of the city's sign-in; null: there is none. */
	sso = $state.raw<WaysIn['sso']>(null)
	/** Another password holds from now on. */
	changed = $state(false)
	/** What was typed, until another password is chosen. */
	#typed = { name: '', password: '' }
	readonly #options: Options

	constructor(options: Options) {
		this.#options = options
	}

	get back(): string | null {
		return this.#options.back
	}

	/** Of the city's sign-in. */
	get ssoAddress(): string {
		return ssoAddress(this.back)
	}

	/** Of the account that chooses a password. */
	get name(): string {
		return this.who?.name ?? this.#typed.name
	}

	async look() {
		const { came } = this.#options
		const [who, ways] = await Promise.all([standing(), ask<WaysIn>({ method: 'GET', path: 'sign-in', token: null })])
		this.sso = ways.ok ? ways.data.sso : null
		// Who came by a link may sign in beside it.
		this.who = who?.name == null ? null : who
		if (came?.done && this.who) return this.continue()
		// Let in there, and yet nobody here: the browser has kept no cookie.
		const code = came?.fault ?? (came?.done ? 'sso-failed' : null)
		if (code && !this.who) this.fault = { code, until: null }
		this.#options.came = { done: false, fault: null }
		this.step = this.who ? 'in' : 'out'
		if (this.who) await this.#list()
	}

	async signIn(name: string, password: string) {
		this.#typed = { name, password }
		const answer = await this.#asked('POST', 'session', { name, password })
		if (answer.ok) return this.#enter(answer.data)
		if (answer.code !== 'must-change') return
		this.fault = null
		this.step = 'choose'
	}

	/** `password`: of until now; null: the one that was typed to sign in. */
	async choose(password: string | null, next: string) {
		const body = { name: this.name, password: password ?? this.#typed.password, next }
		const answer = await this.#asked('POST', 'session/password', body)
		if (!answer.ok) return
		if (this.step === 'choose') return this.#enter(answer.data)
		this.changed = true
		await this.look()
	}

	/** To where the one who came here asked to go. */
	continue() {
		const [first] = this.who ? pagesOf(this.who.role) : []
		this.#options.go(this.back ?? (first ? `/${first}` : '/sign-in'))
	}

	async end(session: AccountSession) {
		const answer = await this.#asked('DELETE', `sessions/${session.id}`)
		if (!answer.ok) return
		if (session.own) this.step = 'out'
		else await this.#list()
	}

	async signOut() {
		const answer = await this.#asked<{ elsewhere?: string }>('DELETE', 'session')
		if (!answer.ok) return
		this.who = null
		this.step = 'out'
		// Else the next one at this browser is let in by the city as the one before.
		if (answer.data.elsewhere !== undefined) this.#options.go(answer.data.elsewhere)
	}

	#enter(who: Pick<Standing, 'role'>) {
		this.#typed.password = ''
		this.who = { ...who, name: this.#typed.name }
		this.continue()
	}

	async #list() {
		const answer = await ask<{ sessions: AccountSession[] }>({ method: 'GET', path: 'sessions', token: null })
		if (answer.ok) this.sessions = answer.data.sessions
	}

	async #asked<T = Standing>(method: string, path: string, body?: object): Promise<Answer<T>> {
		this.busy = true
		this.fault = null
		const answer = await ask<T>({ method, path, token: null, ...(body ? { body } : {}) })
		this.busy = false
		if (!answer.ok) {
			const { code, waitSeconds } = answer
			const now = this.#options.now ?? Date.now
			this.fault = { code, until: waitSeconds === undefined ? null : now() + waitSeconds * 1_000 }
		}
		return answer
	}
}
