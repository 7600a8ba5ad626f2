import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { percentile, trials, until } from '../scene/wait.ts'
import { type Hall, openHall } from './hall.ts'
import { known } from './parts.ts'
import { type Fault, planOf, randomOf } from './plan.ts'
import { type Struck, strike } from './strike.ts'
import { rowsOf, tableOf } from './table.ts'
import { type Microphones, watchJournal, watchMicrophones, watchProcesses } from './witness.ts'

/**
 * The kill campaign: in a meeting with media, one process after the other is killed or stopped at a random moment, and
 * nobody lends a hand. Of each it is told how long until it was noticed and until it was back (design.md §6); after each
 * nobody's microphone may be open that was not, nothing acknowledged may be lost, nothing may be left running.
 *
 * Without MARU_KILLS it plays four that no other scene plays. `npm run test:chaos` plays MARU_KILLS rounds (100) of everything, for
 * MARU_CHAOS_MINUTES at most (480), and leaves a table that names the commit. MARU_SEED repeats a run; it is printed.
 * A round takes four minutes: MARU_EARLIER=a.json,b.json counts in what earlier campaigns left beside their tables.
 * MARU_PARTS=stage,programme strikes these alone. Of whatever is late the log is told, as far as it was said meanwhile.
 */

const rounds = Number(process.env.MARU_KILLS ?? 0)
const minutes = Number(process.env.MARU_CHAOS_MINUTES ?? 480)
const seed = Number(process.env.MARU_SEED ?? (rounds > 0 ? Date.now() % 1_000_000 : 1))
const random = randomOf(seed)
const only = process.env.MARU_PARTS?.split(',')
const listeners = 4

const short: readonly Fault[] = (
	[
		['renderer', 'killed'],
		['ingest', 'killed'],
		['worker', 'hung'],
		['devices', 'hung'],
	] as const
).map(([part, way]) => ({ part, way, restMs: 1_000 + random() * 1_000 }))

let hall: Hall
let microphones: Microphones
let journal: ReturnType<typeof watchJournal>
let processes: ReturnType<typeof watchProcesses>
let writing: { acknowledged: string[]; end(): Promise<void> }
/** What a campaign leaves for a later one to count in. */
interface Campaign {
	commit: string
	struck: Struck[]
	/** What must never be, in sentences. */
	breaches: string[]
}

const now: Campaign = { commit: process.env.MARU_COMMIT ?? 'commit unknown', struck: [], breaches: [] }
const { struck, breaches } = now
const earlier = (process.env.MARU_EARLIER ?? '').split(',').filter(Boolean).map(readCampaign)

function readCampaign(file: string): Campaign {
	return JSON.parse(readFileSync(file, 'utf8'))
}

beforeAll(async () => {
	console.log(`seed ${seed} (MARU_SEED repeats it)`)
	hall = await openHall({ port: 27_080, listeners, relayed: rounds > 0 })
	microphones = watchMicrophones(hall.clerk, new Set([hall.speaker]))
	hall.onClerk = (clerk) => microphones.follow(clerk)
	journal = watchJournal(hall.file, hall.meeting)
	processes = watchProcesses(() => hall.service.pid)
	writing = write()
}, 300_000)

afterAll(async () => {
	await writing?.end()
	processes?.close()
	await hall?.close()
})

/** The clerk takes notes all the while: what is acknowledged must be found again. */
function write(): typeof writing {
	const acknowledged: string[] = []
	let ended = false
	const running = (async () => {
		for (let i = 0; !ended; i++) {
			const text = `쪽지 ${i}`
			const result = await hall.clerk.ask({ type: 'minutes.note', text })
			if (result.ok) acknowledged.push(text)
			await sleep(500)
		}
	})()
	return {
		acknowledged,
		async end() {
			ended = true
			await running
		},
	}
}

