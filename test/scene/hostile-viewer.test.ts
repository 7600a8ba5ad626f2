import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { meetingCommands } from '../../appliance/protocol/meeting-commands.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { call, type Member, openMember } from './member.ts'
import { limitOf, percentile } from './wait.ts'

/** One who watches and means harm, at a real appliance: nobody else notices. */

let site: Site
let appliance: Appliance
let meeting: string
let links: Links
let clerk: Member
let member: Member

const tokenOf = (link: string) => link.split('#')[1] ?? ''

beforeAll(async () => {
	site = await openSite({ addresses: [] }, 20_880, { cameras: [] })
	appliance = await site.start()
	const ask = <T>(path: string, body?: object) => call<T>(appliance.origin, admin, 'POST', path, body)
	const admin = appliance.token('admin')
	const wanted = { title: '확대간부회의', kind: 'council' }
	const made = await ask<{ id: string; links: Links }>('/meetings?origin=request', wanted)
	meeting = made.id
	links = made.links
	await ask(`/meetings/${meeting}/open`)
	clerk = await openMember({ origin: appliance.origin, token: tokenOf(links.clerk), name: '서기' })
	member = await openMember({ origin: appliance.origin, token: tokenOf(links.member), name: '김민수' })
})
afterAll(async () => {
	clerk?.close()
	member?.close()
	await site?.close()
})

/** A socket with this token: what it is told, and whether it still stands. */
async function open(token: string) {
	const socket = new WebSocket(`${appliance.origin.replace('http', 'ws')}/ws/meeting`)
	const told: { type: string; ok?: boolean; code?: string }[] = []
	let end: number | null = null
	socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString())))
	socket.on('close', (code) => {
		end = code
	})
	socket.on('error', () => {})
	await new Promise((resolve) => socket.once('open', resolve))
	socket.send(JSON.stringify({ type: 'auth', token }))
	return { socket, told, end: () => end }
}

/** How long the hub takes to answer others, in milliseconds, as long as it goes on. */
async function answers(goesOn: () => boolean): Promise<number[]> {
	const took: number[] = []
	for (; goesOn(); await sleep(50)) {
		const begun = performance.now()
		await member.get({
			type: 'readiness.report',
			...{ microphone: 'ok', camera: 'ok', network: 'ok', rttMs: 1, lossPercent: 0 },
		})
		took.push(performance.now() - begun)
	}
	return took
}

describe('A viewer who means harm', () => {
	it('changes nothing for others by a thousand messages a second of every command there is, again and again', async () => {
		const begun = performance.now()
		const quiet = percentile(await answers(() => performance.now() < begun + 1_500), 0.5)
		const before = JSON.stringify([clerk.core.rules, clerk.core.floor, clerk.core.broadcast, clerk.people.length])
		const [told, asked] = [clerk.messages.length, clerk.list('questions').length]
		const types = Object.keys(meetingCommands)
		/** In the shape that the hub asks for, so that they come further than its door. */
		const good = [
			{ type: 'relay.join', device: { media: true } },
			{ type: 'relay.ask', question: 'q', text: '질문' },
			{ type: 'media.show', wanted: { audio: true, video: [] } },
			{ type: 'meeting.join', device: { media: true }, name: '홍길동' },
			{ type: 'chat.say', to: 'all', text: '안녕하십니까' },
			{ type: 'floor.grant', who: member.person },
			{ type: 'relay.start' },
			{ type: 'question.bring', question: 'q' },
		]
		let [sent, connections, done] = [0, 0, 0]
		const enough = 4_000
		const flood = (async () => {
			let one = await open(tokenOf(links.viewer))
			connections++
			while (sent < enough) {
				if (one.socket.readyState !== WebSocket.OPEN) {
					done += one.told.filter(({ type, ok }) => type === 'result' && ok === true).length
					one = await open(tokenOf(links.viewer))
					connections++
				}
				for (let i = 0; i < 50; i++, sent++) {
					const type = types[sent % types.length]
					const command = sent % 2 ? { type, meeting, who: member.person, on: true } : good[(sent / 2) % good.length]
					one.socket.send(JSON.stringify({ type: 'command', id: sent, command }))
				}
				await sleep(50)
			}
			done += one.told.filter(({ type, ok }) => type === 'result' && ok === true).length
			one.socket.close()
		})()
		const busy = await answers(() => sent < enough)
		await flood
		const p95 = percentile(busy, 0.95)
		console.info(
			`${sent} messages, ${done} of them harmless and answered, over ${connections} connections; the hub answers others in ${quiet.toFixed(1)} ms before and ${percentile(busy, 0.5).toFixed(1)} meanwhile, p95 ${p95.toFixed(0)}`,
		)
		expect(busy.length).toBeGreaterThan(2)
		// What a viewer may ask without harm, to watch and to show something else, is all that was done: two of sixteen.
		expect(done).toBeLessThan(sent / 5)
		expect(p95).toBeLessThan(limitOf(2_000))
		expect(JSON.stringify([clerk.core.rules, clerk.core.floor, clerk.core.broadcast, clerk.people.length])).toBe(before)
		expect(clerk.list('questions')).toHaveLength(asked)
		// The clerk was told of the member's readiness, as before, and of nothing else.
		const kinds = new Set(clerk.messages.slice(told).map(({ type }) => type))
		expect([...kinds].filter((type) => type !== 'list' && type !== 'core')).toEqual([])
	})

	it('is told at once that a forged link opens nothing, by socket and over HTTP', async () => {
		const [head, , signature] = tokenOf(links.viewer).split('.')
		const claims = { role: 'chair', meeting, exp: Math.floor(Date.now() / 1_000) + 3_600, jti: crypto.randomUUID() }
		const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
		const one = await open(forged)
		await new Promise((resolve) => one.socket.once('close', resolve))
		expect(one.told.at(-1)).toMatchObject({ type: 'error', code: 'forged' })
		const path = `${appliance.origin}/api/v1/meetings/${meeting}`
		for (const [method, rest] of [
			['GET', '/relay'],
			['GET', '/relay/master.m3u8'],
			['GET', '/recordings'],
			['POST', '/relay/start'],
		] as const) {
			const answer = await fetch(path + rest, { method, headers: { authorization: `Bearer ${forged}` } })
			expect([answer.status, rest]).toEqual([401, rest])
		}
		const viewer = await fetch(`${path}/relay/start`, {
			method: 'POST',
			headers: { authorization: `Bearer ${tokenOf(links.viewer)}` },
		})
		expect(viewer.status).toBe(403)
	})
})
