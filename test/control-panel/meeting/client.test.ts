import { beforeEach, describe, expect, it, vi } from 'vitest'
import { MeetingClient } from '../../../control-panel/lib/meeting/client.svelte.ts'
import type { Outgoing } from '../../../control-panel/lib/meeting/media-call.ts'
import { eventually } from '../../eventually.ts'
import { FakeHub, fakeTrack, loadFakeDevice, offer } from './fakes.ts'

let hub: FakeHub
let microphone: MediaStreamTrack
let client: MeetingClient
/** The hub's clock runs an hour ahead. */
const ours = 1_000_000

beforeEach(() => {
	hub = new FakeHub()
	microphone = fakeTrack('audio')
	const camera = fakeTrack('video')
	client = new MeetingClient({
		openSocket: hub.openSocket,
		loadDevice: loadFakeDevice,
		outgoing: (): Outgoing[] => [
			{ track: microphone, use: 'microphone', label: 'microphone', muted: client.muted },
			{ track: camera, use: 'camera', label: 'camera', muted: false },
		],
		firstPictures: () => [{ source: 'first', height: 360 }],
		now: () => ours,
	})
	return () => client.close()
})

async function enter(muted = false) {
	client.join({ muted })
	await eventually(() => expect(client.stay.at).toBe('in'))
}

const person = { id: 'p', name: 'p', title: '', bureau: '', order: 0, role: 'member', here: true, joinedAt: 0 } as const

it('joins in two round trips: all producers and the DTLS of sending go up in one media.open', async () => {
	await enter()
	expect(hub.heard.map(({ type }) => type)).toEqual(['meeting.join', 'media.open'])
	const [open] = hub.all('media.open')
	expect(open?.producers.map(({ use, muted }) => [use, muted])).toEqual([
		['microphone', false],
		['camera', false],
	])
	expect(open?.send).toHaveProperty('fingerprints')
	expect(open?.wanted).toEqual({ audio: true, video: [{ source: 'first', height: 360 }] })
	expect(new Set(open?.producers.map(({ id }) => id)).size).toBe(2)
})

it('comes by another door to watch the relay, and sends nothing', async () => {
	const watching = new MeetingClient({
		...{ openSocket: hub.openSocket, loadDevice: loadFakeDevice, now: () => ours, door: 'relay.join' },
		outgoing: () => [],
		firstPictures: () => [],
	})
	watching.join({ muted: true })
	await eventually(() => expect(watching.stay.at).toBe('in'))
	expect(hub.heard.map(({ type }) => type)).toEqual(['relay.join', 'media.open'])
	expect(hub.all('media.open')[0]).toMatchObject({ send: null, producers: [] })
	watching.close()
})

it('sends the camera in three sizes', async () => {
	await enter()
	const parameters = hub.all('media.open')[0]?.producers[1]?.rtpParameters
	expect(parameters?.encodings).toMatchObject([4, 2, 1].map((scaleResolutionDownBy) => ({ scaleResolutionDownBy })))
})

it('builds what the hub offers and says so once, with the DTLS of receiving the first time only', async () => {
	hub.answers['media.open'] = () => ({
		ok: true,
		data: { consumers: [offer('audio', 's1', 'p'), offer('video', 's2', 'p')] },
	})
	await enter()
	await eventually(() => expect(hub.all('media.ready')).toHaveLength(1))
	expect(hub.all('media.ready')[0]?.consumers).toHaveLength(2)
	expect(hub.all('media.ready')[0]?.receive).toHaveProperty('fingerprints')
	expect([...client.incoming.keys()]).toEqual(['s1', 's2'])

	const later = offer('video', 's3', 'p')
	hub.say({ type: 'media', offers: [later], closed: [client.incoming.get('s2')?.id ?? ''] })
	await eventually(() => expect(hub.all('media.ready')).toHaveLength(2))
	expect(hub.all('media.ready')[1]).toMatchObject({ receive: null, consumers: [later.id] })
	expect([...client.incoming.keys()]).toEqual(['s1', 's3'])
})

it('mutes at once and here, before the hub has answered', async () => {
	await enter()
	hub.answers['media.mute'] = () => null
	void client.setMuted(true)
	expect(microphone.enabled).toBe(false)
	expect(client.muted).toBe(true)
	expect(hub.all('media.mute')[0]).toMatchObject({ muted: true })
})

it('mutes without any connection, and comes back muted', async () => {
	await enter()
	hub.cut()
	await client.setMuted(true)
	expect(microphone.enabled).toBe(false)
	hub.comeBack()
	await eventually(() => expect(hub.all('media.open')).toHaveLength(2))
	expect(hub.all('media.open')[1]?.producers[0]).toMatchObject({ use: 'microphone', muted: true })
	await eventually(() => expect(client.stay.at).toBe('in'))
	expect(microphone.enabled).toBe(false)
})

it('does not open the microphone while away', async () => {
	await enter(true)
	hub.cut()
	const answer = client.setMuted(false)
	expect(microphone.enabled).toBe(false)
	expect(await answer).toBe(false)
	expect(client.muted).toBe(true)
})