/** After everything is back: what must be so all the same. */
async function lookAround(): Promise<string[]> {
	const found = microphones.breaches()
	if (hall.panel.state()?.muted !== true) found.push('the room is muted no longer')
	for (const person of await hall.people.heard()) {
		if (person !== hall.speaker) found.push(`${person} is heard without the floor`)
	}
	const speaking = hall.clerk.core.floor.speaking.map(({ who }) => who)
	if (speaking.join() !== hall.speaker) found.push(`the floor is with ${speaking.join() || 'nobody'}`)
	if (!(await hall.attendee.unbroken())) found.push('the page was loaded anew')
	found.push(...journal.breaches(writing.acknowledged.splice(0)))
	// What was killed is read, and what belonged to it ends, within a moment.
	const gone = until('nothing to be left', () => processes.zombies() + processes.orphans().length === 0, 10_000)
	await gone.catch(() => {
		found.push(
			`${processes.zombies()} zombies`,
			...processes.orphans().map(({ command }) => `left running: ${command}`),
		)
	})
	return found
}

async function play({ part, way, restMs }: Fault): Promise<void> {
	await sleep(restMs)
	const from = hall.logLength
	const one = await strike(hall, { part, way })
	await hall.whole()
	const late = one.backMs > known[part].promised[way].backMs
	struck.push(one)
	const found = await lookAround()
	breaches.push(...found.map((breach) => `after ${part} ${way}: ${breach}`))
	keep('json', JSON.stringify(now))
	const times = `noticed ${one.noticedMs ?? '–'} ms, back ${one.backMs} ms`
	const log = late ? saidSince(one, part === 'service' ? 0 : from) : ''
	console.log(`${struck.length}. ${part} ${way}: ${times}${found.length > 0 ? `, BUT ${found.join('; ')}` : ''}${log}`)
}

/** What the log said until it was back, in milliseconds since the blow. */
function saidSince({ at, backMs }: Struck, from: number): string {
	const meanwhile = hall.said(from).filter(({ time }) => time >= at && time <= at + backMs)
	return meanwhile.map(({ time, msg }) => `\n\t${time - at} ${msg}`).join('')
}

function report(whole: string | null) {
	const all = [...earlier, now]
	const rows = rowsOf(all.flatMap((one) => one.struck))
	const counts = all.map(({ commit, struck, breaches }) => `${struck.length} of ${commit}, ${breaches.length} breaches`)
	const text = [
		`# Kill campaign, ${now.commit}`,
		`Failures: ${counts.join('; ')}. Seed ${seed}, ${cpus().length} cores, ${new Date().toISOString()}. No display here: no compositor.`,
		tableOf(rows),
		`Journal: ${journal.events} events, chain ${whole ?? 'whole'}. Left over, lost or open: ${breaches.length}.`,
		...breaches.map((breach) => `- ${breach}`),
	].join('\n\n')
	console.log(text)
	keep('md', `${text}\n`)
}

function keep(ending: string, text: string) {
	const base = process.env.MARU_RESULT
	if (!base) return
	mkdirSync(dirname(base), { recursive: true })
	writeFileSync(`${base}.${ending}`, text)
}

describe('In a meeting whose processes are killed and stopped', () => {
	it('all of it comes back by itself, and nobody is opened, nothing lost, nothing left', async () => {
		const end = performance.now() + minutes * 60_000
		try {
			for (const fault of rounds > 0 ? planOf(seed, rounds) : short) {
				if (only && !only.includes(fault.part)) continue
				if (performance.now() > end) {
					console.log(`${minutes} minutes are over (MARU_CHAOS_MINUTES)`)
					break
				}
				await play(fault)
			}
		} finally {
			await writing.end()
			report(journal.fault())
		}
		expect(breaches).toEqual([])
		expect(journal.fault()).toBeNull()
		// A machine that others keep busy is late, and that says nothing; what does not come back at all has failed above.
		if (trials < 20) return
		for (const { what, figures, promisedMs } of rowsOf(struck)) {
			if (promisedMs !== null) expect.soft(percentile(figures, 0.95), what).toBeLessThanOrEqual(promisedMs)
		}
	})
})
