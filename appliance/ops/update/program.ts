import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { succeed } from './programs.ts'

/** `recover.ts` and all that it imports. */
export const recoverFiles = [
	...['recover.ts', 'data.ts', 'fault.ts', 'gate.ts', 'machine.ts', 'programs.ts'],
	...['state.ts', 'steps.ts', 'store.ts', 'words.ts'],
]

/** Copies what finishes a cut-off update, with this Node: of neither may half be another version's by then. */
export async function copyProgram(folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true, mode: 0o700 })
	writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
	for (const name of recoverFiles) copyFileSync(join(import.meta.dirname, name), join(folder, name))
	const node = join(folder, 'node')
	try {
		// dpkg puts another file in this one's place, and leaves this one as it is.
		linkSync(process.execPath, node)
	} catch {
		copyFileSync(process.execPath, node)
	}
	await succeed(['sync', '--file-system', folder])
}
