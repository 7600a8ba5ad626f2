import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { dataDirOf } from '../config.ts'
import { openAccountSessions } from '../identity/account-sessions.ts'
import { type Account, openAccountStore } from '../identity/account-store.ts'
import { openIdentity } from '../identity/identity.ts'
import { openSsoPeople } from '../identity/sso-people.ts'
import { type AccountRole, accountRoles } from '../protocol/roles.ts'
import { makeDataFolder } from './data-folder.ts'
import { openDatabase } from './database.ts'

/** `maru account`: whoever is at this machine says who may sign in. Works beside a running service, which heeds it at once. */

const roles = accountRoles.join(', ')
const usage = `maru account create NAME --role ROLE   prints the first password (${roles})
maru account list                      who there is, and how it stands with them
maru account disable NAME              ends all that is open to it
maru account reset NAME                another first password, whatever was tried; opens what was disabled`
const once = 'shown once: it is for choosing another one at /sign-in'

/** `wrongly` makes the error where it was asked wrongly. */
export async function account(env: NodeJS.ProcessEnv, args: string[], wrongly: (text: string) => Error): Promise<void> {
	const { command, name, role } = readArguments(args, wrongly)
	const dataDir = makeDataFolder(dataDirOf(env))
	const db = openDatabase(join(dataDir, 'maru.db'))
	try {
		const now = Date.now
		const identity = await openIdentity({ db, dir: join(dataDir, 'identity'), now })
		const store = openAccountStore(db, now)
		const sessions = openAccountSessions(db, identity, now)
		const named = () => {
			const found = store.find(name)
			if (!found) throw new Error(`there is no account ${name}: maru account list tells all`)
			return found
		}
		const audit = (action: string, { id }: Account) =>
			identity.trail.append({
				...{ role: 'command line', jti: String(process.getuid?.() ?? ''), place: 'local' },
				action: `account.${action} ${id}`,
			})

		switch (command) {
			case 'list':
				for (const one of store.list()) console.log(lineOf(one))
				// Not ours to disable, and yet named by their ids in the audit.
				for (const one of openSsoPeople(db, now).list())
					console.log(lineOf({ ...one, made: null, disabledAt: null }, 'sso'))
				return
			case 'create': {
				const made = store.create(name, role)
				audit(`created ${role}`, made.account)
				console.log(made.password)
				return console.error(once)
			}
			case 'disable': {
				const found = named()
				store.disable(found)
				sessions.end(found.id)
				audit('disabled', found)
				return console.log(`${found.name} may sign in no more, and is signed in nowhere`)
			}
			case 'reset': {
				const found = named()
				const password = store.remake(found)
				sessions.end(found.id)
				sessions.forgetDevices(found)
				audit('reset', found)
				console.log(password)
				return console.error(once)
			}
		}
	} finally {
		db.close()
	}
}

const commands = ['create', 'list', 'disable', 'reset'] as const

function readArguments(args: string[], wrongly: (text: string) => Error) {
	const { positionals, values } = parsed(args, wrongly)
	const command = commands.find((one) => one === positionals[0])
	const [, name = ''] = positionals
	const alone = command === 'list'
	if (!command || positionals.length !== (alone ? 1 : 2)) throw wrongly(usage)
	const role = accountRoles.find((one) => one === values.role)
	if (command === 'create' ? !role : values.role !== undefined) throw wrongly(`--role must be one of: ${roles}`)
	return { command, name, role: role as AccountRole }
}

function parsed(args: string[], wrongly: (text: string) => Error) {
	try {
		return parseArgs({ args, options: { role: { type: 'string' } }, allowPositionals: true })
	} catch (error) {
		throw wrongly(error instanceof Error ? error.message : usage)
	}
}

type Listed = Pick<Account, 'id' | 'name' | 'role' | 'made' | 'disabledAt' | 'signedInAt'>

function lineOf({ id, name, role, made, disabledAt, signedInAt }: Listed, open = 'open'): string {
	const state = disabledAt !== null ? 'disabled' : made !== null ? 'first password' : open
	const latest = signedInAt === null ? 'never' : new Date(signedInAt).toISOString().slice(0, 16).replace('T', ' ')
	return [name.padEnd(24), role.padEnd(10), state.padEnd(14), `signed in ${latest}`.padEnd(26), id].join('  ')
}
