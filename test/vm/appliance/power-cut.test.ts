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
import { examine } from './witness.ts'

/**
 * The power goes while the house writes. Of an installed appliance in a machine of its own: after each cut every database
 * is whole, every chain of hashes verifies, all that somebody outside had been told to be done is there, and the meeting
 * of before goes on at the next boot.
 *
 * Lost with each cut: the machine's memory, and of what it had handed to its disk any part that it had not asked to be
 * flushed, in any order (volatile-disk.ts). Not lost: what it had been told to be flushed. So a missing fsync is found, and
 * a missing flush as well.
 *
 * MARU_CUTS cuts (20). MARU_SEED repeats moments and losses; it is printed. Browsers stay out of it: they write nothing.
 */

const cuts = Number(process.env.MARU_CUTS ?? 20)
const seed = Number(process.env.MARU_SEED ?? Date.now() % 1_000_000)
const random = randomOf(seed)
const image = inject('disk')
/** How long it is written to before the power goes. */
const writingMs = { least: 8_000, most: 20_000 }
/** A boot of a processor that is translated, on a machine that does other things. */
const roundMs = 2_400_000
/** The service, with what it waits for: no login, no timers. */
const words = [
	...['systemd.unit=maru.service', 'systemd.mask=maru-browser.socket'],
	...['qemu-guest-agent', 'systemd-networkd'].map((unit) => `systemd.wants=${unit}.service`),
]

type Before = Pick<Load, 'meeting' | 'clerk'>
type Noted = { type: string; text?: string }

interface Round {
	/** From power to an answer. */
	bootMs: number
	acknowledged: number
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

async function round(n: number, before: Before | null) {
	const { origin } = appliance
	const { guest, machine, switchOff } = await appliance.switchOn(words)
	await untilWell(origin, guest)
	const bootMs = performance.now() - machine.onAt
	if (admin === '') {
		admin = (await shell(guest, 'maru token create --role admin', 600_000)).trim()
		// What it has compiled is kept when it ends, and the next starts take half as long.
		await shell(guest, 'systemctl restart maru', 1_200_000)
		await untilWell(origin, guest)
	}
	if (before) await goesOn(n, before)
	const toldBefore = total()
	const load = await startLoad({ origin, token: admin, round: n, ledger, times })
	await Promise.race([sleep(writingMs.least + random() * (writingMs.most - writingMs.least)), load.over])
	// From here on it is not told any more: what was acknowledged until the machine is dead counts.
	const off = switchOff()
	load.end()
	await Promise.all([off, load.over])
	const cut = await appliance.disk.cut()
	const { faults, found, databases } = await examine(image, folder)
	if (databases === 0) faults.push('there is no database')
	const one = { bootMs, acknowledged: total() - toldBefore, cut, faults, lost: ledger.missing(found) }
	rounds.push(one)
	const bad = [...faults, ...one.lost.map((line) => `lost though acknowledged: ${line}`)]
	console.log(
		`${n}. up in ${Math.round(bootMs / 1_000)} s, ${one.acknowledged} acknowledged; not flushed: ${JSON.stringify(cut)}` +
			(bad.length > 0 ? `, BUT ${bad.join('; ')}` : ''),
	)
	return load
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
	const sum = (of: (round: Round) => number) => rounds.reduce((sum, round) => sum + of(round), 0)
	const counts = Object.entries(ledger.counts()).map(([kind, count]) => `${count} ${kind}`)
	const text = [
		`# Power cuts, ${process.env.MARU_COMMIT ?? 'commit unknown'}`,
		`${rounds.length} cuts under write load in a virtual machine, seed ${seed}, ${cpus().length} cores, ${new Date().toISOString()}.`,
		`Corrupt: ${sum(({ faults }) => faults.length)}. Acknowledged: ${total()} (${counts.join(', ')}). Of these lost: ${sum(({ lost }) => lost.length)}.`,
		'',
		'| cut | power to answer, s | acknowledged | unflushed blocks lost | torn | kept | faults | acknowledged and lost |',
		'|---|---|---|---|---|---|---|---|',
		...rounds.map(({ bootMs, acknowledged, cut, faults, lost }, n) =>
			[
				...['', n + 1, Math.round(bootMs / 1_000), acknowledged, cut.lost, cut.torn, cut.kept],
				...[faults.join('; ') || 0, lost.join('; ') || 0, ''],
			]
				.join(' | ')
				.trim(),
		),
	].join('\n')
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
			for (let n = 1; n <= cuts; n++) last = await round(n, last)
			expect(rounds.flatMap(({ faults }) => faults)).toEqual([])
			expect(rounds.flatMap(({ lost }) => lost)).toEqual([])
			expect(rounds.every(({ acknowledged }) => acknowledged > 10)).toBe(true)
			// Else it was no power cut that is looked at here.
			expect(rounds.some(({ cut }) => cut.lost > 0)).toBe(true)
		},
		cuts * roundMs,
	)
})