it('stays muted where the hub refuses to open the microphone', async () => {
	await enter(true)
	hub.answers['media.mute'] = () => ({ ok: false, code: 'not-allowed', message: '' })
	expect(await client.setMuted(false)).toBe(false)
	expect(client.muted).toBe(true)
	expect(microphone.enabled).toBe(false)
})

it('believes the hub that says muted, and shuts the track', async () => {
	await enter()
	const own = hub.all('media.open')[0]?.producers[0]?.id ?? ''
	const source = {
		id: own,
		kind: 'audio',
		use: 'microphone',
		label: 'microphone',
		muted: true,
		open: true,
		live: true,
	} as const
	hub.say({ type: 'people', revision: 2, set: [{ ...person, id: 'me', sources: [source] }], gone: [] })
	expect(client.muted).toBe(true)
	expect(microphone.enabled).toBe(false)
})

it('comes back as the same person after a cut, with people and place kept on screen meanwhile', async () => {
	hub.people = [{ ...person, sources: [] }]
	await enter()
	hub.cut()
	expect(client.stay).toEqual({ at: 'returning', since: ours })
	expect(client.people.byId.size).toBe(1)
	hub.comeBack()
	await eventually(() => expect(client.stay.at).toBe('in'))
	expect(hub.all('meeting.join')[1]?.device).toEqual({ media: true, resume: 'secret' })
})

it('joins anew on the same socket when the media are lost', async () => {
	await enter()
	hub.say({ type: 'media.lost' })
	await eventually(() => expect(hub.all('media.open')).toHaveLength(2))
	expect(hub.all('meeting.join')[1]?.device.resume).toBe('secret')
	expect(hub.sockets).toBe(1)
})

it('tries again while the hub has no media to give', async () => {
	let refusals = 2
	hub.answers['meeting.join'] = () => {
		refusals--
		if (refusals === 0) hub.answers = {}
		return { ok: false, code: 'media-unavailable', message: '' }
	}
	client.join({ muted: true })
	await eventually(() => expect(client.stay.at).toBe('in'))
	expect(hub.all('meeting.join')).toHaveLength(3)
})

it('fetches everything anew when a patch of people is missing', async () => {
	await enter()
	hub.people = [{ ...person, sources: [] }]
	hub.revision = 9
	hub.say({ type: 'people', revision: 7, set: [], gone: [] })
	await eventually(() => expect(client.people.revision).toBe(9))
})

it('takes patches that arrive during a return for those of the earlier stay', async () => {
	await enter()
	hub.cut()
	hub.comeBack()
	// The join is on its way, and not yet answered.
	hub.say({ type: 'people', revision: 40, set: [], gone: [] })
	await eventually(() => expect(client.stay.at).toBe('in'))
	await new Promise((done) => setTimeout(done, 300))
	expect(hub.all('meeting.join')).toHaveLength(2)
})

it('takes a new socket where the hub has fallen silent', async () => {
	await enter()
	hub.answers['media.show'] = () => null
	client.show([])
	await eventually(() => expect(hub.sockets).toBe(2))
	await eventually(() => expect(client.stay.at).toBe('in'))
})

it('waits for a meeting that is not open yet, and goes in when it is', async () => {
	hub.answers['meeting.join'] = () => ({ ok: false, code: 'meeting-not-open', message: '' })
	client.join({ muted: true })
	await eventually(() => expect(client.stay.at).toBe('waiting'))
	hub.answers = {}
	await eventually(() => expect(client.stay.at).toBe('in'))
})

it.each(['expired', 'forged', 'revoked', 'meeting-closed', 'full'] as const)(
	'ends where the answer is %s',
	async (code) => {
		hub.answers['meeting.join'] = () => ({ ok: false, code, message: '' })
		client.join({ muted: true })
		await eventually(() => expect(client.stay).toEqual({ at: 'ended', code }))
		expect(hub.closed).toBe(true)
	},
)

it('asks whether the same person is in elsewhere, and moves here without asking', async () => {
	hub.answers['meeting.join'] = () => ({ ok: false, code: 'elsewhere', message: '' })
	client.join({ muted: true, asks: true })
	await eventually(() => expect(client.stay).toEqual({ at: 'ended', code: 'elsewhere' }))
	delete hub.answers['meeting.join']
	await enter(true)
	expect(hub.all('meeting.join').map(({ device }) => device.asks)).toEqual([true, undefined])
})

it('ends with the meeting, and with another page that takes its place', async () => {
	await enter()
	hub.say({ type: 'ended', code: 'taken-over' })
	expect(client.stay).toEqual({ at: 'ended', code: 'taken-over' })
	expect(client.incoming.size).toBe(0)
	hub.comeBack()
	expect(hub.all('meeting.join')).toHaveLength(1)
})

it('says goodbye when it leaves, and may come again as the same person', async () => {
	await enter()
	client.leave()
	expect(hub.heard.at(-1)).toEqual({ type: 'meeting.leave' })
	expect(client.stay.at).toBe('left')
	client.join({ muted: true })
	await eventually(() => expect(client.stay.at).toBe('in'))
	expect(hub.all('meeting.join')[1]?.device.resume).toBe('secret')
})

