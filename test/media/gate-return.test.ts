import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Sfu } from '../../appliance/media/sfu.ts'
import type { ConsumerOffer, ProducerSpec } from '../../appliance/protocol/media.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { type Client, microphone, openSite, panel, type Site } from '../hub/site.ts'
import { openTestSfu } from './open.ts'
import { type PlainSfu, plainSfu, streamOf } from './plain-sfu.ts'
import { clock, openEar, openSender } from './stamped.ts'
import { until } from './wait.ts'

/** The hard floor of a whole meeting: given and taken by its chair, and tried by one who comes back. */

type Ear = Awaited<ReturnType<typeof openEar>>

let workers: Sfu
let sfu: PlainSfu
let sender: ReturnType<typeof openSender>
let site: Site
let id: string
let links: Links
let chair: Client
let kim: Client & { person: string }
let lee: Client & { person: string }
let ends: (() => void)[]

beforeAll(async () => {
	workers = await openTestSfu()
	sfu = plainSfu(workers)
	site = await openSite({ sfu })
	sender = openSender()
})
afterAll(async () => {
	await sender.close()
	await site.close()
	await workers.close()
})
beforeEach(async () => {
	ends = []
	;({ id, links } = await site.hub.create({ title: '확대간부회의', kind: 'council' }))
	site.hub.transition(id, 'open', panel)
	chair = await site.client(links.chair)
	await chair.join({ name: '의장', media: false })
	kim = await enter('김철수')
	lee = await enter('이영희')
})
afterEach(() => {
	for (const end of ends) end()
})

async function enter(name: string, resume?: string): Promise<Client & { person: string }> {
	const client = await site.client(links.member)
	const { person } = await client.join({ name, ...(resume === undefined ? {} : { resume }) })
	return Object.assign(client, { person })
}

/** Sends for this source from now on, whatever is said. */
function hammer(client: Client, spec: ProducerSpec) {
	const { ssrc, payloadType } = streamOf(spec)
	sender.send(`${ssrc}`, { port: sfu.portOf(client.joined?.media?.send?.id ?? ''), ssrc, payloadType })
	ends.push(() => sender.stop(`${ssrc}`))
}

/** Hears all sound, and builds every consumer as soon as it is offered. */
async function listen(client: Client): Promise<Ear> {
	const ear = await openEar()
	ear.greet(sfu.portOf(client.joined?.media?.receive.id ?? ''))
	const build = (offers: ConsumerOffer[]) =>
		client.ask({ type: 'media.ready', receive: null, consumers: offers.map((offer) => offer.id) })
	let told = client.of('media').length
	await build(await client.open())
	const building = setInterval(() => {
		const news = client.of('media').slice(told)
		told += news.length
		for (const { offers } of news) void build(offers)
	}, 10)
	ends.push(() => {
		clearInterval(building)
		ear.close()
	})
	return ear
}

const grant = (who: string) => chair.get({ type: 'floor.grant', who })

/** Kim was heard, and the floor is Lee's now; Kim stands in line, and so is connected to everybody. */
async function revoked(): Promise<{ ear: Ear; spec: ProducerSpec; resume: string }> {
	const spec = microphone()
	hammer(kim, spec)
	await kim.open([spec])
	const ear = await listen(lee)
	await until('sound', () => ear.heard.length > 3)
	await grant(lee.person)
	await kim.get({ type: 'floor.request' })
	for (let i = 0; i < 3; i++) await sleep(50) // what lies in our own socket is read in between
	ear.heard.length = 0
	return { ear, spec, resume: kim.joined?.resume ?? '' }
}

async function expectSilence(ear: Ear) {
	await sleep(300)
	expect(ear.heard).toEqual([])
}

/** It was the gate alone that was in the way. */
async function expectHeardOnGrant(ear: Ear, who: string) {
	await grant(who)
	await until('sound after the grant', () => ear.heard.length > 3)
}

