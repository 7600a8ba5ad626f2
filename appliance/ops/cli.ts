import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError, loadConfig } from '../config.ts'
import { isHouseRole, openTokens } from '../identity/tokens.ts'
import { houseRoles } from '../protocol/roles.ts'

/** The command `maru`. Exit codes: 0 done, 1 it failed, 2 it was asked wrongly (a fault in the configuration too). */

const usage = `maru run                                   runs the appliance
maru check-config                          reads maru.yaml and prints every fault
maru token create --role ROLE [--hours N]  prints a token (${houseRoles.join(', ')})`

class UsageError extends Error {}

async function run(args: string[]): Promise<void> {
	const [command, sub] = args
	switch (command) {
		case 'run':
			// Only now: nothing else of the appliance is needed by the other commands.
			return (await import('../main.ts')).main()
		case 'check-config': {
			const { config } = loadConfig(process.env)
			console.log(config ? 'no faults' : 'there is no maru.yaml: the demo room would run')
			return
		}
		case 'token':
			if (sub === 'create') return createToken(args.slice(2))
	}
	throw new UsageError(usage)
}

/** Works beside a running service: both use the same key. */
async function createToken(args: string[]) {
	const { role, hours } = readOptions(args)
	if (!isHouseRole(role)) throw new UsageError(`--role must be one of: ${houseRoles.join(', ')}`)
	const seconds = hours === undefined ? undefined : Number(hours) * 3_600
	if (seconds !== undefined && !(seconds > 0)) throw new UsageError('--hours must be a number above 0')
	const { dataDir } = loadConfig({ ...process.env, MARU_CONFIG: '' })
	mkdirSync(dataDir, { recursive: true, mode: 0o700 })
	const tokens = await openTokens(join(dataDir, 'identity'), Date.now)
	console.log(await tokens.issue({ role, ...(seconds === undefined ? {} : { seconds }) }))
}

function readOptions(args: string[]) {
	try {
		return parseArgs({ args, options: { role: { type: 'string' }, hours: { type: 'string' } } }).values
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : usage)
	}
}

try {
	await run(process.argv.slice(2))
	process.exit(0)
} catch (error) {
	const asked = error instanceof UsageError || error instanceof ConfigError
	console.error(error instanceof Error ? error.message : error)
	if (!asked && process.env.MARU_LOG === 'debug') console.error(error)
	process.exit(asked ? 2 : 1)
}
