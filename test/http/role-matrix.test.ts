import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAccountStore } from '../../appliance/identity/account-store.ts'
import { captionCommands } from '../../appliance/protocol/captions.ts'
import { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import {
	type AccountRole,
	accountRoles,
	counterRoles,
	houseRoles,
	meetingRoles,
} from '../../appliance/protocol/roles.ts'
import { roomCommands, settingsCommands } from '../../appliance/protocol/room-commands.ts'
import { captionBodies, meetingBodies, roomBodies, settingsBodies } from './command-bodies.ts'
import { type Ask, createAsk, type Key, nameless, outsiders, registered, tokenOf } from './requests.ts'
import { type Client, openSite, type Site } from './site.ts'

/** Every cell of docs/roles.md, tried: by each way in that a role has, and by everybody who has none. */

const everyRole = [...meetingRoles, ...houseRoles, ...counterRoles]
const page = readFileSync(resolve(import.meta.dirname, '../../docs/roles.md'), 'utf8')

/** Who may, by the name of the row: as the page has it. */
function tableOf(heading: string): Map<string, Set<string>> {
	const [, rest = ''] = page.split(`\n## ${heading}\n`)
	const cells = (line: string) =>
		line
			.split('|')
			.slice(1, -1)
			.map((cell) => cell.trim())
	const [head = [], , ...rows] = (rest.split('\n## ')[0] ?? '')
		.split('\n')
		.filter((line) => line.startsWith('|'))
		.map(cells)
	expect(head.slice(1), heading).toEqual(['nobody', ...everyRole])
	return new Map(
		rows.map(([name = '', ...marks]) => {
			for (const mark of marks) expect(['', '●'], `${name}: ${mark}`).toContain(mark)
			return [name.replaceAll('`', ''), new Set(head.slice(1).filter((_, index) => marks[index] === '●'))]
		}),
	)
}

const routes = tableOf('Routes')
const sockets = {
	panel: { table: tableOf('Commands of `/ws/panel`'), bodies: { ...roomBodies, ...settingsBodies } },
	meeting: { table: tableOf('Commands of `/ws/meeting`'), bodies: meetingBodies },
	captions: { table: tableOf('Commands of `/ws/captions`'), bodies: captionBodies },
} as const

let site: Site
let ask: Ask
/** Every role in each way that it has. */
let keys: { who: string; role: string; key: Key }[]
/** Whoever comes with something that opens nothing. */
let nobodys: { who: string; key: Key }[]
let ofOtherMeeting: { who: string; role: string; key: Key }[]

const by = { address: '192.0.2.9', agent: undefined, device: null }
const password = '비 오는 날의 회의실 창가 자리'

/** Signed in as somebody who has an account of this role. */
async function signIn(role: AccountRole) {
	if (!signedUp.has(role)) {
		signedUp.add(role)
		const { password: first } = openAccountStore(site.db, Date.now).create(`${role}-kim`, role)
		return site.accounts.changePassword(`${role}-kim`, first, password, by)
	}
	return site.accounts.signIn(`${role}-kim`, password, by)
}
const signedUp = new Set<AccountRole>()

const cookie = (name: string, value: string): Key => ({ headers: { cookie: `${name}=${value}` } })

beforeAll(async () => {
	site = await openSite({ proxies: ['127.0.0.1'] })
	site.hub.recording = import.meta.filename
	ask = createAsk(site)
	keys = []
	for (const role of everyRole) {
		const token = await tokenOf(site, role)
		keys.push({ who: `${role} by token`, role, key: { token } })
		keys.push({ who: `${role} by cookie`, role, key: cookie('maru', (await site.identity.startSession(token)).value) })
	}
	for (const role of accountRoles) {
		keys.push({ who: `${role} by account`, role, key: cookie('maru-account', (await signIn(role)).value) })
	}
	const ended = await tokenOf(site, 'admin')
	const { value } = await site.identity.startSession(ended)
	site.identity.revoke((await site.identity.verify(ended)).jti)
	const left = await signIn('admin')
	site.accounts.signOut(left.principal)
	nobodys = [
		{ who: 'nobody', key: {} },
		...Object.entries(await outsiders(site)).map(([who, token]) => ({ who, key: { token } })),
		{ who: 'the session of a revoked one', key: cookie('maru', value) },
		{ who: 'an account that signed out', key: cookie('maru-account', left.value) },
		{ who: 'a cookie that nobody gave', key: cookie('maru', 'A'.repeat(43)) },
	]
	ofOtherMeeting = []
	for (const role of meetingRoles) {
		ofOtherMeeting.push({ who: `${role} of another meeting`, role, key: { token: await tokenOf(site, role, 'm2') } })
	}
})
afterAll(() => site.close())

describe('The page of roles', () => {
	it('has a row for each route that is served, and no other', () => {
		const named = (names: Iterable<string>) => [...names].map(nameless).sort()
		expect(named(routes.keys())).toEqual(named(registered(site)))
	})

	it.each([
		['panel', Object.keys({ ...roomCommands, ...settingsCommands })],
		['meeting', Object.keys(meetingCommands)],
		['captions', Object.keys(captionCommands)],
	] as const)('has a row for each command of the socket of the %s, and no other', (name, commands) => {
		expect([...sockets[name].table.keys()].sort()).toEqual([...commands].sort())
	})

	it('lets a link into nothing but a meeting', () => {
		for (const [route, may] of routes) {
			if (may.has('nobody') || route.includes(' /api/v1/meetings/:id')) continue
			expect(
				meetingRoles.filter((role) => may.has(role)),
				route,
			).toEqual([])
		}
	})
})

describe('The route', () => {
	const [open, ruled] = [true, false].map((is) => [...routes].filter(([, may]) => may.has('nobody') === is))

	it.each(ruled ?? [])('%s is for its roles alone', async (route, may) => {
		for (const { who, role, key } of keys) {
			const what = `${who}: ${await ask(route, key, !may.has(role))}`
			if (may.has(role)) expect(what).toMatch(/: 2\d\d$/)
			else expect(what).toBe(`${who}: 403`)
		}
		for (const { who, key } of nobodys) expect(`${who}: ${await ask(route, key, true)}`).toBe(`${who}: 401`)
		for (const { who, key } of ofOtherMeeting) expect(`${who}: ${await ask(route, key, true)}`).toBe(`${who}: 403`)
	})

	it.each(open ?? [])('%s asks nobody who they are', async (route, may) => {
		expect(may.size).toBe(1 + everyRole.length)
		const status = await ask(route)
		// Signing out is done by the cookie that it ends.
		const all = [...keys, ...nobodys].filter(({ key }) => route !== 'DELETE /api/v1/session' || !key.headers)
		for (const { who, key } of all) expect(`${who}: ${await ask(route, key)}`).toBe(`${who}: ${status}`)
	})
})

/** What each of these is answered: all are asked at once. */
async function codesOf(
	client: Client,
	commands: [type: string, body: object][],
): Promise<[string, string | undefined][]> {
	for (const [i, [type, body]] of commands.entries()) {
		client.send({ type: 'command', id: i + 1, command: { ...body, type } })
	}
	const results = await client.until('all results', () => {
		const found = client.of('result')
		return found.length === commands.length && found
	})
	return commands.map(([type], i) => [type, results.find(({ id }) => id === i + 1)?.code])
}

describe.each(['panel', 'meeting', 'captions'] as const)('The socket of the %s', (name) => {
	const { table, bodies } = sockets[name]

	/** Nobody else's: a screen may end its own. */
	async function freshKeys(who: string): Promise<Key[]> {
		const role = [...everyRole].find((one) => who === one)
		if (!role) return [cookie('maru-account', (await signIn(who.split(' ')[0] as AccountRole)).value)]
		const token = await tokenOf(site, role)
		const other = await site.identity.startSession(await tokenOf(site, role))
		return [{ token }, cookie('maru', other.value)]
	}

	async function enter({ token, headers }: Key): Promise<Client> {
		const client = await site.socket(name, headers ? { headers } : {})
		if (token !== undefined) client.auth(token)
		return client
	}

	it.each([...everyRole, ...accountRoles.map((role) => `${role} by account` as const)])(
		'lets %s do what stands there, command by command',
		async (who) => {
			const role = who.replace(' by account', '')
			const may = new Set([...table].filter(([, roles]) => roles.has(role)).map(([type]) => type))
			for (const key of await freshKeys(who)) {
				const client = await enter(key)
				// An auditor looks on.
				if (may.size === 0 && !(name === 'panel' && role === 'audit')) {
					await client.until('the end', () => client.closed)
					expect(client.heard.map(({ type, code }) => code ?? type)).toEqual(['hello', 'not-allowed'])
					continue
				}
				const ends = may.has('settings.unpair') && role !== 'panel'
				const asked = Object.entries<object>(bodies).filter(([type]) => !(ends && type === 'settings.unpair'))
				for (const [type, code] of await codesOf(client, asked)) {
					// What the PIN locks is answered so to those alone who may.
					const answers = may.has(type) ? [undefined, 'locked', 'unsupported'] : ['not-allowed']
					expect(answers, `${type} is answered ${code}`).toContain(code)
				}
				if (ends) {
					// Of staff, to whom nothing is locked: it is their own token that is over.
					client.send({ type: 'command', id: 0, command: { type: 'settings.unpair' } })
					await client.until('the end', () => client.closed)
					expect(client.heard.at(-1)).toMatchObject({ type: 'error', code: 'revoked' })
				}
				client.socket.terminate()
			}
		},
	)

	it('obeys nobody who has not said who they are, whatever the command', async () => {
		for (const { who, key } of nobodys.filter(({ key }) => !key.token)) {
			const client = await enter(key)
			for (const [type, code] of await codesOf(client, Object.entries(bodies))) {
				expect(`${who}: ${type} ${code}`).toBe(`${who}: ${type} unauthorized`)
			}
			client.socket.terminate()
		}
	})
})
