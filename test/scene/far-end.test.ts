import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Appliance, openSite, type Site } from './appliance.ts'
import { type Cameras, startCameras } from './cameras.ts'
import { call, type Member, openMember } from './member.ts'
import { openPanel, type Panel } from './panel.ts'
import { until } from './wait.ts'

/** Somebody at home turns a camera of a real room, through its hub, its meeting socket and its devices process. */

let cameras: Cameras
let site: Site
let room: Appliance
let panel: Panel
let links: Record<string, string>

beforeAll(async () => {
	cameras = await startCameras(['front'])
	site = await openSite(cameras, 21_980)
	room = await site.start()
	const house = room.token('panel')
	const made = await call<{ id: string; links: Record<string, string> }>(room.origin, house, 'POST', '/meetings', {
		title: '확대간부회의',
		kind: 'council',
	})
	links = made.links
	panel = await openPanel(room.origin, house)
	await panel.until('the camera', ({ cameras }) => cameras[0]?.status === 'ready')
	await panel.command({ type: 'room.join', meeting: made.id })
})
afterAll(async () => {
	panel?.close()
	await site?.close()
	await cameras?.close()
})

const enter = (link: string, name: string) =>
	openMember({ origin: room.origin, token: new URL(links[link] ?? '').hash.slice(1), name })
const head = () => cameras.position('front')
const owner = () => panel.state()?.cameras[0]?.lease?.label ?? null

async function movableFeed(member: Member): Promise<string> {
	const feeds = () => member.people.flatMap(({ sources }) => sources).filter(({ use }) => use === 'feed')
	await until('the feed of the camera', () => feeds().length > 0)
	expect(feeds()).toMatchObject([{ label: 'front', movable: true }])
	return feeds()[0]?.id ?? ''
}

/** A finger that stays down, until it lifts or its page is gone. */
function hold(member: Member, feed: string, pan: number): () => void {
	const renew = () => void member.ask({ type: 'feed.move', feed, pan, tilt: 0, zoom: 0 })
	renew()
	const renewal = setInterval(renew, 150)
	return () => clearInterval(renewal)
}

const turns = () => until('the head to move', async () => (await head()).moving)
async function stands() {
	await until('the head to stand', async () => !(await head()).moving)
	await sleep(600)
	expect((await head()).moving).toBe(false)
}

describe('A member at home', () => {
	it('turns the camera once they were let; it stands when their socket is killed, and is free', async () => {
		const [clerk, kim] = await Promise.all([enter('clerk', '서기'), enter('member', '김철수')])
		const feed = await movableFeed(kim)
		const move = { type: 'feed.move', feed, pan: 0.5, tilt: 0, zoom: 0 } as const
		expect(await kim.ask(move)).toMatchObject({ ok: false, code: 'not-allowed' })
		await kim.get({ type: 'feed.ask', feed })
		await clerk.get({ type: 'feed.let', who: kim.person, on: true })

		const before = await head()
		const lift = hold(kim, feed, 0.5)
		await turns()
		await panel.until('their name', () => owner() === 'far 김철수')
		await sleep(500)
		kim.close()
		await stands()
		lift()
		expect((await head()).pan).toBeGreaterThan(before.pan)
		await panel.until('the camera to be free', () => owner() === null)
		clerk.close()
	})

	it('gives way to the panel at once, and is told', async () => {
		const clerk = await enter('clerk', '서기')
		const feed = await movableFeed(clerk)
		const lift = hold(clerk, feed, -0.5)
		await turns()
		await panel.command({ type: 'camera.move', camera: 'front', pan: 0.5, tilt: 0, zoom: 0 })
		await panel.until('the panel’s name', () => owner()?.startsWith('panel') === true)
		await until('the word', () => clerk.messages.some((one) => one.type === 'feed.refused' && one.code === 'leased'))
		lift()
		await stands()
		clerk.close()
	})
})