it('adds a camera later without telling its DTLS a second time, and takes it back', async () => {
	await enter()
	const track = fakeTrack('video')
	expect(await client.addSource({ track, use: 'screen', label: 'screen', muted: false })).toBe(true)
	const [produce] = hub.all('media.produce')
	expect(produce).toMatchObject({ send: null, producers: [{ use: 'screen' }] })
	await client.removeSource('screen')
	expect(hub.all('media.close')[0]?.sources).toEqual([produce?.producers[0]?.id])
})

it('leaves out a device that was pulled out while joining', async () => {
	microphone.stop()
	await enter()
	expect(hub.all('media.open')[0]?.producers.map(({ use }) => use)).toEqual(['camera'])
})

it('knows the hub’s clock', async () => {
	await enter()
	expect(client.ahead).toBe(-ours)
})

describe('a stay that begins in the lobby', () => {
	const meeting = { id: 'm', title: 't', kind: 'council', phase: 'open', startsAt: null, openedAt: 1 } as const

	beforeEach(async () => {
		hub.answers['meeting.join'] = () => ({
			ok: true,
			data: { lobby: true, person: 'x', resume: 'waiting', meeting, before: 2 },
		})
		client.join({ muted: true })
		await eventually(() => expect(client.stay).toEqual({ at: 'lobby', before: 2, meeting }))
	})

	it('is told its place, and goes in as who it is admitted as', async () => {
		hub.say({ type: 'lobby.place', before: 0 })
		expect(client.stay).toMatchObject({ at: 'lobby', before: 0 })
		hub.answers = {}
		hub.say({ type: 'admitted', resume: 'inside' })
		await eventually(() => expect(client.stay.at).toBe('in'))
		expect(hub.all('meeting.join')[1]?.device.resume).toBe('inside')
	})

	it('ends where nobody lets it in', () => {
		hub.say({ type: 'ended', code: 'refused' })
		expect(client.stay).toEqual({ at: 'ended', code: 'refused' })
	})

	it('knocks again after a loss, as the same one', async () => {
		hub.cut()
		hub.comeBack()
		await eventually(() => expect(hub.all('meeting.join')[1]?.device.resume).toBe('waiting'))
	})
})

it('joins its media anew where another role may send, and keeps them where nothing of it changes', async () => {
	await enter()
	hub.say({ type: 'role', role: 'observer' })
	expect(client.role).toBe('observer')
	await eventually(() => expect(hub.all('meeting.join')).toHaveLength(2))
	await eventually(() => expect(client.stay.at).toBe('in'))
	expect(client.role).toBe('member')
	hub.say({ type: 'role', role: 'member' })
	await new Promise((done) => setTimeout(done, 100))
	expect(hub.all('meeting.join')).toHaveLength(2)
})

it('opens the way ahead of the join, and joins by it', async () => {
	client.prepare()
	client.prepare()
	expect(hub.sockets).toBe(1)
	await enter()
	expect(hub.sockets).toBe(1)
	expect(hub.heard.map(({ type }) => type)).toEqual(['meeting.join', 'media.open'])
})

it('joins by a way that is still being opened', async () => {
	client.prepare()
	client.join({ muted: true })
	await eventually(() => expect(client.stay.at).toBe('in'))
	expect([hub.sockets, hub.all('meeting.join').length]).toEqual([1, 1])
})

it('asks for no other picture until the first one has come', async () => {
	hub.answers['media.open'] = () => ({ ok: true, data: { consumers: [offer('video', 's1', 'p')] } })
	await enter()
	const kind = Object.getPrototypeOf(client.incoming.get('s1')?.track)
	// As in a browser: muted until something comes.
	const waits = vi.spyOn(kind, 'muted', 'get').mockReturnValue(true)
	hub.cut()
	hub.comeBack()
	await eventually(() => expect(hub.all('media.open')).toHaveLength(2))
	await eventually(() => expect(client.stay.at).toBe('in'))
	client.show([{ source: 's1', height: 90 }])
	await eventually(() => expect(hub.all('media.ready')).toHaveLength(2))
	expect(hub.all('media.show')).toHaveLength(0)
	client.incoming.get('s1')?.track.dispatchEvent(new Event('unmute'))
	await eventually(() => expect(hub.all('media.show')).toHaveLength(1))
	expect(client.arriving).toBe(false)
	waits.mockRestore()
})

it('brings along what was opened while the join was under way', async () => {
	const late = fakeTrack('video')
	const sources: Outgoing[] = []
	const coming = new MeetingClient({
		openSocket: hub.openSocket,
		loadDevice: loadFakeDevice,
		outgoing: () => sources,
		firstPictures: () => [],
		now: () => ours,
	})
	hub.answers['media.open'] = () => {
		sources.push({ track: late, use: 'camera', label: 'camera', muted: false })
		return { ok: true, data: { consumers: [] } }
	}
	coming.join({ muted: true })
	await eventually(() => expect(hub.all('media.produce')).toHaveLength(1))
	expect(hub.all('media.produce')[0]?.producers).toMatchObject([{ use: 'camera' }])
	coming.close()
})
