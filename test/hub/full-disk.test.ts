import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Links } from '../../appliance/protocol/messages.ts'
import { openMemory } from '../../appliance/room/memory.ts'
import { type Client, microphone, openSite, panel, type Site } from './site.ts'

/** A disk that takes nothing more, and one on which there is room again. */

let site: Site
let meeting: string
let links: Links
let clerk: Client
let member: Client

beforeEach(async () => {
	site = await openSite({ awayMs: 100 })
	const { hub } = site
	const made = await hub.create({ title: '확대간부회의', kind: 'council' })
	meeting = made.id
	links = made.links
	hub.transition(meeting, 'open', panel)
	clerk = await site.client(links.clerk)
	await clerk.join({ name: '서기', media: false })
	member = await site.client(links.member)
	await member.join({ name: '김민수' })
})
afterEach(async () => {
	setFull(false)
	await site.close()
})

/** Every write fails, as on a full disk: with SQLITE_READONLY in place of SQLITE_FULL, and small ones do not slip in. */
const setFull = (full: boolean) => site.db.exec(`PRAGMA query_only = ${full ? 'ON' : 'OFF'}`)

const notes = () =>
	site.hub.journal(meeting).events.flatMap((event) => (event.type === 'minutes.noted' ? [event.text] : []))

describe('In a meeting whose disk is full', () => {
	it('whoever asks for something is told that it was not kept, and it is done once there is room', async () => {
		await clerk.get({ type: 'minutes.note', text: '처음' })
		setFull(true)
		expect(await clerk.ask({ type: 'minutes.note', text: '잃은 것' })).toMatchObject({ ok: false, code: 'not-saved' })
		setFull(false)
		await clerk.get({ type: 'minutes.note', text: '끝' })
		expect(notes()).toEqual(['처음', '끝'])
	})

	it('those who go are away, and have left, once there is room; who is there stays', async () => {
		setFull(true)
		const { person } = member.joined ?? {}
		member.connection.gone()
		// Long enough for both, if they could be written.
		await sleep(600)
		expect(clerk.people.has(person ?? '')).toBe(true)
		setFull(false)
		await clerk.until('them to be gone', () => !clerk.people.has(person ?? ''))
		expect(clerk.self?.here).toBe(true)
		expect(site.hub.journal(meeting).events.map(({ type }) => type)).toContain('person.left')
	})

	it('a microphone that is muted is shut, though nobody will remember it', async () => {
		const source = microphone()
		await member.open([source])
		const mine = () => member.self?.sources.find(({ id }) => id === source.id)
		await member.until('the microphone', () => mine()?.muted === false)
		setFull(true)
		expect(await member.ask({ type: 'media.mute', source: source.id, muted: true })).toMatchObject({
			code: 'not-saved',
		})
		await member.until('it to be shut', () => mine()?.muted === true)
	})
})

describe('What the room remembers', () => {
	it('holds though the disk is full, and is written once there is room', async () => {
		const memory = openMemory(site.db)
		memory.setVolume(70)
		setFull(true)
		const link = 'https://maru.test/attend#token'
		memory.setCall({ link, resume: null })
		memory.setMuted(true)
		expect([memory.muted, memory.call?.link]).toEqual([true, link])
		expect(openMemory(site.db).call).toBeNull()
		setFull(false)
		await clerk.until('it to be written', () => openMemory(site.db).call?.link === link)
		expect(openMemory(site.db)).toMatchObject({ muted: true, volume: 70 })
	})
})
