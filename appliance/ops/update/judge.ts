import type { Manifest } from './manifest.ts'
import type { Trust } from './sign.ts'
import { compareVersions } from './versions.ts'

/** Whether an update may be put on this machine. Pure. */

/** What was found in the file. */
export interface Found {
	/** Null: it is no update, or of a form that is not known here. */
	manifest: Manifest | null
	trust: Trust
	/** Its parts: not looked at yet, as they were signed, otherwise, or cut off. */
	content: 'unread' | 'whole' | 'changed' | 'truncated'
}

/** Of the update's own files, of the program, of the data. */
export type Room = 'work' | 'program' | 'data'

/** What is on the machine. */
export interface Installed {
	version: string
	architecture: string
	/** The form of the database; 0: there is none yet. */
	schema: number
	/** Debian's packages that are installed, with their versions. */
	packages: ReadonlyMap<string, string>
	/** What the present version takes, and the data that is copied before. */
	bytes: { present: number; data: number }
	/** The file systems, each with what will be put on it. */
	disks: readonly { holds: readonly Room[]; free: number }[]
	/** Whether a meeting goes on, or the room is in a call. */
	meeting: boolean
}

interface Wish {
	/** An older version is put over a newer one. */
	downgrade: boolean
	/** Also while a meeting goes on. */
	now: boolean
}

interface Refusal {
	code: RefusalCode
	/** What is filled into the sentence. */
	detail: string
}

type RefusalCode =
	| 'no-update'
	| 'unsigned'
	| 'unknown-key'
	| 'wrong-signature'
	| 'changed'
	| 'truncated'
	| 'architecture'
	| 'same'
	| 'older'
	| 'jump'
	| 'not-over'
	| 'schema'
	| 'depends'
	| 'clock'
	| 'space'
	| 'meeting'

/** A clock that goes a little wrong is no reason; one that lost its battery dates every minute of a meeting wrongly. */
const clockToleranceMs = 86_400_000
/** Stays free for everything else. */
const reserveBytes = 256 * 1024 ** 2

/** The first reason not to, or null. `now` in milliseconds. */
export function judge(found: Found, installed: Installed, wish: Wish, now: number): Refusal | null {
	const refuse = (code: Refusal['code'], detail = ''): Refusal => ({ code, detail })
	const { manifest, trust, content } = found
	// Before anything that an unknown author says is believed.
	if (trust === 'unsigned') return refuse('unsigned')
	if (trust === 'unknown') return refuse('unknown-key')
	if (trust === 'wrong') return refuse('wrong-signature')
	if (manifest === null) return refuse('no-update')
	if (content === 'truncated' || content === 'changed') return refuse(content)

	if (manifest.architecture !== installed.architecture) return refuse('architecture', manifest.architecture)
	const newer = compareVersions(manifest.version, installed.version)
	if (newer === 0) return refuse('same', installed.version)
	if (newer < 0 && !wish.downgrade) return refuse('older', installed.version)
	const { least, before } = manifest.from
	if (compareVersions(installed.version, least) < 0) return refuse('jump', least)
	if (before !== null && compareVersions(installed.version, before) >= 0 && !wish.downgrade) {
		return refuse('not-over', before)
	}
	if (manifest.schema < installed.schema) return refuse('schema', `${installed.schema} > ${manifest.schema}`)
	const brought = new Set(manifest.parts.map((part) => part.package))
	const missing = manifest.depends.filter((name) => !installed.packages.has(name) && !brought.has(name))
	if (missing.length > 0) return refuse('depends', missing.join(', '))
	if (manifest.madeAt > now + clockToleranceMs) return refuse('clock', new Date(now).toISOString())
	const lacking = content === 'unread' ? bytesLacking(manifest, installed) : 0
	if (lacking > 0) return refuse('space', `${Math.ceil(lacking / 1024 ** 2)} MiB`)
	return installed.meeting && !wish.now ? refuse('meeting') : null
}

/** How much is lacking where most is: for the parts and the present version as a package, the new one, a copy of the data. */
function bytesLacking({ parts, installedBytes }: Manifest, { bytes, disks }: Installed): number {
	const brought = parts.reduce((sum, part) => sum + part.bytes, 0)
	const needed = { work: brought + bytes.present, program: installedBytes, data: bytes.data }
	const lacking = disks.map(({ holds, free }) => {
		return holds.reduce((sum, room) => sum + needed[room], reserveBytes) - free
	})
	return Math.max(0, ...lacking)
}

/** Which parts have to be installed: Maru's own, and of Debian's those that are newer than what is here. */
export function partsToInstall({ parts }: Manifest, packages: Installed['packages']): string[] {
	return parts
		.filter(({ package: name, version }) => {
			const present = packages.get(name)
			return name === 'maru' || present === undefined || compareVersions(version, present) > 0
		})
		.map(({ name }) => name)
}
