import { existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram, succeed } from './programs.ts'

/**
 * The data as it was before an update, beside the data. The service is stopped meanwhile, so the database and its log are
 * copied as files and are the same to the last byte. Recordings and documents are written once and then left alone: a second
 * name for each is enough, and is there at once however much they are.
 */

const saved = 'before-update'
const linked = ['recordings', 'documents']
/** What is made anew, or is no part of what is kept; the same as in a backup. */
const leftOut = /^(cache|virtual|backup-.*|before-.*)$/

/** Where it lies; a backup leaves it out. */
export const savedIn = (dataDir: string) => join(dataDir, saved)

/** What the copy of it will take, about. */
export async function bytesToSave(dataDir: string): Promise<number> {
	const names = entriesOf(dataDir).filter((name) => !linked.includes(name))
	if (names.length === 0) return 0
	// A file that is gone meanwhile is no fault.
	const { stdout } = await runProgram(['du', '-sbc', '--', ...names.map((name) => join(dataDir, name))])
	return Number(stdout.trim().split('\n').at(-1)?.split('\t')[0] ?? 0)
}

/** Whole on the disk when it resolves; one of an earlier time is replaced. */
export async function saveData(dataDir: string): Promise<void> {
	if (!existsSync(dataDir)) return
	const partial = `${savedIn(dataDir)}.partial`
	await asOwner(dataDir, ['rm', '-rf', '--', partial, savedIn(dataDir)])
	await asOwner(dataDir, ['mkdir', '-m', '700', '--', partial])
	await copy(dataDir, dataDir, partial)
	renameSync(partial, savedIn(dataDir))
	await succeed(['sync', '--file-system', dataDir])
}

/** Makes the data what it was. What is saved stays, so that it can be done once more where it was cut off. */
export async function restoreData(dataDir: string): Promise<void> {
	const from = savedIn(dataDir)
	if (!existsSync(from)) return
	const present = entriesOf(dataDir).map((name) => join(dataDir, name))
	if (present.length > 0) await asOwner(dataDir, ['rm', '-rf', '--', ...present])
	await copy(dataDir, from, dataDir)
	await succeed(['sync', '--file-system', dataDir])
}

/** The keys of people's fields are in it: it goes as soon as nobody needs it. */
export async function forgetData(dataDir: string): Promise<void> {
	if (!existsSync(dataDir)) return
	await asOwner(dataDir, ['rm', '-rf', '--', savedIn(dataDir), `${savedIn(dataDir)}.partial`])
}

async function copy(dataDir: string, from: string, to: string) {
	const names = entriesOf(from)
	const some = (wanted: boolean) =>
		names.filter((name) => linked.includes(name) === wanted).map((name) => join(from, name))
	const [copies, links] = [some(false), some(true)]
	if (copies.length > 0) await asOwner(dataDir, ['cp', '-a', '--', ...copies, to])
	if (links.length > 0) await asOwner(dataDir, ['cp', '-a', '--link', '--', ...links, to])
}

const entriesOf = (folder: string) => readdirSync(folder).filter((name) => !leftOut.test(name))

/** The folder is the service's: root follows none of the links that might lie there. */
function asOwner(dataDir: string, command: readonly string[]): Promise<string> {
	const { uid, gid } = statSync(dataDir)
	if (uid === process.getuid?.()) return succeed(command)
	return succeed(['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', ...command])
}
