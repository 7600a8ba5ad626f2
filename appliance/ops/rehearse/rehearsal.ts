import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { RehearsalConfig } from '../../config-rehearsal.ts'
import type { Result } from '../../protocol/messages.ts'
import { lastOf, type NotBegun, type RehearsalReport, type RehearsalView } from '../../protocol/rehearsal.ts'
import { rehearsalWords } from '../../protocol/rehearsal-texts.ts'
import { refused } from '../../room/result.ts'
import type { Machine } from './machine.ts'
import type { OwnMeeting } from './own-meeting.ts'
import type { Equipped } from './plan.ts'
import type { Reports } from './reports.ts'
import { type Progress, rehearse } from './run.ts'
import { hindrance, nextAt } from './schedule.ts'
import type { RehearsedRoom } from './trying.ts'
import type { Webhook } from './webhook.ts'

/** The morning check of this room: by its timer, or when somebody asks. One at a time, and never in a meeting's way. */

export interface RehearsalOptions {
	config: Omit<RehearsalConfig, 'webhook'>
	room: RehearsedRoom
	has: Equipped & { sound: 'real' | 'virtual' | 'none'; speakerphone: boolean }
	openMeeting: () => Promise<OwnMeeting>
	machine: Machine
	reports: Reports
	webhook: Webhook | null
	now: () => number
	log: Logger
}

export interface Rehearsal {
	close(): Promise<void>
}

const lookMs = 20_000
/** What keeps it from being begun at its hour may be over soon. */
const patientMs = 60 * 60_000

export function openRehearsal(options: RehearsalOptions): Rehearsal {
	const { config, room, reports, webhook, now, log } = options
	let running: { ending: AbortController; done: Promise<void>; view: NonNullable<RehearsalView['running']> } | null =
		null
	let due = nextAt(config, now())
	const latest = reports.latest()
	let last = latest && lastOf(latest)

	const tell = () => room.rehearsal.tell({ running: running?.view ?? null, last, nextAt: due })

	function finish(report: RehearsalReport) {
		reports.add(report)
		last = lastOf(report)
		running = null
		tell()
		webhook?.send(report)
		const { outcome, reason } = report
		const { failed } = last.counts
		log[outcome === 'failed' ? 'error' : 'info']({ outcome, reason, failed }, 'rehearsal')
	}

	function begin(by: RehearsalReport['by']): { id: string } {
		const [id, startedAt] = [randomUUID(), now()]
		const ending = new AbortController()
		const onProgress = ({ steps, done, step }: Progress) => {
			if (!running) return
			running.view = { startedAt, steps, done, step }
			tell()
		}
		const known = latest?.endedAt ?? 0
		const going = rehearse({ ...options, signal: ending.signal, known, onProgress })
		const done = going.then((steps) => {
			const bad = steps.some(({ outcome }) => outcome === 'failed')
			const outcome = ending.signal.aborted ? 'ended' : bad ? 'failed' : 'passed'
			finish({ id, startedAt, endedAt: now(), by, outcome, reason: null, steps })
		})
		running = { ending, done, view: { startedAt, steps: 0, done: 0, step: null } }
		tell()
		return { id }
	}

	function start(): Result {
		const no = hindrance(room.state().state, config.clearMinutes, now())
		if (no !== null) return refused('busy', rehearsalWords.en[no])
		return { ok: true, data: begin('person') }
	}

	async function stop(): Promise<void> {
		running?.ending.abort()
		await running?.done
	}

	/** Once a few seconds, rather than one long timer: clocks are set, and machines sleep. */
	function look() {
		const at = due
		if (at === null || now() < at) return
		const no = hindrance(room.state().state, config.clearMinutes, now())
		if (no === null) {
			due = nextAt(config, now())
			begin('timer')
		} else if (now() - at > patientMs) {
			due = nextAt(config, now())
			notBegun(at, no)
		}
	}

	function notBegun(at: number, reason: NotBegun) {
		finish({ id: randomUUID(), startedAt: at, endedAt: now(), by: 'timer', outcome: 'not-begun', reason, steps: [] })
	}

	room.rehearsal.performedBy({ start, stop, latest: reports.latest })
	tell()
	const timer = setInterval(look, lookMs)
	return {
		async close() {
			clearInterval(timer)
			await stop()
			webhook?.close()
		},
	}
}
