import { join } from 'node:path'
import { thisMachine } from './machine.ts'
import { next } from './state.ts'
import { carryOut, perform } from './steps.ts'
import { openStore, type Places, placesIn, stillRuns, thisRunner } from './store.ts'
import { ending } from './words.ts'

/**
 * Puts in order what an update left that was cut off: by a power cut, or by whatever ended it. It runs from a copy of its own
 * (maru-update-recover.service), because what is installed may be half one version and half the other, so that nothing here
 * is imported from outside this folder. At the end the service is started, and nobody waits for it.
 */
async function recover(places: Places): Promise<number> {
	const store = openStore(places)
	const kept = store.read()
	if (kept === null || stillRuns(kept.runner)) return 0
	const { language, dataDir } = kept
	const surroundings = {
		...{ machine: thisMachine(''), places, dataDir, gate: null },
		prepare: () => Promise.reject(new Error('nothing can be prepared any more')),
	}
	const ended = await carryOut(
		next(kept.state, { type: 'interrupted' }),
		(step, state) => perform(surroundings, step, state),
		(state) => store.write({ state, runner: thisRunner(), dataDir, language }),
	)
	console.log(ending(ended, language))
	if (ended.step === 'stuck') return 4
	const { from, to, began, why, unwell } = ended
	store.finish({ from, to, began, why, unwell, end: ended.step, at: Date.now() })
	return 0
}

// It lies in work/program/ of what it puts in order.
process.exit(await recover(placesIn(join(import.meta.dirname, '../..'))))
