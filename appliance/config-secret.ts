import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Placed } from './config-faults.ts'

/**
 * Puts a secret in the place of the file, or the credential of systemd, that the configuration names for it (files from
 * `folder` on), since a configuration is read, copied and shown by many. `what`: how a fault calls it.
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
	const place = placeOf(given, folder)
	if (place === null) return fault(`a ${what} stands in a file of its own: '${key}: { file: /path/of/it }'`)
	if (place === 'no credentials') return fault(`systemd has given this service no credentials ('LoadCredential=')`)
	try {
		holder[key] = readFileSync(place, 'utf8').replace(/\r?\n$/, '')
		return []
	} catch (error) {
		return fault(`the file of the ${what} cannot be read: ${error instanceof Error ? error.message : error}`)
	}
}

/** `{ file }`, or `{ credential }` by its name in the unit. Null: neither. */
function placeOf(value: unknown, folder: string): string | null {
	if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return null
	if ('file' in value && typeof value.file === 'string') return resolve(folder, value.file)
	if (!('credential' in value) || typeof value.credential !== 'string' || !/^\w[\w.-]*$/.test(value.credential))
		return null
	const { CREDENTIALS_DIRECTORY: credentials } = process.env
	return credentials ? join(credentials, value.credential) : 'no credentials'
}
