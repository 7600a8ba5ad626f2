import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { counterRoles, meetingRoles, type Role } from '../../appliance/protocol/roles.ts'
import { roomCommands } from '../../appliance/protocol/room-commands.ts'
import { limitOf } from '../scene/wait.ts'
import { roomBodies as commands } from './command-bodies.ts'
import { type Client, openSite, ownOrigin, type Site, until } from './site.ts'

let site: Site
beforeEach(async () => {
	site = await openSite()
})
afterEach(() => site.close())

async function openPanel(role: Role = 'panel'): Promise<Client> {
	const client = await site.socket('panel')
	client.auth(await site.token(role))
	await client.until('the snapshot', () => client.of('state').length > 0)
	return client
}

describe('A panel', () => {
	it('hears levels from asking for them until it asks no more or goes, and others hear none', async () => {
		const [panel, other] = [await openPanel(), await openPanel()]
		await panel.ask({ type: 'sound.listen', on: true })
		for (const level of [0.25, null]) for (const tell of site.room.levels) tell(level)
		await panel.until('both', () => panel.of('level').length === 2)
		expect(panel.of('level').map(({ level }) => level)).toEqual([0.25, null])
		expect(other.of('level')).toEqual([])
		await panel.ask({ type: 'sound.listen', on: false })
		expect(site.room.levels.size).toBe(0)
		await panel.ask({ type: 'sound.listen', on: true })
		panel.socket.close()
		await panel.until('the end', () => site.room.levels.size === 0)
	})

	it('is greeted with the build and with its own name, and told the whole room', async () => {
		const panel = await openPanel()
		expect(panel.heard[0]).toMatchObject({ type: 'hello', build: 'test', origin: expect.stringMatching(/^[\w-]{36}$/) })
		expect(panel.heard[1]).toMatchObject({ type: 'state', revision: 1, state: { name: '대회의실' } })
		site.room.change({ muted: true })
		await panel.until('the change', () => panel.of('state').some(({ revision }) => revision === 2))
	})

	it('has its commands done in its own name, which a lease will carry', async () => {
		const panel = await openPanel()
		expect(await panel.ask({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 })).toMatchObject({
			ok: true,
		})
		const [{ command, origin } = { command: null, origin: null }] = site.room.done
		expect(command).toEqual({ type: 'camera.move', camera: 'front', pan: 1, tilt: 0, zoom: 0 })
		expect(origin).toEqual({ id: panel.heard[0]?.origin, label: 'panel 1', role: 'panel' })
	})

	it('has every command of the table', async () => {
		const panel = await openPanel()
		for (const [type, fields] of Object.entries(commands)) {
			expect(await panel.ask({ type, ...fields }), type).toMatchObject({ ok: true })
		}
		expect(site.room.done.map(({ command }) => command.type)).toEqual(Object.keys(roomCommands))
	})

	it('may say what it wants together with who it is', async () => {
		const client = await site.socket('panel')
		client.auth(await site.token('panel'))
		expect(await client.ask({ type: 'room.leave' })).toMatchObject({ ok: true })
	})

	it('is let go when it leaves: its movements stop, and nobody writes to it', async () => {
		const panel = await openPanel()
		expect(site.room.watchers).toBe(1)
		panel.socket.terminate()
		await until('the release', () => site.room.releases.length > 0)
		expect(site.room.releases).toEqual([panel.heard[0]?.origin])
		expect(site.room.watchers).toBe(0)
	})

	it('is told the reason of a refusal, and only itself', async () => {
		site.room.answer = () => ({ ok: false, code: 'leased', message: 'Panel 2 drives it' })
		const [one, other] = [await openPanel(), await openPanel()]
		expect(await one.ask({ type: 'camera.home', camera: 'front' })).toMatchObject({ ok: false, code: 'leased' })
		await other.ask({ type: 'room.leave' })
		expect(other.of('result')).toHaveLength(1)
	})

	it('is told of a bug that it is ours, for this command alone', async () => {
		const panel = await openPanel()
		site.room.answer = () => {
			throw new Error('the secret of the house')
		}
		const result = await panel.ask({ type: 'room.leave' })
		expect(result).toMatchObject({ ok: false, code: 'internal' })
		expect(JSON.stringify(result)).not.toContain('secret')
		site.room.answer = () => ({ ok: true })
		expect(await panel.ask({ type: 'room.leave' })).toMatchObject({ ok: true })
	})

	it('that does not read gets the newest snapshot, not all that it missed', async () => {
		const panel = await openPanel()
		panel.socket.pause()
		const long = Array.from({ length: 200 }, (_, i) => ({
			id: `s${i}`,
			name: '가'.repeat(80),
			camera: null,
			preset: null,
			mic: 'off' as const,
		}))
		for (let i = 0; i < 400; i++) {
			site.room.change({ seats: long, muted: i % 2 === 0 })
			if (i % 20 === 0) await sleep(2)
		}
		panel.socket.resume()
		const { revision } = site.room.state()
		await panel.until('the newest', () => panel.of('state').some((message) => message.revision === revision))
		expect(panel.of('state').length).toBeLessThan(400)
		expect(panel.closed).toBe(false)
	})
})

describe('The end of the service', () => {
	it('does not wait for a page that hangs', async () => {
		const panel = await openPanel()
		// Reads nothing any more, so it never learns that it should close.
		panel.socket.pause()
		const began = performance.now()
		await site.app.close()
		expect(performance.now() - began).toBeLessThan(limitOf(4_000)) // the service has 4.5 s for all of its end
		await until('the release', () => site.room.releases.length > 0)
		expect(site.room.releases).toEqual([panel.heard[0]?.origin])
	})
})

