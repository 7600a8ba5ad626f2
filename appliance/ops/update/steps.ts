import { basename, join } from 'node:path'
import { forgetData, restoreData, saveData } from './data.ts'
import { faultOf, StepFault } from './fault.ts'
import { beginWatching, look, type Promised } from './gate.ts'
import type { Machine } from './machine.ts'
import { type End, type Event, isEnd, next, type State, type Step } from './state.ts'
import type { Places } from './store.ts'

/** An update, step by step, on this machine or in a test. What is next says state.ts alone. */

interface Surroundings {
	machine: Machine
	places: Places
	dataDir: string
	/** Gets everything ready while the service still runs. Whoever finishes what was cut off never comes to that. */
	prepare: () => Promise<void>
	/** Null: nobody waits for the service, which systemd starts after us. */
	gate: Gate | null
}

export interface Gate {
	readyMs: number
	steadyMs: number
	/** What was not right before the update. */
	before: { health: readonly string[]; doctor: readonly string[] }
}

const everyMs = 1_000

/**
 * Carries an update on from this state to its end. `keep` puts each state on the disk before its step is begun; what it
 * ends with is kept as well, and is for the caller to tell.
 */
export async function carryOut(
	from: State,
	perform: (step: Exclude<Step, End>, state: State) => Promise<void>,
	keep: (state: State) => void,
): Promise<State & { step: End }> {
	let state = from
	for (;;) {
		keep(state)
		const { step } = state
		if (isEnd(step)) return { ...state, step }
		let event: Event = { type: 'done' }
		try {
			await perform(step, state)
		} catch (error) {
			event = { type: 'failed', fault: faultOf(error) }
		}
		state = next(state, event)
	}
}

/** Does one step. Each can be done again where it was cut off. */
export async function perform(
	{ machine, places, dataDir, prepare, gate }: Surroundings,
	step: Exclude<Step, End>,
	state: State,
): Promise<void> {
	switch (step) {
		case 'prepare':
			return prepare()
		case 'stop':
		case 'undo-stop':
			return machine.stopService()
		case 'save':
			return saveData(dataDir)
		case 'install':
			return machine.install(state.install.map((name) => join(places.parts, basename(name))))
		case 'undo-install':
			return machine.install([places.previous])
		case 'undo-data':
			return restoreData(dataDir)
		case 'start':
		case 'undo-start':
			return machine.startService()
		case 'watch':
			return gate ? watch(machine, gate, state.to) : undefined
		case 'undo-watch':
			return gate ? watch(machine, gate, state.from) : undefined
		case 'commit':
		case 'discard':
		case 'drop':
			return forgetData(dataDir)
	}
}

/** Resolves when that version is well and has stayed so. */
async function watch(machine: Machine, { before, ...times }: Gate, version: string) {
	const promised: Promised = { ...times, version, before: before.health }
	let watching = beginWatching(machine.now())
	for (;;) {
		const verdict = look(watching, await machine.look(), promised, machine.now())
		if (verdict.type === 'failed') throw new StepFault(verdict.fault.code, verdict.fault.detail)
		if (verdict.type === 'passed') break
		watching = verdict.watching
		await machine.sleep(everyMs)
	}
	const failing = (await machine.doctor()).filter((what) => !before.doctor.includes(what))
	if (failing.length > 0) throw new StepFault('doctor', failing.join(', '))
}
