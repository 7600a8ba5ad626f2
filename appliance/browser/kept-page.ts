import { type KeptBrowser, PageLife, type PageLifeOptions, type Saying } from './page-life.ts'

export type { KeptBrowser }

/** A browser that had worked is replaced at once; one that doesn't come up is not tried without pause. */
const delaysMs = [0, 500, 1000, 2000, 5000, 10_000]
/** A page that stayed up for so long was not broken. */
const soundMs = 3000
/** When everything is at rest again after a start: the next browser takes two seconds of a processor to start. */
const standByMs = 5_000
/** One that stood by and was lost. */
const standByAgainMs = 10_000

export interface KeptPageOptions<Event extends Saying> extends PageLifeOptions<Event> {
	/**
	 * Keeps a second browser with the same page, which takes the first one's place at once; for its part it does nothing
	 * until then. Not where there is a display: it would lie on the first, or below it.
	 */
	standBy: boolean
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
	const { name, log, standBy, onStatus, onEvent } = options
	let life: PageLife<Event> | null = null
	let next: PageLife<Event> | null = null
	/** Those of whom something runs, or is still on the disk. */
	const begun = new Set<PageLife<Event>>()
	let failures = 0
	let closed = false
	let timer: NodeJS.Timeout | undefined
	/** Ends the pause before the next attempt. */
	let wake: () => void = () => {}

	function begin(): PageLife<Event> {
		const made = new PageLife(
			options,
			(one) => (one === life ? rise() : log.info(`another ${name} stands by`)),
			(one, event) => one === life && onEvent(event),
		)
		begun.add(made)
		void made.cleared.then(() => begun.delete(made))
		return made
	}

	function rise() {
		onStatus('ready', null)
		prepare(standByMs)
	}

	function prepare(ms: number) {
		clearTimeout(timer)
		if (standBy && !next) timer = setTimeout(begetNext, ms)
	}

	function begetNext() {
		const mine = begin()
		next = mine
		void mine.over.then((reason) => {
			if (mine !== next) return
			next = null
			log.info({ reason }, `the ${name} that stood by is gone`)
			if (!closed) prepare(standByAgainMs)
		})
	}

	function take(): PageLife<Event> {
		clearTimeout(timer)
		const taken = next ?? begin()
		next = null
		taken.serve()
		return taken
	}

	async function run() {
		while (!closed) {
			onStatus('starting', null)
			life = take()
			const since = performance.now()
			const { ready } = life
			if (ready) {
				// It was said while nobody listened.
				onEvent(ready)
				rise()
			}
			const reason = await life.over
			life = null
			if (closed) return
			if (performance.now() - since > soundMs) failures = 0
			const delay = delaysMs[Math.min(failures++, delaysMs.length - 1)] ?? 0
			log.warn({ reason, delay, standBy: next !== null }, `the ${name} is gone, another starts`)
			onStatus('failed', reason)
			if (next !== null) continue
			clearTimeout(timer)
			await new Promise<void>((resolve) => {
				const pause = setTimeout(resolve, delay)
				wake = () => {
					clearTimeout(pause)
					resolve()
				}
			})
		}
	}

	const running = run()
	return {
		get pid() {
			return life?.pid ?? null
		},
		send: (command) => life?.send(command) ?? false,
		restart(reason) {
			if (life) life.end(reason)
			else wake()
		},
		async close() {
			closed = true
			clearTimeout(timer)
			wake()
			life?.end('closed')
			next?.end('closed')
			await running
			await Promise.all([...begun].map(({ cleared }) => cleared))
		},
	}
}
