import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { basename, join, resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError, dataDirOf, loadConfig } from '../config.ts'
import { isCounterRole, isHouseRole, openTokens } from '../identity/tokens.ts'
import { counterRoles, houseRoles } from '../protocol/roles.ts'
import { makeDataFolder } from './data-folder.ts'

/** The command `maru`. Exit codes: 0 done, 1 it failed, 2 it was asked wrongly (a fault in the configuration too). */

const tokenRoles = [...houseRoles, ...counterRoles].join(', ')
const usage = `maru run                                   runs the appliance
maru check-config                          reads maru.yaml and prints every fault
maru token create --role ROLE [--days N]   prints a token (${tokenRoles})
maru pair CODE [--name N] [--temporary 8h] [--yes]   lets in the panel or tablet that shows this code
maru pin set                               sets the PIN before the settings of panels
maru account create NAME --role ROLE | list | disable NAME | reset NAME   people who sign in with a password
maru minutes --verify [--meeting ID]       looks whether the journals are as they were written
maru backup --to FOLDER --key FILE [--keep N]   everything that is kept, encrypted (--new-key FILE makes the key)
maru restore --from FOLDER --key FILE [--replace]   the newest backup, or the one that is named, as this machine's data
maru doctor [--json]                       looks whether everything is here that Maru needs, and says how to mend it
maru logs --bundle FILE                    one file for whoever helps: logs, findings, figures; no secrets and no names
maru update FILE [--downgrade] [--now] | --status | keygen FILE   a signed update; it goes back by itself where it fails
maru rehearse [--english]                  tries the room as every morning: cameras, sound, a call, relay, disk
maru udev-rules [--group G] [--vendor ID]  prints the rules that let Maru's user speak with speakerphones`

class UsageError extends Error {}

const mostSeconds = 3_660 * 86_400

async function run(args: string[]): Promise<void> {
	const [command, sub] = args
	switch (command) {
		case 'run': {
			// First: of a configuration with faults nothing is left but their list.
			const loaded = loadConfig(process.env)
			// What Node has made of the code, so that a service that was killed is back sooner by a third.
			enableCompileCache(join(makeDataFolder(loaded.dataDir), 'cache', 'service'))
			// Only now: nothing else of the appliance is needed by the other commands.
			return (await import('../main.ts')).main(loaded)
		}
		case 'check-config': {
			const { config } = loadConfig(process.env)
			console.log(config ? 'no faults' : 'there is no maru.yaml: the demo room would run')
			return
		}
		case 'token':
			if (sub === 'create') return createToken(args.slice(2))
			break
		case 'pair':
			return pairPanel(args.slice(1))
		case 'pin':
			if (sub !== 'set') break
			await (await import('./pair.ts')).setPin(process.env)
			return console.log('the PIN is set')
		case 'account':
			return (await import('./account.ts')).account(process.env, args.slice(1), (wrong) => new UsageError(wrong))
		case 'minutes':
			return verifyMinutes(args.slice(1))
		case 'backup':
			return backup(args.slice(1))
		case 'restore':
			return restoreData(args.slice(1))
		case 'doctor':
			return doctor(args.slice(1))
		case 'logs':
			return bundleLogs(args.slice(1))
		case 'update':
			process.exitCode = await (await import('./update/command.ts')).update(args.slice(1), process.env)
			return
		case 'rehearse': {
			const { english = false } = readOptions(args.slice(1), { english: { type: 'boolean' } })
			return process.exit((await (await import('./rehearse/command.ts')).rehearseNow(process.env, english)) ? 0 : 1)
		}
		case 'udev-rules':
			return printUdevRules(args.slice(1))
		case 'help':
		case '--help':
		case '-h':
			return console.log(usage)
	}
	throw new UsageError(usage)
}

