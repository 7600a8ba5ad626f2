import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { dataDirOf, loadConfig } from '../config.ts'
import { loopbackOrigin, placePorts } from '../config-ports.ts'
import { defaultConfig } from '../config-schema.ts'
import { openPin } from '../identity/pin.ts'
import { openTokens } from '../identity/tokens.ts'
import { mostHours, type PairingAsk } from '../protocol/pairing.ts'
import { makeDataFolder } from './data-folder.ts'
import { openDatabase } from './database.ts'

/** `maru pair` and `maru pin`: what whoever is at this machine may do, without a token of theirs. */

interface Pairing {
	code: string
	name: string
	/** Null: until it is revoked. */
	hours: number | null
	/** Asks nobody whether it is the right one. */
	yes: boolean
}

/** '8h' or '3d' in hours; null: it is neither, or too long. */
export function hoursOf(text: string): number | null {
	const [, number, unit] = /^(\d{1,4})([hd])$/.exec(text) ?? []
	const hours = Number(number) * (unit === 'd' ? 24 : 1)
	return hours >= 1 && hours <= mostHours ? hours : null
}

/** Lets in the screen that shows this code. The service must run: codes live there alone. */
export async function pair(env: NodeJS.ProcessEnv, { code, name, hours, yes }: Pairing): Promise<string> {
	const { config, port } = loadConfig(env)
	const origin = loopbackOrigin(await placePorts(config ?? defaultConfig('demo'), port))
	const tokens = await openTokens(join(dataDirOf(env), 'identity'), Date.now)
	const token = await tokens.issue({ role: 'admin', seconds: 300 })
	const found = (await ask(origin, token, 'POST', 'pairing/look', { code })) as PairingAsk
	const who = `${found.browser}, ${found.address}`
	if (!yes && !(await isWanted(who))) throw new Error('nothing was done')
	const body = { name: name || found.browser, ...(hours === null ? {} : { hours }) }
	await ask(origin, token, 'PUT', `panels/${found.id}`, body)
	return `${body.name} (${who}) is let in${hours === null ? '' : ` for ${hours} hours`}`
}

/** Also where the service runs: it reads it at each use. */
export async function setPin(env: NodeJS.ProcessEnv): Promise<void> {
	const typed = (await readPin()).trim()
	if (!/^\d{6}$/.test(typed)) throw new Error('a PIN is six digits; nothing was changed')
	const dataDir = makeDataFolder(dataDirOf(env))
	const db = openDatabase(join(dataDir, 'maru.db'))
	try {
		await openPin({ db, dir: join(dataDir, 'identity'), now: Date.now }).set(typed)
	} finally {
		db.close()
	}
}

async function ask(origin: string, token: string, method: string, path: string, body: object): Promise<unknown> {
	const response = await fetch(`${origin}/api/v1/${path}`, {
		method,
		headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(10_000),
	}).catch(() => {
		throw new Error(`no service answers at ${origin}: is it running, and with this MARU_PORT and maru.yaml?`)
	})
	const answer = (await response.json()) as { code?: string; detail?: string }
	if (response.ok) return answer
	if (answer.code === 'bad-code')
		throw new Error('no screen shows this code now: look at it again, a code lasts five minutes')
	const seconds = response.headers.get('retry-after')
	throw new Error(`${answer.detail ?? answer.code}${seconds ? ` (${seconds} s)` : ''}`)
}

async function isWanted(who: string): Promise<boolean> {
	if (!process.stdin.isTTY) throw new Error(`the code is shown by ${who}: say --yes to let it in without being asked`)
	const lines = createInterface({ input: process.stdin, output: process.stderr })
	const answer = await lines.question(`The code is shown by ${who}. Let it in? [y/N] `)
	lines.close()
	return /^y(es)?$/i.test(answer.trim())
}

/** From a terminal without showing it, else from standard input. Never an argument: every user of a machine sees those. */
async function readPin(): Promise<string> {
	const { stdin, stderr } = process
	if (!stdin.isTTY)
		return new Promise((resolve) =>
			createInterface({ input: stdin })
				.once('line', resolve)
				.once('close', () => resolve('')),
		)
	stderr.write('New admin PIN, six digits: ')
	stdin.setRawMode(true)
	let typed = ''
	for await (const bytes of stdin) {
		for (const key of String(bytes)) {
			if (key === '\u0003') process.exit(130)
			else if (key === '\r' || key === '\n') return done(typed)
			else if (key === '\u007f') typed = typed.slice(0, -1)
			else typed += key
		}
	}
	return done(typed)

	function done(pin: string) {
		stdin.setRawMode(false)
		stderr.write('\n')
		return pin
	}
}
