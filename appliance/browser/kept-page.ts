import type { Logger } from 'pino'
import { beat, type Heart, newHeart, tick } from './heart.ts'
import type { LaunchedBrowser } from './launch.ts'

/** A browser that had worked is replaced at once; one that doesn't come up is not tried without pause. */
const delaysMs = [0, 500, 1000, 2000, 5000, 10_000]
/** From the start of the browser to the page's 'ready'. */
const startMs = 15_000
const tickMs = 250
/** A page that stayed up for so long was not broken. */
const soundMs = 3000

export type KeptBrowser = Pick<LaunchedBrowser, 'pid' | 'gone' | 'kill' | 'close'> & {
	openPage(options: Parameters<LaunchedBrowser['openPage']>[0]): Promise<{
		call(path: string, text: string): Promise<void>
		readonly gone: Promise<string>
	}>
}

/** What every such page says, among other things: 'ready' when it takes commands, and a 'beat' every 500 ms. */
type Saying = { type: string; frames?: number }

export interface KeptPageOptions<Event extends Saying> {
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
	/** 'ready': takes commands. Told on each change. */
	onStatus: (status: 'starting' | 'ready' | 'failed', reason: string | null) => void
	onEvent: (event: Event) => void
}

export interface KeptPage<Command> {
	/** Pid of the browser that runs now. */
	readonly pid: number | null
	/** Goes to the page that is up; false when there is none. What a new page needs is told again after 'ready'. */
	send(command: Command): boolean
	/** Ends this browser and starts another. */
	restart(reason: string): void
	close(): Promise<void>
}

/** Keeps a Chromium with one page running. One that is gone, hangs or fails to load is replaced by another. */
export function keepPage<Command extends { type: string }, Event extends Saying>(
	options: KeptPageOptions<Event>,
): KeptPage<Command> {
	const { name, log, onStatus, onEvent } = options
	let browser: KeptBrowser | null = null
	let page: Awaited<ReturnType<KeptBrowser['openPage']>> | null = null
	let heart: Heart | null = null
	let failures = 0
	let closed = false
	let retry: NodeJS.Timeout | undefined
	/** Ends the wait for the present browser's end. */
	let give: (reason: string) => void = () => {}

	/** One life of a browser, from its start to its end. Resolves with the reason of the end. */
	async function live(): Promise<string> {
		const born = performance.now()
		const ended = new Promise<string>((resolve) => {
			give = resolve
		})
		let mine: KeptBrowser | null = null
		let abandoned = false
		const watch = setInterval(() => {
			if (heart) {
				const seen = tick(heart, performance.now())
				heart = seen.heart
				if (seen.hung) give('hung')
			} else if (performance.now() - born > startMs) give('not ready in time')
		}, tickMs)
		try {
			const started = options.launch()
			// A browser that comes up after it was given up must not stay.
			started.then(
				(late) => (abandoned ? late.close() : undefined),
				() => {},
			)
			const first = await Promise.race([started, ended])
			if (typeof first === 'string') {
				abandoned = true
				return first
			}
			mine = first
			browser = first
			first.gone.then(() => give('browser gone'))
			const opened = first.openPage({
				url: options.url,
				grants: options.grants,
				bindings: { [options.binding]: (text) => mine === browser && heard(text) },
			})
			opened.catch(() => {})
			const second = await Promise.race([opened, ended])
			if (typeof second === 'string') return second
			page = second
			second.gone.then((reason) => give(reason))
			if (heart) onStatus('ready', null)
			const reason = await ended
			if (performance.now() - born > soundMs) failures = 0
			return reason
		} catch (error) {
			return error instanceof Error ? error.message : String(error)
		} finally {
			clearInterval(watch)
			page = null
			heart = null
			browser = null
			// At once: no microphone stays open, and its successor takes the same devices.
			mine?.kill()
			await mine?.close().catch(() => {})
		}
	}

	async function run() {
		while (!closed) {
			onStatus('starting', null)
			const reason = await live()
			if (closed) return
			const delay = delaysMs[Math.min(failures++, delaysMs.length - 1)] ?? 0
			log.warn({ reason, delay }, `the ${name} is gone, another starts`)
			onStatus('failed', reason)
			await new Promise<void>((resolve) => {
				retry = setTimeout(resolve, delay)
				give = () => resolve()
			})
		}
	}

	function heard(text: string) {
		const event = options.read(text)
		if (!event) return log.debug(`unreadable message from the ${name}`)
		const now = performance.now()
		if (event.type === 'ready') {
			heart = newHeart(now)
			if (page) onStatus('ready', null)
		} else if (event.type === 'beat') {
			if (heart) heart = beat(heart, event.frames ?? 0, now)
		}
		onEvent(event)
	}

	const running = run()
	return {
		get pid() {
			return browser?.pid ?? null
		},
		send(command) {
			if (!page || !heart) return false
			page.call('maru.command', JSON.stringify(command)).catch((error) => {
				// The page that can't take a command is of no use; the text of the error may hold the command, so it isn't logged.
				log.warn(
					{ command: command.type, error: error instanceof Error ? error.name : 'unknown' },
					`${name} command failed`,
				)
				give('command failed')
			})
			return true
		},
		restart: (reason) => give(reason),
		async close() {
			closed = true
			clearTimeout(retry)
			give('closed')
			await running
		},
	}
}
