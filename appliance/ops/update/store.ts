import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { State } from './state.ts'

/** What an update keeps on the disk: what it is doing, so that a power cut finds it, and what became of the last one. */

/** How an update ended. */
type Outcome = Pick<State, 'from' | 'to' | 'began' | 'why' | 'unwell'> & {
	end: 'new' | 'old' | 'refused'
	at: number
}

/** Who carries it out: a process number alone may be somebody else's after a while. */
interface Runner {
	boot: string
	pid: number
	started: string
}

interface Kept {
	state: State
	runner: Runner | null
	dataDir: string
	language: 'ko' | 'en'
}

export interface Places {
	/** Root's own, with everything below. */
	home: string
	/** Here while an update goes on. */
	work: string
	state: string
	/** The file's parts. */
	parts: string
	/** The present version, as a package. */
	previous: string
	/** The program that puts things in order, with a Node of its own: what is installed may be half one and half the other. */
	program: string
}

export function placesIn(home: string): Places {
	const work = join(home, 'work')
	const at = (name: string) => join(work, name)
	return {
		...{ home, work, state: at('state.json'), parts: at('parts') },
		...{ previous: at('previous.deb'), program: at('program') },
	}
}

export function openStore({ home, work, state: file }: Places) {
	const last = join(home, 'last.json')
	return {
		/** Null: nothing is under way. */
		read: (): Kept | null => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : null),
		/** On the disk when it returns. */
		write(kept: Kept) {
			writeDurably(file, JSON.stringify(kept))
		},
		/** How the last one ended; null: there was none. */
		last: (): Outcome | null => (existsSync(last) ? (JSON.parse(readFileSync(last, 'utf8')) as Outcome) : null),
		/** Says how it ended, and takes away everything else: first what says that something is under way. */
		finish(outcome: Outcome) {
			writeDurably(last, JSON.stringify(outcome))
			rmSync(file, { force: true })
			syncFolder(work)
			rmSync(work, { recursive: true, force: true })
		},
	}
}

/** Whole under its name, or as it was. */
function writeDurably(path: string, text: string) {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
	const partial = `${path}.partial`
	const file = openSync(partial, 'w', 0o600)
	try {
		writeSync(file, text)
		fsyncSync(file)
	} finally {
		closeSync(file)
	}
	renameSync(partial, path)
	syncFolder(dirname(path))
}

function syncFolder(path: string) {
	const folder = openSync(path, 'r')
	fsyncSync(folder)
	closeSync(folder)
}

/** This process. */
export function thisRunner(): Runner {
	return { boot: bootId(), pid: process.pid, started: startOf(process.pid) ?? '' }
}

/** Whether that process still carries it out. */
export function stillRuns(runner: Runner | null): boolean {
	return runner !== null && runner.boot === bootId() && startOf(runner.pid) === runner.started
}

const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

/** When it began, in the kernel's ticks (proc(5): the 22nd field; the 2nd may have spaces and brackets). Null: it is gone. */
function startOf(pid: number): string | null {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
		return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
	} catch {
		return null
	}
}
