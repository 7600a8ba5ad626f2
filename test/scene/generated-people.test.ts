import type { AddressInfo } from 'node:net'
import cookie from '@fastify/cookie'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { meetingSocket } from '../../appliance/http/meeting-socket.ts'
import { useTrail } from '../../appliance/http/trail.ts'
import { type Crowd, openPeople } from '../bench/load/crowd.ts'
import { openSite, panel, type Site } from '../hub/site.ts'
import { type Member, openMember } from './member.ts'
import { until } from './wait.ts'

/** The load generator itself: what it brings into a meeting are people, as far as the hub and the SFU can tell. */

const count = 5
let site: Site
let app: FastifyInstance
let clerk: Member
let crowd: Crowd

beforeAll(async () => {
	site = await openSite()
	const { hub, identity } = site
	app = Fastify()
	await app.register(cookie)
	await app.register(websocket)
	useTrail(app, identity)
	const metrics = { contentType: '', text: async () => '', answered: () => {} }
	await app.register(meetingSocket, { hub, identity, metrics, origins: () => [], build: 'test' })
	await app.listen({ host: '127.0.0.1', port: 0 })
	const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
	const { id, links } = await hub.create({ title: '확대간부회의', kind: 'council' })
	hub.transition(id, 'open', panel)
	const token = (role: 'clerk' | 'member') => new URL(links[role]).hash.slice(1)
	clerk = await openMember({ origin, token: token('clerk'), name: '서기' })
	await clerk.get({ type: 'rules.set', floor: { mode: 'chair', maxOpen: 2 } })
	crowd = await openPeople({ origin, token: () => token('member'), count, pictures: 3 })
})

afterAll(async () => {
	await crowd?.close()
	clerk?.close()
	await app?.close()
	await site?.close()
})

const generated = (i: number) => {
	const one = crowd.people[i]
	if (!one) throw new Error('somebody did not come in')
	return one
}

describe('Generated people', () => {
	it('come in by the two round trips, and the hub sees their microphone and camera flow', async () => {
		expect(crowd.refused).toEqual([])
		await until('everybody to be live', () => {
			const sources = clerk.people.flatMap((person) => person.sources)
			return sources.length === 2 * count && sources.every(({ live }) => live)
		})
	})

	it('see what they ask for, in the layer that fits, beginning with a key frame', async () => {
		await until('three pictures each', async () => {
			const all = await Promise.all(crowd.people.map((one) => one.streams()))
			return all.every((streams) => {
				const pictures = streams.filter(({ kind }) => kind === 'video')
				return pictures.length === 3 && pictures.every(({ key, packets }) => key && packets > 20)
			})
		})
		const [large, ...small] = (await generated(0).streams()).filter(({ kind }) => kind === 'video')
		// 400 kbit/s against 100: four packets a picture against one.
		for (const one of small) expect(large?.packets).toBeGreaterThan(1.5 * one.packets)
	})

	it('hear whoever has the floor, and nobody else', async () => {
		const sounds = async (i: number) => (await generated(i).streams()).filter(({ kind }) => kind === 'audio')
		expect(await Promise.all(crowd.people.map((_, i) => sounds(i)))).toEqual(crowd.people.map(() => []))
		for (const i of [0, 1]) await clerk.get({ type: 'floor.grant', who: generated(i).person })
		await until('both to be heard', async () => {
			const heard = await sounds(2)
			return heard.length === 2 && heard.every(({ packets }) => packets > 20)
		})
		// Each is offered it for themselves.
		const heard = async () => (await sounds(0)).map(({ person }) => person)
		await until('one to hear the other', async () => (await heard()).length > 0)
		expect(await heard()).toEqual([generated(1).person])
	})

	it('lose nothing and count how long it was on its way', async () => {
		crowd.reset()
		const stat = await until('something of every stream', async () => {
			const now = await crowd.stat()
			return now.seconds > 1 && now.flowing === now.streams && now.received > count * 3 * 15 ? now : null
		})
		expect(stat).toMatchObject({ peers: 2 * count, up: 2 * count, streams: 3 * count + 8, forged: 0, unsent: 0 })
		expect(stat.timed).toBeGreaterThan(stat.received * 0.9)
		expect(stat.p99Ms).toBeGreaterThan(0)
		expect(crowd.dropped()).toEqual([])
	})

	it('leave, and are gone for everybody', async () => {
		const { person } = generated(count - 1)
		await generated(count - 1).leave()
		await until('the others to be told', () => clerk.people.every(({ id }) => id !== person))
		expect(await crowd.stat()).toMatchObject({ peers: 2 * (count - 1) })
	})
})
