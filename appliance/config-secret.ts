import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Placed } from './config-faults.ts'

/**
 * Puts a secret in the place of the file that the configuration names for it (from `folder` on), since a configuration is
 * read, copied and shown by many. `what`: how a fault calls it.
 */
export function readSecretOf(
	holder: Record<string, unknown>,
	key: string,
	what: string,
	path: (string | number)[],
	folder: string,
): Placed[] {
	const given = holder[key]
	if (given === undefined) return []
	const fault = (message: string): Placed[] => [{ path: [...path, key], message }]
	holder[key] = 'unread' // which is no fault of the schema as well
	if (!isFile(given)) return fault(`a ${what} stands in a file of its own: '${key}: { file: /path/of/it }'`)
	try {
		holder[key] = readFileSync(resolve(folder, given.file), 'utf8').replace(/\r?\n$/, '')
		return []
	} catch (error) {
		return fault(`the file of the ${what} cannot be read: ${error instanceof Error ? error.message : error}`)
	}
}

function isFile(value: unknown): value is { file: string } {
	if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return false
	return 'file' in value && typeof value.file === 'string'
}
