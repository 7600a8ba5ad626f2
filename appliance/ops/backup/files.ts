import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The files of a backup folder, and the secret that they are under. */

export const keysFile = 'maru.keys'
const pattern = /^maru-\d{8}T\d{6}Z\.backup$/
/** 32 random bytes, Base64 for addresses. What somebody thought of themselves can be guessed. */
const secretPattern = /^[\w-]{43}$/

/** The name of the backup that was begun then. */
export function backupName(at: Date): string {
	return `maru-${at.toISOString().replace(/[-:]|\.\d+/g, '')}.backup`
}

/** Backups in a folder, the newest first. */
export function backupsIn(folder: string): string[] {
	return readdirSync(folder)
		.filter((name) => pattern.test(name))
		.sort()
		.reverse()
		.map((name) => join(folder, name))
}

/** Writes a new secret. Throws where there is a file already: whoever loses a secret loses the backups under it. */
export function makeSecret(file: string): void {
	writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
}

export function readSecret(file: string): string {
	if (!existsSync(file)) throw new Error(`there is no ${file}: maru backup --new-key ${file} makes one`)
	const secret = readFileSync(file, 'utf8').trim()
	if (!secretPattern.test(secret)) throw new Error(`${file} is no key: maru backup --new-key FILE makes one`)
	return secret
}

/** Whole under its name and on the disk, or not there. */
export async function writeWhole(file: string, content: AsyncIterable<Buffer>): Promise<void> {
	const partial = `${file}.partial`
	await pipeline(Readable.from(content), createWriteStream(partial, { mode: 0o600, flush: true }))
	renameSync(partial, file)
	const folder = await open(dirname(file))
	await folder.sync()
	await folder.close()
}
