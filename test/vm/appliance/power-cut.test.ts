import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { randomOf } from '../../chaos/plan.ts'
import { lineOf, openLedger } from '../../power/ledger.ts'
import type { Cut } from '../../power/volatile-disk.ts'
import { call, openMember } from '../../scene/member.ts'
import { shell } from '../guest.ts'
import { type Appliance, openAppliance, untilWell } from './appliance.ts'
import { type Load, startLoad } from './load.ts'
import { examine, type Testimony } from './witness.ts'

/**
 * The power goes while the house writes. Of an installed appliance in a machine of its own: after each cut every database
 * is whole, every chain of hashes verifies, all that somebody outside had been told to be done is there, and the meeting
 * of before goes on at the next boot.
 *
 * Lost with each cut: the machine's memory, and of what it had handed to its disk any part that it had not asked to be
 * flushed, in any order (volatile-disk.ts). Not lost: what it had been told to be flushed. So a missing fsync is found, and
 * a missing flush as well.
 *
 * Between two cuts it is looked MARU_LOOKS times (4), in the same way, at what a cut at that moment would have left: the
 * machine's disk stands still meanwhile, and the machine never knows.
 *
 * MARU_CUTS cuts (20). MARU_SEED repeats moments and losses; it is printed. Browsers stay out of it: they write nothing.
 */

const cuts = Number(process.env.MARU_CUTS ?? 20)
const looks = Number(process.env.MARU_LOOKS ?? 4)
const seed = Number(process.env.MARU_SEED ?? Date.now() % 1_000_000)
const random = randomOf(seed)
const image = inject('disk')
/** How long it is written to before the power goes, or before it is looked. */
const writingMs = { least: 2_000, most: 10_000 }
const leastWritten = 30
/** The next moment at which something is written and not flushed; where none comes, any. */
const amidMs = 5_000
/** A boot of a processor that is translated, on a machine that does other things. */
const roundMs = 2_400_000
/** The service, with what it waits for: no login, no timers. */
const words = [
	...['systemd.unit=maru.service', 'systemd.mask=maru-browser.socket'],
	...['qemu-guest-agent.service', 'systemd-networkd.service'].map((unit) => `systemd.wants=${unit}`),
]

type Before = Pick<Load, 'meeting' | 'clerk'>
type Noted = { type: string; text?: string }

interface Round {
	/** From power to an answer. */
	bootMs: number
	acknowledged: number
	/** The last is the cut itself, those before it what one would have left. */
	looks: Look[]
}

interface Look {
	cut: Cut
	faults: string[]
	lost: string[]
}

let folder: string
let appliance: Appliance
const ledger = openLedger()
const times = new Map<string, number>()
const rounds: Round[] = []
let admin = ''
/** By kind, in all rounds that count. */
let told: Record<string, number> = {}

beforeAll(async () => {
	console.log(`seed ${seed} (MARU_SEED repeats it)`)
	folder = mkdtempSync(join(tmpdir(), 'maru-power-'))
	appliance = await openAppliance(image, join(folder, 'machine'), seed)
})

afterAll(async () => {
	await appliance?.close()
	report()
	rmSync(folder, { recursive: true, force: true })
})

/** Boots, writes, cuts, and looks. `words`: for its kernel. */
async function cutOnce(n: number, before: Before | null, words: readonly string[]) {
	const { origin } = appliance
	const { guest, machine, switchOff } = await appliance.switchOn(words)
	await untilWell(origin, guest)
	const bootMs = performance.now() - machine.onAt
	if (admin === '') {
		admin = (await shell(guest, 'maru token create --role admin', 600_000)).trim()
	}
	if (before) await goesOn(n, before)
	const toldBefore = total()
	const load = await startLoad({ origin, token: admin, round: n, ledger, times })
	const seen: Look[] = []
	for (let look = 0; look < looks; look++) {
		await Promise.race([written(total()), load.over])
		await appliance.disk.amidWrites(amidMs)
		const { cut, seen: testimony } = await appliance.disk.rehearseCut(() => examine(image, folder))
		seen.push(lookOf(cut, testimony))
	}
	await Promise.race([written(total()), load.over])
	await appliance.disk.amidWrites(amidMs)
	const cut = await appliance.disk.cut(async () => {
		// Its answers that are on their way were given, and count.
		const off = switchOff()
		load.end()
		await Promise.all([off, load.over])
	})
	seen.push(lookOf(cut, await examine(image, folder)))
	const round: Round = { bootMs, acknowledged: total() - toldBefore, looks: seen }
	const bad = breachesOf([round])
	console.log(
		`${n}. up in ${Math.round(bootMs / 1_000)} s, ${round.acknowledged} acknowledged; not flushed: ${JSON.stringify(seen.map(({ cut }) => cut))}` +
			(bad.length > 0 ? `, BUT ${bad.length}: ${bad.slice(0, 5).join('; ')}` : ''),
	)
	return { load, round }
}

