import { StepError } from './step-error.mjs'

/**
 * A step of set-up, as data.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {string} mayTake how long it takes at worst, in words
 * @property {() => boolean} isDone must answer in milliseconds: it is asked at every start
 * @property {(run: import('./tools.mjs').Run) => Promise<void>} perform throws a StepError when it cannot
 * @property {boolean} [optional] a later step makes up for this one
 */

/**
 * Performs what is not done yet, in order. Says one line when all is in place.
 *
 * @param {Step[]} steps
 * @param {object} context
 * @param {import('./screen.mjs').Screen} context.screen
 * @param {import('./tools.mjs').Tools} context.tools
 * @param {(onWait: () => void) => Promise<() => void>} context.lock waits until no other set-up runs here, and resolves to its release
 */
export async function runSteps(steps, { screen, tools, lock }) {
	if (steps.every((step) => step.isDone())) return screen.line('set-up: all in place')
	const release = await lock(() => screen.line('set-up: another one is running here, waiting for it'))
	try {
		for (const step of steps) {
			// Asked again: the set-up that we waited for may have done it.
			if (!step.isDone()) await perform(step, screen, tools)
		}
		screen.line('set-up: done')
	} finally {
		release()
	}
}

async function perform(step, screen, tools) {
	const task = screen.begin(`${step.name}, may take ${step.mayTake}`)
	try {
		await step.perform(tools.heardBy(task.note))
		const done = step.isDone()
		if (!done && !step.optional) {
			throw new StepError(
				'it ended without an error and yet is not in place',
				'Run it again; if it stays so, report it',
			)
		}
		task.end(done ? 'done' : 'not to be had here')
	} catch (error) {
		task.end('failed')
		throw error
	}
}
