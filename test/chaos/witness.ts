import { DatabaseSync } from 'node:sqlite'
import { openJournal } from '../../appliance/hub/journal.ts'
import { verifyJournals } from '../../appliance/ops/verify.ts'
import type { Member } from '../scene/member.ts'
import { alive, descendants, everything, type Process } from '../scene/processes.ts'

/** What must be so whatever fails, looked at from outside all the while. Each breach is told in a sentence. */

/** Whose microphones are open, by the hub's own word. */
export interface Microphones {
	/** What was said against it since the last time that it was asked. */
	breaches(): string[]
	/** A member came in anew: from now on this one is listened to. */
	follow(member: Member): void
}

/** `speaks`: who has the floor and an open microphone; everybody else's are as they are now, or less open. */
export function watchMicrophones(member: Member, speaks: ReadonlySet<string>): Microphones {
	const found = new Set<string>()
	const mutedNow = (people: Member['people']) =>
		people.flatMap(({ id, sources }) => (sources.some(({ use, muted }) => use === 'microphone' && muted) ? [id] : []))
	const muted = new Set(mutedNow(member.people))

	function look({ people, core }: Member) {
		for (const { who } of core.floor.speaking) if (!speaks.has(who)) found.add(`${who} was given the floor by nobody`)
		for (const { id, sources } of people) {
			if (!muted.has(id)) continue
			if (sources.some(({ use, muted }) => use === 'microphone' && !muted)) found.add(`${id} was unmuted by nobody`)
		}
	}

	function follow(next: Member) {
		look(next)
		next.onMessage = () => look(next)
	}

	follow(member)
	return {
		follow,
		breaches() {
			const told = [...found]
			found.clear()
			return told
		},
	}
}

/** The journal of one meeting, in the file, beside a service that may be killed at any time. */
export function watchJournal(file: string, meeting: string) {
	let seq = 0
	const noted = new Set<string>()
	return {
		/** `acknowledged`: notes that somebody was told to be kept, since the last look. */
		breaches(acknowledged: readonly string[]): string[] {
			const db = new DatabaseSync(file, { readOnly: true })
			try {
				const found: string[] = []
				for (const entry of openJournal(db).readAfter(meeting, seq)) {
					if (entry.seq !== seq + 1) found.push(`entry ${seq + 1} of the journal is missing`)
					seq = entry.seq
					if (entry.type === 'minutes.noted') noted.add(entry.text)
				}
				for (const text of acknowledged) if (!noted.has(text)) found.push(`lost though acknowledged: ${text}`)
				return found
			} finally {
				db.close()
			}
		},
		/** The whole chain. */
		fault(): string | null {
			return verifyJournals(file, meeting)[0]?.fault ?? null
		},
		get events() {
			return seq
		},
	}
}

/**
 * Chromium starts what reports its crashes below itself and lets go of it, so that it outlives a crash. The folder of its
 * profile says whose it is, and in that the service's number. Null: it is no such process.
 */
const profileOf = ({ command }: Process) =>
	/chrome_crashpad_handler .*--database=(\S+?\/maru-\w+-\d+-\w+)\//.exec(command)?.[1] ?? null

/** One of these, or of a browser among them. */
export function isOf(entry: Process, those: readonly Process[]): boolean {
	const profile = profileOf(entry)
	return those.some(({ pid, command }) => pid === entry.pid || (profile && command.includes(`=${profile}`)))
}

/** Everything that the service has ever started: nothing of it may outlive its use. */
export function watchProcesses(service: () => number) {
	const seen = new Map<string, Process>()
	function look() {
		const [now, entries] = [service(), everything()]
		const apart = entries.filter((entry) => profileOf(entry)?.includes(`-${now}-`))
		for (const entry of [...descendants(now, entries), ...apart]) seen.set(`${entry.pid} ${entry.command}`, entry)
	}
	const looking = setInterval(look, 250)
	return {
		/** Processes that have ended and that nobody has asked about. */
		zombies: () => descendants(service()).filter(({ state }) => state === 'Z').length,
		/** Processes that run on though they are no longer below the service. */
		orphans() {
			look()
			const below = descendants(service())
			const left = alive([...seen.values()])
			for (const [key, entry] of seen) if (!left.includes(entry)) seen.delete(key)
			return left.filter((entry) => entry.pid !== service() && !isOf(entry, below))
		},
		close: () => clearInterval(looking),
	}
}
