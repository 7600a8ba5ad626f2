import type { RehearsalStep, StepReport } from '../../protocol/rehearsal.ts'
import type { Origin } from '../../room/leases.ts'
import { judge } from './judge.ts'
import type { OwnMeeting } from './own-meeting.ts'
import { leansOn, plan } from './plan.ts'
import type { Arrived, Reading } from './readings.ts'
import type { RehearsalOptions } from './rehearsal.ts'
import { leaveCall, pictureOf, tryCall, tryRecording, tryRelay } from './try-call.ts'
import { cameraTrial } from './try-camera.ts'
import { tryPhone, tryTone } from './try-sound.ts'
import { codeOf, type Trying } from './trying.ts'
import { absent, failed, skipped, type Verdict } from './verdict.ts'

/** One rehearsal from the first step to the last. Nothing of it throws; the room is left as it was found. */

export interface Progress {
	steps: number
	done: number
	step: RehearsalStep | null
}

export interface RunOptions extends Pick<RehearsalOptions, 'room' | 'has' | 'openMeeting' | 'machine' | 'log'> {
	signal: AbortSignal
	/** A moment that is known to have been. */
	known: number
	onProgress: (progress: Progress) => void
}

/** The last of all: whoever drives a camera meanwhile passes before it, and the director's rank is the lowest. */
const origin: Origin = { id: 'rehearsal', label: 'rehearsal', role: 'room' }

export async function rehearse(options: RunOptions): Promise<StepReport[]> {
	const { room, has, machine, known, signal, log, onProgress } = options
	const steps = plan(room.state().state, has)
	const reports = new Map<string, StepReport>()
	const trying: Trying = { room, origin, signal, log }

	/** Tries one step, judges what it found, and tells. */
	async function take(step: RehearsalStep, perform: () => Promise<Reading> | Reading | Verdict): Promise<void> {
		onProgress({ steps: steps.length, done: reports.size, step })
		const began = performance.now()
		const verdict = await verdictOf(step, perform)
		reports.set(step.id, { ...step, ...verdict, tookMs: Math.round(performance.now() - began) })
	}

	async function verdictOf(step: RehearsalStep, perform: () => Promise<Reading> | Reading | Verdict): Promise<Verdict> {
		if (signal.aborted) return skipped('step-ended')
		const before = reports.get(leansOn(step) ?? '')
		if (before && before.outcome !== 'passed') return skipped('step-before')
		try {
			const found = await perform()
			return 'outcome' in found ? found : judge(step, found)
		} catch (error) {
			if (signal.aborted) return skipped('step-ended')
			log.error({ err: error, step: step.id }, 'a step of the rehearsal has a bug')
			return failed('step-bug')
		}
	}

	/** What a camera is tried in, one after the other. */
	async function ofCamera(id: string): Promise<void> {
		const trial = cameraTrial(id, trying)
		signal.addEventListener('abort', trial.halt, { once: true })
		for (const step of steps.filter(({ camera }) => camera?.id === id)) {
			if (step.kind === 'camera') await take(step, trial.answers)
			else if (step.kind === 'preset') await take(step, () => trial.preset(step.preset?.slot ?? -1))
			else if (step.kind === 'motion') await take(step, trial.motion)
			else if (step.kind === 'return') await take(step, trial.back)
		}
		signal.removeEventListener('abort', trial.halt)
	}

	/** All that takes a meeting of the room's own. */
	async function inMeeting(): Promise<void> {
		const meeting = await open()
		let arrived: readonly Arrived[] = []
		try {
			for (const step of steps) {
				if (step.kind === 'call') {
					await take(step, async () => {
						const reading = await tryCall(trying, meeting, has.sound !== 'none')
						arrived = reading.arrived
						return reading
					})
				} else if (step.kind === 'picture') await take(step, () => pictureOf(arrived, step.camera?.name ?? ''))
				else if (step.kind === 'relay') await take(step, () => air(meeting, tryRelay))
				else if (step.kind === 'recording') await take(step, () => air(meeting, tryRecording))
			}
		} finally {
			await leaveCall(trying)
			if (!('refused' in meeting)) await meeting.close()
		}
	}

	async function open(): Promise<OwnMeeting | { refused: string }> {
		if (signal.aborted) return { refused: 'busy' }
		try {
			return await options.openMeeting()
		} catch (error) {
			log.error({ err: error }, 'a rehearsal has no meeting of its own')
			return { refused: codeOf(error) }
		}
	}

	const air = (
		meeting: OwnMeeting | { refused: string },
		attempt: (trying: Trying, meeting: OwnMeeting) => Promise<Reading>,
	) => ('refused' in meeting ? skipped('step-before') : attempt(trying, meeting))

	const one = async (kind: RehearsalStep['kind'], perform: () => Promise<Reading> | Reading | Verdict) => {
		const step = steps.find((step) => step.kind === kind)
		if (step) await take(step, perform)
	}

	try {
		// Each at its own pace: a hall with six cameras takes no longer than one.
		await Promise.all([...new Set(steps.flatMap(({ camera }) => camera?.id ?? []))].map(ofCamera))
		room.released(origin.id)
		await one('tone', () => {
			if (has.sound === 'real') return tryTone(trying)
			return absent(has.sound === 'none' ? 'sound-none' : 'sound-virtual')
		})
		await inMeeting()
		await one('disk', machine.disk)
		await one('certificate', machine.certificate)
		await one('clock', () => machine.clock(known))
		await one('speakerphone', () => tryPhone(trying, has.speakerphone))
		await one('backup', machine.backup)
	} catch (error) {
		log.error({ err: error }, 'a rehearsal has a bug')
	}
	room.released(origin.id)
	return steps.map((step) => reports.get(step.id) ?? { ...step, ...skipped('step-ended'), tookMs: 0 })
}
