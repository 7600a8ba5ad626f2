import { mkdirSync } from 'node:fs'

/** Makes the data folder where it is missing, for its owner alone, and answers it. */
export function makeDataFolder(dataDir: string): string {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 })
	return dataDir
}
