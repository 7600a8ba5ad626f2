import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Audit, openAudit } from '../identity/audit.ts'
import { openDatabase } from './database.ts'

/** What the audit keeps of whoever is at this machine: of the command line, and of files that were changed by hand. */

/**
 * Keeps what was done at the command line, beside a running service as well. Whoever may do it could do it without this, so
 * that a database that takes nothing keeps nobody from it; it is said on standard error.
 */
export function keepDone(dataDir: string, action: string): void {
	try {
		const db = openDatabase(join(dataDir, 'maru.db'))
		try {
			// As root for somebody: for whom.
			const jti = process.env.SUDO_UID ?? String(process.getuid?.() ?? '')
			openAudit(db, Date.now).append({ role: 'command line', jti, place: 'local', action })
		} finally {
			db.close()
		}
	} catch (error) {
		console.error(`done, but the audit could not keep it: ${error instanceof Error ? error.message : error}`)
	}
}

/** Keeps what is another than at the start before: the program, and the configuration, by a part of its hash. */
export function keepChanges(audit: Audit, { build, configuration }: { build: string; configuration: string }): void {
	for (const [kind, action] of [
		['update', `program ${build}`],
		['configuration', `configuration ${configuration}`],
	] as const) {
		const [first = ''] = action.split(' ')
		if (audit.latest(kind, `${first} `)?.action === action) continue
		audit.append({ role: 'system', jti: '', place: 'local', action })
	}
}

/** Of the file as it is written, which holds no secrets; 'none': there is none, and the demo room runs. */
export function configurationDigest(env: NodeJS.ProcessEnv): string {
	const file = resolve(env.MARU_CONFIG || 'maru.yaml')
	return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16) : 'none'
}
