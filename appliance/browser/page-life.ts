import type { Logger } from 'pino'
import { beat, type Heart, hungAtRestMs, hungMs, newHeart, tick } from './heart.ts'
import type { LaunchedBrowser } from './launch.ts'

/** From when the browser is there to the page's 'ready'. Until then it may wait for its turn. */
const startMs = 15_000
const tickMs = 250

export type KeptBrowser = Pick<LaunchedBrowser, 'pid' | 'gone' | 'kill' | 'close'> & {
	openPage(options: Parameters<LaunchedBrowser['openPage']>[0]): Promise<{
		call(path: string, text: string): Promise<void>
		readonly gone: Promise<string>
	}>
}

/** What every such page says, among other things: 'ready' when it takes commands, and a 'beat' every 500 ms. */
export type Saying = { type: string; frames?: number }

export interface PageLifeOptions<Event extends Saying> {
	/** In logs: 'stage'. */
	name: string
	launch: () => Promise<KeptBrowser>
	/** The page, on our own loopback listener. */
	url: string
	/** What the page may use without asking anybody. */
	grants: readonly ('microphone' | 'camera')[]
	/** The function of its window by which it speaks. It takes commands by `maru.command`. */
	binding: string
	/** What it said; null: unreadable. The page is ours, but it shows the world's media. */
	read: (text: string) => Event | null
	log: Logger
}

/** One life of a browser with one page, from its start to its end. Begins when it is made. */
export class PageLife<Event extends Saying> {
	/** Resolves with the reason when no process of it runs any more. */
	readonly over: Promise<string>
	/** Resolves when nothing of it is left on the disk either, which takes as long again. */
	readonly cleared: Promise<void>

	readonly #options: PageLifeOptions<Event>
	readonly #onReady: (life: PageLife<Event>) => void
	readonly #onEvent: (life: PageLife<Event>, event: Event) => void
	readonly #ended: Promise<string>
	#give: (reason: string) => void = () => {}
	#browser: KeptBrowser | null = null
	#browserAt = 0
	#serves = false
	/** What ran, and is over. */
	#ran: KeptBrowser | null = null
	#page: Awaited<ReturnType<KeptBrowser['openPage']>> | null = null
	#heart: Heart | null = null
	/** Its 'ready'. */
	#word: Event | null = null

	/** `onReady`: when it takes commands, and again when the page was loaded anew. `onEvent`: whatever it says, 'ready' and beats too. */
	constructor(
		options: PageLifeOptions<Event>,
		onReady: (life: PageLife<Event>) => void,
		onEvent: (life: PageLife<Event>, event: Event) => void,
	) {
		this.#options = options
		this.#onReady = onReady
		this.#onEvent = onEvent
		this.#ended = new Promise<string>((resolve) => {
			this.#give = resolve
		})
		this.over = this.#live()
		this.cleared = this.over.then(() => this.#ran?.close()).catch(() => {})
	}

	get pid(): number | null {
		return this.#browser?.pid ?? null
	}

	/** The page's word that it takes commands; null: it does not, yet or any longer. */
	get ready(): Event | null {
		// It may say so before it is known that it was opened.
		return this.#page && this.#word
	}

	/** Somebody depends on it from now on: that it hangs counts sooner. */
	serve() {
		this.#serves = true
	}

	end(reason: string) {
		this.#give(reason)
	}

	/** False when there is no page that takes it. */
	send(command: { type: string }): boolean {
		if (!this.#page || !this.#word) return false
		const { log, name } = this.#options
		this.#page.call('maru.command', JSON.stringify(command)).catch((error) => {
			// The page that can't take a command is of no use; the text of the error may hold the command, so it isn't logged.
			const what = { command: command.type, error: error instanceof Error ? error.name : 'unknown' }
			log.warn(what, `${name} command failed`)
			this.end('command failed')
		})
		return true
	}

	async #live(): Promise<string> {
		const { launch, url, grants, binding } = this.#options
		let abandoned = false
		const watch = setInterval(() => this.#watch(), tickMs)
		try {
			const started = launch()
			// A browser that comes up after it was given up must not stay.
			started.then(
				(late) => (abandoned ? late.close() : undefined),
				() => {},
			)
			const browser = await Promise.race([started, this.#ended])
			if (typeof browser === 'string') {
				abandoned = true
				return browser
			}
			this.#browser = browser
			this.#browserAt = performance.now()
			browser.gone.then(() => this.end('browser gone'))
			const opened = browser.openPage({ url, grants, bindings: { [binding]: (text) => this.#heard(text) } })
			opened.catch(() => {})
			const page = await Promise.race([opened, this.#ended])
			if (typeof page === 'string') return page
			this.#page = page
			page.gone.then((reason) => this.end(reason))
			if (this.ready) this.#onReady(this)
			return await this.#ended
		} catch (error) {
			return error instanceof Error ? error.message : String(error)
		} finally {
			clearInterval(watch)
			this.#ran = this.#browser
			this.#browser = null
			this.#page = null
			this.#heart = null
			// At once: no microphone stays open, and its successor takes the same devices.
			this.#ran?.kill()
			await this.#ran?.gone
		}
	}

	#watch() {
		const now = performance.now()
		if (!this.#heart) {
			if (this.#browser && now - this.#browserAt > startMs) this.end('not ready in time')
			return
		}
		const { heart, hung } = tick(this.#heart, now, this.#serves ? hungMs : hungAtRestMs)
		this.#heart = heart
		if (hung) this.end('hung')
	}

	#heard(text: string) {
		if (!this.#browser) return
		const event = this.#options.read(text)
		if (!event) return this.#options.log.debug(`unreadable message from the ${this.#options.name}`)
		const now = performance.now()
		if (event.type === 'ready') {
			this.#heart = newHeart(now)
			this.#word = event
		} else if (event.type === 'beat' && this.#heart) this.#heart = beat(this.#heart, event.frames ?? 0, now)
		this.#onEvent(this, event)
		if (event.type === 'ready' && this.ready) this.#onReady(this)
	}
}