/** Works beside a running service: both use the same key. */
async function createToken(args: string[]) {
	const { role, days } = readOptions(args, { role: { type: 'string' }, days: { type: 'string' } })
	if (!isHouseRole(role) && !isCounterRole(role)) throw new UsageError(`--role must be one of: ${tokenRoles}`)
	const seconds = days === undefined ? undefined : Math.ceil(Number(days) * 86_400)
	if (seconds !== undefined && !(seconds > 0 && seconds <= mostSeconds)) {
		throw new UsageError('--days must be a number above 0, and 3660 at most')
	}
	// Whatever the configuration says, and whether it has faults, is not asked here.
	const dataDir = makeDataFolder(dataDirOf(process.env))
	const tokens = await openTokens(join(dataDir, 'identity'), Date.now)
	const token = await tokens.issue({ role, ...(seconds === undefined ? {} : { seconds }) })
	const { keepDone } = await import('./audit-entries.ts')
	keepDone(dataDir, `token.create role=${role} ${(await tokens.read(token)).principal.jti}`)
	console.log(token)
}

async function pairPanel([code = '', ...rest]: string[]) {
	const options = { name: { type: 'string' }, temporary: { type: 'string' }, yes: { type: 'boolean' } } as const
	const { name = '', temporary, yes = false } = readOptions(rest, options)
	if (!/^\d{6}$/.test(code)) throw new UsageError('maru pair CODE: the six digits that the screen shows')
	const { hoursOf, pair } = await import('./pair.ts')
	const hours = temporary === undefined ? null : hoursOf(temporary)
	if (temporary !== undefined && hours === null)
		throw new UsageError('--temporary must be like 8h or 3d, and 90d at most')
	console.log(await pair(process.env, { code, name, hours, yes }))
}

/** Beside a running service as well: it only reads. */
async function verifyMinutes(args: string[]) {
	const { verify, meeting } = readOptions(args, { verify: { type: 'boolean' }, meeting: { type: 'string' } })
	if (!verify) throw new UsageError(usage)
	const { verifyAudit, verifyJournals } = await import('./verify.ts')
	const path = join(dataDirOf(process.env), 'maru.db')
	const found = verifyJournals(path, typeof meeting === 'string' ? meeting : null)
	for (const { meeting: id, title, events, head, fault } of found) {
		console.log(`${fault ? 'FAIL' : 'ok  '}  ${id}  ${events} events  ${fault ?? head}  ${title}`)
	}
	const audit = meeting === undefined ? await verifyAudit(path) : null
	if (audit)
		console.log(`${audit.fault ? 'FAIL' : 'ok  '}  audit  ${audit.entries} entries  ${audit.fault ?? audit.head}`)
	const all = [...found, ...(audit ? [audit] : [])]
	const failed = all.filter(({ fault }) => fault !== null).length
	if (failed > 0) throw new Error(`${failed} of ${all.length} journals are not as they were written`)
}

/** Beside a running service as well. */
async function backup(args: string[]) {
	const options = { to: { type: 'string' }, key: { type: 'string' }, keep: { type: 'string' } } as const
	const { to, key, keep = '14', 'new-key': made } = readOptions(args, { ...options, 'new-key': { type: 'string' } })
	const { makeSecret, readSecret } = await import('./backup/files.ts')
	if (made !== undefined) {
		makeSecret(made)
		console.log(`${made} opens every backup that is made with it. Keep a copy elsewhere: without it they are lost.`)
		if (to === undefined) return
	}
	const file = key ?? made
	if (to === undefined || file === undefined) throw new UsageError('--to and --key say where to, and under which key')
	if (!/^[1-9]\d{0,3}$/.test(keep)) throw new UsageError('--keep must be a number from 1 to 9999')
	const { backUp } = await import('./backup/back-up.ts')
	const wish = { dataDir: dataDirOf(process.env), to, secret: readSecret(file), keep: Number(keep), now: new Date() }
	const done = await backUp(wish)
	const { keepDone } = await import('./audit-entries.ts')
	keepDone(wish.dataDir, `backup ${basename(done.file)}`)
	const { noteBackup } = await import('./backup/record.ts')
	noteBackup(wish.dataDir, { at: wish.now.getTime(), file: resolve(done.file), bytes: done.bytes, key: resolve(file) })
	const older = done.removed > 0 ? `; ${done.removed} older taken away` : ''
	console.log(`${done.file}  ${(done.bytes / 1_048_576).toFixed(1)} MiB${older}`)
}

