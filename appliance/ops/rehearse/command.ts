import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataDirOf, loadConfig } from '../../config.ts'
import { loopbackOrigin, placePorts } from '../../config-ports.ts'
import { defaultConfig } from '../../config-schema.ts'
import { openTokens } from '../../identity/tokens.ts'
import type { RehearsalReport, RehearsalView } from '../../protocol/rehearsal.ts'
import { stepName } from '../../protocol/rehearsal-texts.ts'
import { linesOf } from './report-text.ts'

/** `maru rehearse`: begins a rehearsal in the running service and waits for its report. */

interface Latest {
	running: RehearsalView['running']
	latest: RehearsalReport | null
}

const lookMs = 500

/** Prints the report; answers whether all is well. Rejects where it could not be begun. */
export async function rehearseNow(env: NodeJS.ProcessEnv, english: boolean): Promise<boolean> {
	const { config, port } = loadConfig(env)
	const placed = await placePorts(config ?? defaultConfig('demo'), port)
	const language = english ? 'en' : placed.room.language
	const tokens = await openTokens(join(dataDirOf(env), 'identity'), Date.now)
	const token = await tokens.issue({ role: 'panel', seconds: 3_600 })
	const ask = asker(loopbackOrigin(placed), token)
	const { id } = await ask<{ id: string }>('POST', 'rehearsals')
	let shown = ''
	for (;;) {
		const { running, latest } = await ask<Latest>('GET', 'rehearsals/latest')
		if (latest?.id === id) {
			for (const line of linesOf(latest, language)) console.log(line)
			return latest.outcome === 'passed'
		}
		if (!running) throw new Error('the service was restarted before the rehearsal was over')
		const step = running.step ? stepName(running.step, language) : ''
		// Where somebody watches; a script is told the report alone.
		if (step !== shown && process.stderr.isTTY) console.error(`${running.done}/${running.steps}  ${step}`)
		shown = step
		await sleep(lookMs)
	}
}

function asker(origin: string, token: string) {
	return async <T>(method: 'GET' | 'POST', path: string): Promise<T> => {
		const response = await fetch(`${origin}/api/v1/${path}`, {
			method,
			headers: { authorization: `Bearer ${token}` },
			signal: AbortSignal.timeout(10_000),
		}).catch(() => {
			throw new Error(`no service answers at ${origin}: is it running, and with this MARU_PORT and maru.yaml?`)
		})
		const answer = (await response.json()) as { detail?: string }
		if (!response.ok) throw new Error(answer.detail ?? `the service answered ${response.status}`)
		return answer as T
	}
}