describe('The floor of a meeting', () => {
	it('is kept by the SFU: given, heard; taken, not heard, within 100 ms', async () => {
		const { ear } = await revoked()
		await expectSilence(ear)
		for (let i = 0; i < 5; i++) {
			await expectHeardOnGrant(ear, kim.person)
			await chair.until('it to be told as open', () => chair.people.get(kim.person)?.sources[0]?.open === true)
			expect(chair.people.get(kim.person)?.sources).toMatchObject([{ open: true, muted: false }])
			const taken = clock()
			await chair.get({ type: 'floor.revoke', who: kim.person })
			await until('it to be told as shut', () => chair.people.get(kim.person)?.sources[0]?.open === false)
			// As a rule it is told long before the 100 ms are over; a busy machine has until then.
			const shut = Math.max(taken + 100, clock())
			await sleep(250)
			expect(ear.sentAfter(shut)).toEqual([])
			expect(chair.people.get(kim.person)?.sources).toMatchObject([{ open: false, muted: false }])
			ear.heard.length = 0
		}
	})

	it('is not got around by unmuting', async () => {
		const { ear, spec } = await revoked()
		for (const muted of [true, false, false, true, false]) {
			await kim.get({ type: 'media.mute', source: spec.id, muted })
			await expectSilence(ear)
		}
		await expectHeardOnGrant(ear, kim.person)
	})

	it('does not lift the mute of who has it', async () => {
		const { ear, spec } = await revoked()
		await kim.get({ type: 'media.mute', source: spec.id, muted: true })
		await grant(kim.person)
		await expectSilence(ear)
		await kim.get({ type: 'media.mute', source: spec.id, muted: false })
		await until('sound', () => ear.heard.length > 3)
	})

	it('is not got around by closing and making anew, or by other names', async () => {
		const { ear, spec } = await revoked()
		await kim.get({ type: 'media.close', sources: [spec.id] })
		for (const again of [spec, microphone(), microphone({ use: 'screen' })]) {
			hammer(kim, again)
			await kim.get({ type: 'media.produce', send: null, producers: [again] })
			await expectSilence(ear)
		}
		const disguised = microphone({ use: 'camera', kind: 'video' })
		expect(await kim.ask({ type: 'media.produce', send: null, producers: [disguised] })).toMatchObject({
			code: 'bad-message',
		})
		await expectHeardOnGrant(ear, kim.person)
	})

	it('is not got around by going and coming back', async () => {
		const { ear, spec, resume } = await revoked()
		kim.connection.gone()
		for (let i = 0; i < 3; i++) {
			const again = await enter('김철수', resume)
			expect(again.person).toBe(kim.person)
			const other = i === 1 ? microphone() : spec
			hammer(again, other)
			await again.open([other])
			await expectSilence(ear)
			if (i < 2) again.connection.gone()
		}
		await expectHeardOnGrant(ear, kim.person)
	})

	it('holds on the next worker when one died', async () => {
		const { spec } = await revoked()
		process.kill(workers.health().workers[0]?.pid ?? Number.NaN, 'SIGKILL')
		await kim.until('the news', () => kim.of('media.lost').length === 1 && lee.of('media.lost').length === 1)
		await Promise.all([kim.join(), lee.join()])
		hammer(kim, spec)
		await kim.open([spec])
		const ear = await listen(lee)
		await expectSilence(ear)
		await expectHeardOnGrant(ear, kim.person)
	})

	it('holds when the service starts again', async () => {
		const { spec, resume } = await revoked()
		const known = lee.joined?.resume ?? ''
		await site.restart()
		kim = await enter('김철수', resume)
		lee = await enter('이영희', known)
		hammer(kim, spec)
		await kim.open([spec])
		const ear = await listen(lee)
		await expectSilence(ear)
		chair = await site.client(links.chair)
		await chair.join({ name: '의장', media: false })
		await expectHeardOnGrant(ear, kim.person)
	})
})
