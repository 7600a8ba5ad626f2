import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { stringify } from 'yaml'
import type { MeetingMessage } from '../../appliance/protocol/messages.ts'
import { type Appliance, listenFrom, openSite, type Site } from './appliance.ts'
import { memberLink } from './attendee.ts'
import { type Cameras, startCameras } from './cameras.ts'
import { openPanel, type Panel } from './panel.ts'
import { limitOf, until } from './wait.ts'

/** What the one who sent it is told, while a call goes on that must not notice any of it. */

const cli = join(import.meta.dirname, '../../appliance/ops/cli.ts')
let cameras: Cameras
let site: Site
let room: Appliance
let panel: Panel
let meeting: string

beforeAll(async () => {
	cameras = await startCameras(['front'])
	const dead = { id: 'dead', visca: { host: '127.0.0.1', port: 9 }, rtsp: 'rtsp://127.0.0.1:9/none' }
	site = await openSite({ addresses: [...cameras.addresses, dead] }, 19_880)
	room = await site.start()
	panel = await openPanel(room.origin, room.token('panel'))
	await panel.command({ type: 'room.start' })
	const state = await panel.until('the call', ({ call }) => call.phase === 'inCall', 60_000)
	meeting = state.call.meeting?.id ?? ''
})

afterAll(async () => {
	panel?.close()
	await site?.close()
	await cameras?.close()
})

async function undisturbed() {
	expect(panel.state()?.call).toMatchObject({ phase: 'inCall', recovering: false })
	const begin = performance.now()
	expect(await panel.command({ type: 'room.mute', muted: false })).toMatchObject({ ok: true })
	expect(performance.now() - begin).toBeLessThan(limitOf(2_000))
}

/** Runs the service with this configuration until it ends by itself. Meanwhile the panel answers the room's pings. */
async function runWith(yaml: string): Promise<{ status: number | null; stderr: string }> {
	const dir = mkdtempSync(join(tmpdir(), 'maru-bad-'))
	writeFileSync(join(dir, 'maru.yaml'), yaml)
	const child = spawn(process.execPath, [cli, 'run'], {
		stdio: ['ignore', 'ignore', 'pipe'],
		timeout: 60_000,
		env: { ...process.env, MARU_CONFIG: join(dir, 'maru.yaml'), MARU_DATA: join(dir, 'data'), MARU_PORT: '' },
	})
	let stderr = ''
	child.stderr.on('data', (chunk) => {
		stderr += chunk
	})
	const [status] = await once(child, 'close')
	rmSync(dir, { recursive: true, force: true })
	return { status, stderr }
}

/** What the hub says to somebody who opens the meeting with this token. */
async function answerTo(token: string): Promise<{ messages: MeetingMessage[]; closed: boolean }> {
	const socket = new WebSocket(`${room.origin.replace('http', 'ws')}/ws/meeting`)
	const messages: MeetingMessage[] = []
	let closed = false
	socket.on('message', (data) => messages.push(JSON.parse(String(data))))
	socket.on('close', () => {
		closed = true
	})
	await once(socket, 'open')
	socket.send(JSON.stringify({ type: 'auth', token }))
	socket.send(
		JSON.stringify({
			type: 'command',
			id: 1,
			command: { type: 'meeting.join', device: { media: false }, name: '손님' },
		}),
	)
	await until('an answer', () => messages.some(({ type }) => type === 'error' || type === 'result'))
	socket.terminate()
	return { messages, closed }
}

const tokenOf = (link: string) => new URL(link).hash.slice(1)

async function api(method: string, path: string, body?: object) {
	return fetch(`${room.origin}/api/v1${path}`, {
		method,
		headers: {
			authorization: `Bearer ${room.token('admin')}`,
			...(body ? { 'content-type': 'application/json' } : {}),
		},
		...(body ? { body: JSON.stringify(body) } : {}),
	})
}