/** Where the service does not run: it would go on writing into what is moved aside. */
async function restoreData(args: string[]) {
	const options = { from: { type: 'string' }, key: { type: 'string' }, replace: { type: 'boolean' } } as const
	const { from, key, replace = false } = readOptions(args, options)
	if (from === undefined || key === undefined)
		throw new UsageError('--from and --key say from where, and under which key')
	const { serviceRuns } = await import('./doctor/examine.ts')
	if (await serviceRuns(process.env)) throw new Error('the service runs: stop it first (systemctl stop maru)')
	const { readSecret } = await import('./backup/files.ts')
	const { restore } = await import('./backup/restore.ts')
	const done = await restore({ from, dataDir: dataDirOf(process.env), secret: readSecret(key), replace })
	const { keepDone } = await import('./audit-entries.ts')
	keepDone(dataDirOf(process.env), `restore ${done.file}`)
	console.log(`${done.file}: ${done.meetings} meetings, the personal fields of ${done.people} people`)
	if (done.before) console.log(`what was here before is in ${done.before}`)
}

/** As the service's user, where root asks: to root everything is open, and what it writes would be in the service's way. */
async function doctor(args: string[]) {
	const { json = false } = readOptions(args, { json: { type: 'boolean' } })
	const { becomeOwner } = await import('./doctor/permission.ts')
	becomeOwner(dataDirOf(process.env))
	const { examine } = await import('./doctor/examine.ts')
	const { jsonOf, needing, summaryOf, tableOf } = await import('./doctor/report.ts')
	const report = await examine(process.env)
	if (json) console.log(JSON.stringify(jsonOf(report), null, 2))
	else process.stdout.write(tableOf(report))
	if (needing(report.findings) > 0) throw new Error(summaryOf(report))
	if (!json) console.log(summaryOf(report))
}

/** Root alone may read all of the journal; all else is looked at as the service's user. `steps`: for the panel. */
async function bundleLogs(args: string[]) {
	const { bundle: file, steps = false } = readOptions(args, { bundle: { type: 'string' }, steps: { type: 'boolean' } })
	if (file === undefined) throw new UsageError('--bundle says where to')
	const { writeBundle } = await import('./logs/write.ts')
	const bytes = await writeBundle(process.env, file, (step) => steps && console.log(step))
	if (!steps) console.log(`${file}  ${Math.ceil(bytes / 1_024)} KiB`)
}

/** For /etc/udev/rules.d. The group is this user's own unless another is named; the ids are those of `lsusb`. */
async function printUdevRules(args: string[]) {
	const options = { group: { type: 'string' }, vendor: { type: 'string', multiple: true } } as const
	const { group = groupName(), vendor = [] } = readOptions(args, options)
	if (!/^([a-z_][a-z0-9_-]{0,31}|\d{1,9})$/.test(group)) throw new UsageError('--group must be a group')
	const ids = vendor.map((id) => Number.parseInt(id, 16))
	const wrong = vendor.find((id) => !/^(0x)?[0-9a-f]{1,4}$/i.test(id))
	if (wrong !== undefined) throw new UsageError('--vendor must be an id as lsusb shows it: 0b0e')
	const { udevRules } = await import('../../drivers/hid-telephony/vendors.ts')
	process.stdout.write(udevRules(group, ids))
}

/** Of the group that this process is in. */
function groupName(): string {
	const id = String(process.getgid?.())
	const line = readFileSync('/etc/group', 'utf8')
		.split('\n')
		.find((line) => line.split(':')[2] === id)
	return line?.split(':')[0] ?? 'maru'
}

function readOptions<const T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T) {
	try {
		return parseArgs({ args, options }).values
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : usage)
	}
}

try {
	await run(process.argv.slice(2))
	process.exit()
} catch (error) {
	const asked = error instanceof UsageError || error instanceof ConfigError
	console.error(error instanceof Error ? error.message : error)
	if (!asked && process.env.MARU_LOG === 'debug') console.error(error)
	process.exit(asked ? 2 : 1)
}
