import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { dataDirOf } from '../../config.ts'
import type { BundleStep } from '../../protocol/bundle.ts'
import { becomeOwner } from '../doctor/permission.ts'
import { makeBundle } from './bundle.ts'
import { readJournals } from './journal.ts'

/**
 * Makes a bundle as a file, which must not be there yet. Where root asks, root opens the file and reads the journal, and
 * the service's user does all else. Answers its length.
 */
export async function writeBundle(
	env: NodeJS.ProcessEnv,
	file: string,
	onStep: (step: BundleStep) => void,
): Promise<number> {
	const opened = openSync(file, 'wx', 0o600)
	try {
		const journals = await readJournals()
		becomeOwner(dataDirOf(env))
		const zip = await makeBundle({ env, journals, onStep })
		writeSync(opened, zip)
		fsyncSync(opened)
		return zip.length
	} finally {
		closeSync(opened)
	}
}