describe('Who speaks', () => {
	it.each([...meetingRoles, ...counterRoles])('as %s has no place at the panel', async (role) => {
		const client = await site.socket('panel')
		client.auth(await site.token(role))
		await client.until('the end', () => client.closed)
		expect(client.of('error')).toMatchObject([{ code: 'not-allowed' }])
		expect(client.of('state')).toEqual([])
	})

	it.each(['expired', 'forged', 'revoked'])('with a token that is %s is told so and shown out', async (fault) => {
		const token = await site.identity.issue({ role: 'panel', seconds: fault === 'expired' ? -10 : 60 })
		if (fault === 'revoked') site.identity.revoke((await site.identity.verify(token)).jti)
		const client = await site.socket('panel')
		client.auth(fault === 'forged' ? `${token.slice(0, -8)}AAAAAAAA` : token)
		await client.until('the end', () => client.closed)
		expect(client.of('error')).toMatchObject([{ code: fault }])
		expect(site.room.watchers).toBe(0)
	})

	it('loses the right while in: told so, shown out, and not heard meanwhile', async () => {
		const token = await site.token('panel')
		const [panel, other] = [await site.socket('panel'), await openPanel()]
		panel.auth(token)
		await panel.until('the snapshot', () => panel.of('state').length > 0)
		site.identity.revoke((await site.identity.verify(token)).jti)
		panel.send({ type: 'command', id: 7, command: { type: 'room.leave' } })
		await panel.until('the end', () => panel.closed)
		expect(panel.of('error')).toMatchObject([{ code: 'revoked' }])
		expect(site.room.done).toEqual([])
		expect(await other.ask({ type: 'room.leave' })).toMatchObject({ ok: true })
	})

	it('and says nothing of it is told nothing of the room', async () => {
		const client = await site.socket('panel')
		expect(await client.ask({ type: 'room.leave' })).toMatchObject({ ok: false, code: 'unauthorized' })
		expect(client.of('state')).toEqual([])
		expect(site.room.done).toEqual([])
	})

	it('and never says who it is has ten seconds', async () => {
		const client = await site.socket('panel')
		await until('the end', () => client.closed, 45_000)
		expect(client.of('error')).toMatchObject([{ code: 'unauthorized' }])
	})

	it('may be a browser with a session, which says nothing at all', async () => {
		const { value } = await site.identity.startSession(await site.token('panel'))
		const client = await site.socket('panel', { headers: { cookie: `maru=${value}`, origin: ownOrigin } })
		await client.until('the snapshot', () => client.of('state').length > 0)
	})

	it('with a link that was long on its way is who the link says, not whom the cookie said meanwhile', async () => {
		const { value } = await site.identity.startSession(await site.token('panel'))
		const client = await site.socket('panel', { headers: { cookie: `maru=${value}` } })
		await client.until('the snapshot', () => client.of('state').length > 0)
		client.auth(await site.token('audit'))
		await client.until('another snapshot', () => client.of('state').length > 1)
		expect(await client.ask({ type: 'room.leave' })).toMatchObject({ ok: false, code: 'not-allowed' })
		expect(site.room.watchers).toBe(1)
		client.auth(await site.token('admin')) // said once, said for good
		expect(await client.ask({ type: 'room.leave' })).toMatchObject({ ok: false, code: 'not-allowed' })
	})

	it('by a cookie may begin with a command at once', async () => {
		const { value } = await site.identity.startSession(await site.token('panel'))
		const client = await site.socket('panel', { headers: { cookie: `maru=${value}` } })
		expect(await client.ask({ type: 'room.leave' })).toMatchObject({ ok: true })
	})

	it.each(['https://evil.test', 'null', 'http://127.0.0.1.evil.test'])(
		'from a page of %s is shown out, whatever it carries',
		async (origin) => {
			const token = await site.token('panel')
			const { value } = await site.identity.startSession(token)
			const client = await site.socket('panel', { headers: { cookie: `maru=${value}`, origin } })
			client.auth(token)
			await client.until('the end', () => client.closed)
			expect(client.of('error')).toMatchObject([{ code: 'not-allowed' }])
			expect(client.of('state')).toEqual([])
		},
	)
})

describe('What was done at the panel', () => {
	it('is kept by role and ids; names are not, nor how loud it was', async () => {
		const panel = await openPanel()
		for (const [type, fields] of Object.entries(commands)) await panel.ask({ type, ...fields })
		const rows = () => site.db.prepare("SELECT action FROM audit WHERE kind <> 'sign-in'").all() as { action: string }[]
		await until('the last entry', () => rows().some(({ action }) => action.startsWith('preset.undo')))
		const kept = [
			'room.start',
			'room.join m1',
			'room.leave',
			'room.end',
			'room.mute muted=true',
			'room.answer',
			'room.reject',
			'room.stay',
			'rehearsal.start',
			'rehearsal.stop',
			'camera.move front',
			'camera.home front',
			'camera.lease front take=true',
			'camera.focus front mode=near',
			'preset.save front 1',
			'preset.recall front 1',
			'preset.remove front 1',
			'preset.undo front',
		]
		expect(rows().map(({ action }) => action)).toEqual(
			kept.filter((action) => (action.split(' ')[0] ?? '') in commands),
		)
	})
})
