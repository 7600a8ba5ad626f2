import { beforeEach, expect, it } from 'vitest'
import type { FloorKind } from '../../../appliance/protocol/floor.ts'
import type { MeetingCore } from '../../../appliance/protocol/messages.ts'
import { type FloorNews, OwnFloor } from '../../../control-panel/attend/own-floor.svelte.ts'
import { MeetingClient } from '../../../control-panel/lib/meeting/client.svelte.ts'
import { council, speech } from '../../browser/floor-scene.ts'
import { eventually } from '../../eventually.ts'
import { FakeHub, fakeTrack, loadFakeDevice } from '../meeting/fakes.ts'

let hub: FakeHub
let client: MeetingClient
let floor: OwnFloor
let news: FloorNews[]
let opens: boolean
let inHall: boolean
let revision: number

beforeEach(async () => {
	hub = new FakeHub()
	news = []
	opens = true
	inHall = false
	revision = 1
	const track = fakeTrack('audio')
	client = new MeetingClient({
		openSocket: hub.openSocket,
		loadDevice: loadFakeDevice,
		outgoing: () => [{ track, use: 'microphone', label: 'microphone', muted: client.muted }],
		firstPictures: () => [],
		now: Date.now,
	})
	floor = new OwnFloor({
		client,
		openMicrophone: async () => opens && client.setMuted(false),
		inHall: () => inHall,
		onNews: (one) => news.push(one),
	})
	client.join({ muted: true })
	await eventually(() => expect(client.stay.at).toBe('in'))
	core({})
	return () => {
		floor.close()
		client.close()
	}
})

function core(difference: Partial<MeetingCore['floor']>, mode: 'open' | 'chair' = 'chair') {
	const { core: base } = council()
	hub.say({ type: 'core', core: { ...base, floor: { ...base.floor, mode, ...difference } } })
	floor.follow()
}

function line(ids: string[], gone: string[] = [], kind: FloorKind = 'speak') {
	const set = ids.map((id, rank) => ({ id, kind, rank, at: 0 }))
	hub.say({ type: 'list', list: 'asking', revision: ++revision, set, gone })
	floor.follow()
}

const granted = (asked = true) => core({ speaking: [speech('me', 180, 0, { asked })] })

it('opens nothing for somebody in the hall, and says that they speak by its microphones', async () => {
	inHall = true
	await floor.request('speak')
	line(['me'])
	granted()
	await eventually(() => expect(news).toEqual(['granted-hall']))
	expect([client.muted, floor.prompted, floor.failed]).toEqual([true, false, false])
})

it('lifts the own mute when the hub has taken the request, behind the shut gate', async () => {
	const asked = floor.request('speak')
	expect(client.muted).toBe(true)
	line(['x', 'me'])
	await asked
	await eventually(() => expect(client.muted).toBe(false))
	expect(floor.standing).toEqual({ at: 'asking', kind: 'speak', place: 2 })
	expect(floor.gateOpen).toBe(false)
	granted()
	line([], ['me'])
	expect(floor.gateOpen).toBe(true)
	expect(floor.prompted).toBe(false)
	expect(news).toEqual(['granted'])
})

it('puts the mute back when the request is withdrawn, declined, or the speech is over', async () => {
	for (const end of ['withdrawn', 'declined', 'ended'] as const) {
		await floor.request('speak')
		line(['me'])
		await eventually(() => expect(client.muted).toBe(false))
		if (end === 'withdrawn') await floor.withdraw()
		if (end === 'ended') granted()
		line([], ['me'])
		if (end === 'ended') core({})
		await eventually(() => expect(client.muted).toBe(true))
		expect(news.at(-1)).toBe(end)
	}
})

it('takes a grant that leaves the line first for a grant, not for a refusal', async () => {
	await floor.request('speak')
	line(['me'])
	await eventually(() => expect(client.muted).toBe(false))
	line([], ['me'])
	granted()
	await new Promise((done) => setTimeout(done, 400))
	expect(news).toEqual(['granted'])
	expect(client.muted).toBe(false)
})

it('does not make anybody heard by asking where everybody may speak; the grant does', async () => {
	core({}, 'open')
	await floor.request('speak')
	line(['me'])
	expect(client.muted).toBe(true)
	granted()
	await eventually(() => expect(client.muted).toBe(false))
})

it('leaves the microphone shut where the hub refuses the request', async () => {
	hub.answers['floor.request'] = () => ({ ok: false, code: 'no-time', message: '' })
	expect((await floor.request('speak')).ok).toBe(false)
	line(['me'])
	await new Promise((done) => setTimeout(done, 50))
	expect(client.muted).toBe(true)
})

it('prompts who is granted unasked, and never opens their microphone by itself', async () => {
	granted(false)
	await new Promise((done) => setTimeout(done, 50))
	expect(client.muted).toBe(true)
	expect(floor.prompted).toBe(true)
	expect(news).toEqual(['granted-muted'])
})

it('takes back the consent of who mutes while waiting', async () => {
	await floor.request('speak')
	line(['me'])
	await eventually(() => expect(client.muted).toBe(false))
	floor.pressed(true)
	await client.setMuted(true)
	granted()
	await new Promise((done) => setTimeout(done, 50))
	expect(client.muted).toBe(true)
	expect(floor.prompted).toBe(true)
})

it('keeps the request where the microphone cannot be opened, and says so', async () => {
	opens = false
	await floor.request('speak')
	line(['me'])
	await eventually(() => expect(floor.failed).toBe(true))
	expect(floor.standing.at).toBe('asking')
	expect(client.muted).toBe(true)
})

it('shuts the microphone at once when one finishes', async () => {
	await floor.request('speak')
	granted()
	await eventually(() => expect(client.muted).toBe(false))
	hub.answers['floor.yield'] = () => {
		expect(client.muted).toBe(true)
		return { ok: true }
	}
	expect((await floor.finish()).ok).toBe(true)
})