describe('Bad input', () => {
	it('of a broken configuration: every fault at once with its line, exit 2', async () => {
		const { status, stderr } = await runWith(
			[
				'room: { name: 대회의실, language: fr }',
				'listen:',
				'  http: { port: 99999 }',
				'colour: red',
				'cameras: 3',
			].join('\n'),
		)
		expect(status).toBe(2)
		for (const line of ['1', '3', '4', '5']) expect(stderr).toMatch(new RegExp(`(:|line )${line}\\b`))
	})

	it('of YAML that is none: the line, exit 2', async () => {
		const { status, stderr } = await runWith('room: { name: [\ncameras:\n')
		expect(status).toBe(2)
		expect(stderr).toMatch(/[:\s][123]\b/)
	})

	it('of a port in use: which port, and what to do, exit 1', async () => {
		const port = 20_280
		const taken = createServer().listen(port, '127.0.0.1')
		await once(taken, 'listening')
		const { status, stderr } = await runWith(
			stringify({ room: { name: '대회의실' }, listen: listenFrom(port), stage: { devices: 'virtual' } }),
		)
		taken.close()
		expect(stderr).toContain(String(port))
		expect(stderr).toMatch(/in use/)
		expect(status).toBe(1)
	})

	it('of a camera that answers nothing: failed and why, while the other obeys', async () => {
		const state = await panel.until('the dead one to be known as dead', ({ cameras }) =>
			cameras.some(({ id, status }) => id === 'dead' && status === 'failed'),
		)
		expect(state.cameras.find(({ id }) => id === 'dead')?.reason).toBe('unreachable')
		expect(await panel.command({ type: 'camera.move', camera: 'dead', pan: 1, tilt: 0, zoom: 0 })).toMatchObject({
			ok: false,
		})
		expect(await panel.command({ type: 'camera.home', camera: 'front' })).toMatchObject({ ok: true })
		await undisturbed()
	})

	it('of a forged, an expired, a revoked link, and of one to a closed meeting', async () => {
		const good = tokenOf(await memberLink(room, meeting))
		const [head, body, signature = ''] = good.split('.')
		const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
		expect((await answerTo(forged)).messages).toContainEqual(expect.objectContaining({ type: 'error', code: 'forged' }))

		const revoked = tokenOf(await memberLink(room, meeting))
		expect((await api('POST', '/tokens/revoke', { token: revoked })).ok).toBe(true)
		expect((await answerTo(revoked)).messages).toContainEqual(
			expect.objectContaining({ type: 'error', code: 'revoked' }),
		)

		const created = await (
			await api('POST', '/meetings?origin=request', { title: '끝난 회의', kind: 'council' })
		).json()
		await api('POST', `/meetings/${created.id}/open`)
		await api('POST', `/meetings/${created.id}/close`)
		const { messages } = await answerTo(tokenOf(created.links.member))
		expect(messages).toContainEqual(expect.objectContaining({ code: 'meeting-closed' }))

		expect((await answerTo(good)).messages).toContainEqual(expect.objectContaining({ type: 'result', ok: true }))
		await undisturbed()
	})

	it('of a role that may not: refused by name, on the socket and over HTTP', async () => {
		const audit = room.token('audit')
		const response = await fetch(`${room.origin}/api/v1/room/mute`, {
			method: 'PUT',
			headers: { authorization: `Bearer ${audit}`, 'content-type': 'application/json' },
			body: JSON.stringify({ muted: true }),
		})
		expect(response.status).toBe(403)
		expect(response.headers.get('content-type')).toContain('application/problem+json')
		expect(await response.json()).toMatchObject({ code: 'not-allowed' })
		expect((await fetch(`${room.origin}/api/v1/room`)).status).toBe(401)
		await undisturbed()
	})

	it('of a client that sends 100,000 random messages: that one is shut out, the call goes on', async () => {
		const token = tokenOf(await memberLink(room, meeting))
		let sent = 0
		const begin = performance.now()
		while (sent < 100_000 && performance.now() - begin < 120_000) {
			const socket = new WebSocket(`${room.origin.replace('http', 'ws')}/ws/${sent % 2 ? 'panel' : 'meeting'}`)
			socket.on('error', () => {}) // cut off, as it should be
			await once(socket, 'open')
			socket.send(JSON.stringify({ type: 'auth', token }))
			for (let i = 0; i < 5_000 && socket.readyState === WebSocket.OPEN; i++, sent++) {
				const noise = randomBytes(1 + (i % 200))
				socket.send(i % 3 ? noise : noise.toString('latin1'))
			}
			await until('the socket to be closed by the server', () => socket.readyState === WebSocket.CLOSED)
		}
		expect(sent).toBe(100_000)
		await undisturbed()
	})

	it('says nothing of links or tokens in the log', () => {
		expect(
			room
				.output()
				.split('\n')
				.filter((line) => line.startsWith('{'))
				.join('\n'),
		).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/)
	})
})