const lookOf = (cut: Cut, { faults, found }: Testimony): Look => ({ cut, faults, lost: ledger.missing(found) })
const looksOf = (of: readonly Round[]) => of.flatMap(({ looks }) => looks)
const breachesOf = (of: readonly Round[]) =>
	looksOf(of).flatMap(({ faults, lost }) => [...faults, ...lost.map((line) => `lost though acknowledged: ${line}`)])

/** At any moment, but with something to lose. */
async function written(toldBefore: number): Promise<void> {
	await sleep(writingMs.least + random() * (writingMs.most - writingMs.least))
	while (total() - toldBefore < leastWritten) await sleep(100)
}

/** By the same link as before the cut, and it still knows what was noted there. */
async function goesOn(n: number, { meeting, clerk: token }: Before) {
	const { origin } = appliance
	const clerk = await openMember({ origin, token, name: '서무' })
	const text = `쪽지 ${n - 1} 뒤에`
	await clerk.get({ type: 'minutes.note', text })
	ledger.acknowledge(lineOf.note(meeting, text))
	clerk.close()
	const { events } = await call<{ events: Noted[] }>(origin, admin, 'GET', `/meetings/${meeting}/journal`)
	const known = new Set(events.map(({ text = '' }) => lineOf.note(meeting, text)))
	const unknown = [...ledger.lines(lineOf.note(meeting, ''))].filter((line) => !known.has(line))
	if (unknown.length > 0) throw new Error(`the appliance itself does not know: ${unknown.join('; ')}`)
}

const total = () => Object.values(ledger.counts()).reduce((sum, count) => sum + count, 0)

function report() {
	const all = looksOf(rounds)
	const sum = (of: readonly Look[], what: (look: Look) => number) => of.reduce((sum, look) => sum + what(look), 0)
	const counts = Object.entries(told).map(([kind, count]) => `${count} ${kind}`)
	const acknowledged = rounds.reduce((sum, round) => sum + round.acknowledged, 0)
	const row = ({ bootMs, acknowledged, looks }: Round, n: number) => [
		...[n + 1, Math.round(bootMs / 1_000), acknowledged, looks.length],
		...(['lost', 'torn', 'kept'] as const).map((fate) => sum(looks, ({ cut }) => cut[fate])),
		...[sum(looks, ({ faults }) => faults.length), sum(looks, ({ lost }) => lost.length)],
	]
	const head = ['cut', 'power to answer, s', 'acknowledged', 'looked']
	const columns = [...head, 'blocks lost', 'torn', 'kept', 'faults', 'acknowledged and lost']
	const text = [
		`# Power cuts, ${process.env.MARU_COMMIT ?? 'commit unknown'}`,
		`${rounds.length} cuts under write load in a virtual machine, and ${all.length - rounds.length} times between them what one would have left; seed ${seed}, ${cpus().length} cores, ${new Date().toISOString()}.`,
		`Corrupt: ${sum(all, ({ faults }) => faults.length)}. Acknowledged: ${acknowledged} (${counts.join(', ')}). Of these lost: ${sum(all, ({ lost }) => lost.length)}.`,
		[columns, columns.map(() => '---'), ...rounds.map(row)].map((cells) => `| ${cells.join(' | ')} |`).join('\n'),
		...breachesOf(rounds).map((breach) => `- ${breach}`),
	].join('\n\n')
	console.log(text)
	const base = process.env.MARU_RESULT
	if (!base) return
	mkdirSync(dirname(base), { recursive: true })
	writeFileSync(`${base}-power-cuts.md`, `${text}\n`)
}

describe('An appliance whose power is cut while it writes', () => {
	it(
		`loses nothing that it acknowledged and breaks nothing, ${cuts} times`,
		async () => {
			let last: Before | null = null
			for (let n = 1; n <= cuts; n++) {
				const { load, round } = await cutOnce(n, last, words)
				rounds.push(round)
				told = ledger.counts()
				last = load
			}
			expect(breachesOf(rounds)).toEqual([])
		},
		cuts * roundMs,
	)

	it(
		'is seen to lose what its kernel never asks to be flushed: else the cuts above were none',
		async () => {
			const { round } = await cutOnce(cuts + 1, null, [...words, 'rootflags=nobarrier'])
			expect(breachesOf([round])).not.toEqual([])
		},
		roundMs,
	)
})
