import { closeSync, existsSync, openSync, readSync, statfsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openTokens } from '../../identity/tokens.ts'
import { bytesToSave } from './data.ts'
import { StepFault } from './fault.ts'
import type { Installed, Room } from './judge.ts'
import { runProgram, succeed } from './programs.ts'

/** What is on this machine, as far as an update has to know. Nothing is changed. */

interface Asked {
	dataDir: string
	/** Where an update's own files lie. */
	home: string
	/** The service, on this machine: 'http://127.0.0.1:8080'. */
	origin: string
}

const answerMs = 5_000

/** Throws a StepFault where Maru was not installed as a package. */
export async function whatIsInstalled({ dataDir, home, origin }: Asked): Promise<Installed> {
	const { stdout } = await runProgram([
		'dpkg-query',
		'-W',
		'-f',
		fields('Version', 'Architecture', 'Installed-Size'),
		'maru',
	])
	const [version = '', architecture = '', kilobytes = ''] = stdout.trim().split('\t')
	const packages = await installedPackages()
	if (version === '' || !packages.has('maru')) throw new StepFault('not-installed')
	return {
		...{ version, architecture, packages },
		schema: schemaOf(join(dataDir, 'maru.db')),
		bytes: {
			present: Number(kilobytes) * 1_024,
			data: existsSync(dataDir) ? await bytesToSave(dataDir) : 0,
		},
		disks: disksOf({ work: home, program: '/opt', data: dataDir }),
		meeting: await meetingGoesOn(dataDir, origin),
	}
}

/** dpkg-query's own placeholders, with tabs between. */
const fields = (...names: string[]) => `${names.map((name) => `\${${name}}`).join('\t')}\n`

async function installedPackages(): Promise<Map<string, string>> {
	const lines = (await succeed(['dpkg-query', '-W', '-f', fields('db:Status-Status', 'Package', 'Version')])).split(
		'\n',
	)
	const found = lines.map((line) => line.split('\t')).filter(([status]) => status === 'installed')
	return new Map(found.map(([, name = '', version = '']) => [name, version]))
}

/** Where these lie, or will lie; what is on one file system shares its room. */
function disksOf(paths: Record<Room, string>): Installed['disks'] {
	const disks = new Map<number, { holds: Room[]; free: number }>()
	for (const [room, path] of Object.entries(paths) as [Room, string][]) {
		let there = path
		while (!existsSync(there)) there = dirname(there)
		const { bavail, bsize } = statfsSync(there)
		const { dev } = statSync(there)
		disks.set(dev, { holds: [...(disks.get(dev)?.holds ?? []), room], free: bavail * bsize })
	}
	return [...disks.values()]
}

/**
 * `user_version` of a database, from its header (sqlite.org/fileformat.html, 1.3.13): to open it would leave files of root's
 * beside it, which the service could not write.
 */
export function schemaOf(path: string): number {
	if (!existsSync(path)) return 0
	const header = Buffer.alloc(64)
	const file = openSync(path, 'r')
	try {
		return readSync(file, header, 0, 64, 0) === 64 ? header.readUInt32BE(60) : 0
	} finally {
		closeSync(file)
	}
}

/** As the service says. Where it doesn't answer, nobody is in a meeting of its. */
export async function meetingGoesOn(dataDir: string, origin: string): Promise<boolean> {
	// Only an appliance that has run has a key; root would make one that the service cannot read.
	if (!existsSync(join(dataDir, 'identity/tokens.jwk'))) return false
	try {
		const alive = await fetch(`${origin}/api/v1/health`, { signal: AbortSignal.timeout(answerMs) })
		if (!alive.ok) return false
		const token = await (await openTokens(join(dataDir, 'identity'), Date.now)).issue({ role: 'admin', seconds: 60 })
		const ask = async (path: string) => {
			const headers = { authorization: `Bearer ${token}` }
			const answer = await fetch(`${origin}/api/v1${path}`, { headers, signal: AbortSignal.timeout(answerMs) })
			return answer.ok ? ((await answer.json()) as unknown) : null
		}
		const room = (await ask('/room')) as { call: { phase: string } } | null
		const meetings = (await ask('/meetings')) as { phase: string }[] | null
		const inCall = room !== null && !['idle', 'failed'].includes(room.call.phase)
		return inCall || (meetings ?? []).some(({ phase }) => phase === 'open' || phase === 'suspended')
	} catch {
		return false
	}
}
