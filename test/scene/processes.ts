import { readdirSync, readFileSync } from 'node:fs'

/** What the kernel says about processes; used to see who is left, and who may be killed. */

export interface Process {
	pid: number
	parent: number
	command: string
	/** 'Z' is a zombie: ended, waiting to be read. */
	state: string
	/** When it began, in ticks of the kernel's clock. */
	began: number
}

function read(pid: string): Process | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
		const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
		const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
		return { pid: Number(pid), parent: Number(rest[1]), state: rest[0] ?? '', began: Number(rest[19]), command }
	} catch {
		return null // it ended while we looked
	}
}

/** Everything that runs on this machine. */
export function everything(): Process[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(read)
		.filter((entry) => entry !== null)
}

/** Every process below this one, children of children included. The oldest stands first. `entries`: what runs, where it is known. */
export function descendants(root: number, entries = everything()): Process[] {
	const found: Process[] = []
	const queue = [root]
	for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
		for (const entry of entries) {
			if (entry.parent !== parent) continue
			found.push(entry)
			queue.push(entry.pid)
		}
	}
	return found.sort((one, other) => one.began - other.began)
}

/** Which of these processes still run (zombies don't). A pid that was given to another program doesn't count. */
export function alive(entries: Process[]): Process[] {
	return entries.filter(({ pid, command }) => {
		const now = read(String(pid))
		return now !== null && now.state !== 'Z' && now.command === command
	})
}
