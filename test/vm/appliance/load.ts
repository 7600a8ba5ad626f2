import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Links } from '../../../appliance/protocol/messages.ts'
import { type Ledger, lineOf } from '../../power/ledger.ts'
import { call, type Member, openMember } from '../../scene/member.ts'

/**
 * What a house does that writes, as fast as the appliance answers: a clerk who takes notes, puts to the vote and writes to
 * all, somebody who hands in documents, an administrator who makes tokens. What is answered with yes is acknowledged.
 */
export interface Load {
	readonly meeting: string
	/** What the clerk comes in by. */
	readonly clerk: string
	/** Settles after `end`; rejects with whatever went wrong before. */
	readonly over: Promise<void>
	/** The power is gone, and nobody asks for anything any more. */
	end(): void
}

interface Wanted {
	/** http://127.0.0.1:PORT */
	origin: string
	/** Of an administrator. */
	token: string
	/** Names everything of this round. */
	round: number
	ledger: Ledger
	/** How often each thing was acknowledged, in all rounds. */
	times: Map<string, number>
}

/** A person writes no faster, or is refused. */
const chatMs = 1_500
const againMs = 500
const answerMs = 120_000
const documentBytes = 150_000

/** Plans and opens a meeting of its own, and begins. */
export async function startLoad(wanted: Wanted): Promise<Load> {
	const { origin, token, round, ledger } = wanted
	const did = (what: string) => {
		const times = (wanted.times.get(what) ?? 0) + 1
		wanted.times.set(what, times)
		ledger.acknowledge(lineOf.audit(what, times))
	}
	const plan = { title: `정전 ${round}`, kind: 'council' }
	const { id: meeting, links } = await call<{ id: string; links: Links }>(origin, token, 'POST', '/meetings', plan)
	ledger.acknowledge(lineOf.step(meeting, 'planned'))
	did('POST /api/v1/meetings')
	await call(origin, token, 'POST', `/meetings/${meeting}/open`)
	ledger.acknowledge(lineOf.step(meeting, 'opened'))
	did(`POST /api/v1/meetings/${meeting}/open`)
	const by = new URL(links.clerk).hash.slice(1)
	const enter = () => openMember({ origin, token: by, name: '서무' })
	let clerk = await enter()
	await clerk.get({ type: 'rules.set', chat: { to: 'all', kept: true } })

	let over = false
	/** An answer that does not come, of a machine that was held up, is no answer: nothing is acknowledged. */
	const loop = async (act: (n: number) => Promise<void>) => {
		for (let n = 0; !over; n++) {
			await act(n).catch(async (error: Error) => {
				if (!/ lost |fetch failed|timeout/.test(error.message)) throw error
				await sleep(againMs)
			})
		}
	}
	const running = [
		loop(async (n) => {
			const text = `쪽지 ${round}-${n}`
			await clerk.get({ type: 'minutes.note', text })
			ledger.acknowledge(lineOf.note(meeting, text))
		}),
		loop((n) => vote(clerk, `안건 ${round}-${n}`, meeting, ledger)),
		loop(() => chat(clerk, ledger)),
		loop(() => handIn(origin, token, meeting, ledger)),
		loop(async () => {
			await call(origin, token, 'POST', '/tokens', { role: 'panel', hours: 1 })
			did('POST /api/v1/tokens')
		}),
		loop(async () => {
			await clerk.closed
			if (!over) clerk = await enter()
		}),
	]
	return {
		...{ meeting, clerk: by },
		over: Promise.all(running).then(() => {}),
		end() {
			over = true
			clerk.close()
		},
	}
}

async function vote(clerk: Member, title: string, meeting: string, ledger: Ledger): Promise<void> {
	const eligible = [clerk.person]
	const { vote } = await clerk.get<{ vote: string }>({ type: 'vote.open', title, kind: 'hands', eligible })
	ledger.acknowledge(lineOf.vote(meeting, title, 'opened'))
	await clerk.get({ type: 'vote.close', vote })
	ledger.acknowledge(lineOf.vote(meeting, title, 'closed'))
}

async function chat(clerk: Member, ledger: Ledger): Promise<void> {
	const text = randomBytes(200).toString('hex')
	const { line } = await clerk.get<{ line: string }>({ type: 'chat.say', to: 'all', text })
	ledger.acknowledge(lineOf.chat(line))
	await sleep(chatMs)
}

async function handIn(origin: string, token: string, meeting: string, ledger: Ledger): Promise<void> {
	const bytes = randomBytes(documentBytes)
	const response = await fetch(`${origin}/api/v1/meetings/${meeting}/documents?name=report.bin`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
		body: bytes,
		signal: AbortSignal.timeout(answerMs),
	})
	const said = await response.text()
	if (!response.ok) throw new Error(`a document: ${response.status} ${said}`)
	const { id } = JSON.parse(said) as { id: string }
	ledger.acknowledge(lineOf.document(id, createHash('sha256').update(bytes).digest('hex')))
}
