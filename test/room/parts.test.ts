import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withoutSecrets } from '../../appliance/ffmpeg/process.ts'
import type { Source } from '../../appliance/protocol/media.ts'
import type { Person } from '../../appliance/protocol/messages.ts'
import type { MeetingView } from '../../appliance/protocol/room-state.ts'
import { feedArguments } from '../../appliance/room/feed-arguments.ts'
import { JpegSplitter } from '../../appliance/room/jpeg.ts'
import { drive, holdMs, take, takenMs } from '../../appliance/room/leases.ts'
import { openMemory } from '../../appliance/room/memory.ts'
import { allLive, others, participants, patchPeople, wholePeople } from '../../appliance/room/people.ts'
import { openPresets, standsAt } from '../../appliance/room/presets.ts'
import { hubOf, nextMeeting, reasonOf } from '../../appliance/room/targets.ts'
import { somebody } from '../meeting/core.ts'

const source = (difference: Partial<Source>): Source => ({
	id: 's',
	kind: 'audio',
	use: 'microphone',
	label: '',
	muted: false,
	open: true,
	live: true,
	...difference,
})
const person = (id: string, sources: Source[] = [], here = true): Person => somebody(id, { here, sources })

describe('people', () => {
	const before = wholePeople(7, [person('a'), person('b')])

	test('a patch sets and removes', () => {
		const after = patchPeople(before, { revision: 8, set: [person('c')], gone: ['a'] })
		expect([...(after?.byId.keys() ?? [])]).toEqual(['b', 'c'])
		expect([...before.byId.keys()]).toEqual(['a', 'b'])
	})
	test('a gap is noticed, an old patch ignored', () => {
		expect(patchPeople(before, { revision: 9, set: [], gone: [] })).toBeNull()
		expect(patchPeople(before, { revision: 7, set: [person('x')], gone: [] })).toBe(before)
	})
	test('panels see who has sound, picture, and is muted', () => {
		const sources = [source({ muted: true }), source({ kind: 'video', use: 'feed' })]
		const views = participants(wholePeople(1, [person('a', sources), person('b', [source({})], false), person('c')]))
		expect(views.map(({ muted, camera, here }) => [muted, camera, here])).toEqual([
			[true, true, true],
			[false, false, false],
			[null, false, true],
		])
	})
	test('alone is who has nobody else here', () => {
		expect(others(wholePeople(1, [person('a'), person('b', [], false)]), 'a')).toBe(0)
		expect(others(wholePeople(1, [person('a'), person('b')]), 'a')).toBe(1)
	})

	const expected = { microphone: true, cameras: 1, feeds: ['f'], opening: 0 }
	const mic = source({ id: 'm' })
	const camera = source({ id: 'c', kind: 'video', use: 'camera' })
	const feed = source({ id: 'f', kind: 'video', use: 'feed' })
	test.each([
		['all is live', [mic, camera, feed], expected, true],
		['the microphone is announced only', [{ ...mic, live: false }, camera, feed], expected, false],
		['the camera is missing', [mic, feed], expected, false],
		['the feed is another one', [mic, camera, { ...feed, id: 'old' }], expected, false],
		['a feed is being opened', [mic, camera, feed], { ...expected, opening: 1 }, false],
		['nothing is expected', [], { microphone: false, cameras: 0, feeds: [], opening: 0 }, true],
	])('our media when %s', (_, sources, wanted, answer) => {
		expect(allLive(person('us', sources), wanted)).toBe(answer)
	})
	test('our media when the hub does not list us', () => {
		expect(allLive(undefined, { microphone: false, cameras: 0, feeds: [], opening: 0 })).toBe(false)
	})
})

describe('leases', () => {
	const one = { id: '1', label: 'Panel 1' }
	const two = { id: '2', label: 'Panel 2' }
	const staff = { id: '3', label: 'Facilities', role: 'facilities' } as const

	test('the first to move holds the camera until five seconds after the last move', () => {
		let lease = drive(null, one, 0)
		lease = drive(lease, one, 1000)
		expect(lease).toMatchObject({ owner: '1', until: 1000 + holdMs })
		expect(drive(lease, two, 1000 + holdMs - 1)).toBeNull()
		expect(drive(lease, two, 1000 + holdMs)).toMatchObject({ owner: '2' })
	})
	test('another may take it on purpose, and then holds it', () => {
		const taken = take(drive(null, one, 0), two, 10)
		expect(taken).toMatchObject({ owner: '2', until: 10 + takenMs })
		expect(drive(taken, one, 20)).toBeNull()
		expect(drive(taken, two, 20)).toMatchObject({ until: 10 + takenMs })
	})
	test('facilities pass before panels, and panels not before them', () => {
		const lease = drive(drive(null, one, 0), staff, 10)
		expect(lease).toMatchObject({ owner: '3' })
		expect(drive(lease, one, 20)).toBeNull()
		expect(take(lease, one, 20)).toBeNull()
	})
	test('whoever goes before takes it unasked, and nobody else while it is held', () => {
		const ranks = [['room'], ['member'], ['chair'], [null, 'panel'], ['facilities', 'admin']] as const
		const hand = fc.constantFrom(
			...ranks.flatMap((roles, rank) =>
				roles.flatMap((role) =>
					['a', 'b'].map((who) => ({ rank, origin: { id: `${role}-${who}`, label: who, role } })),
				),
			),
		)
		const act = fc.record({ hand, takes: fc.boolean(), after: fc.nat({ max: holdMs * 2 }) })
		fc.assert(
			fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
				let lease: ReturnType<typeof drive> = null
				let holder: (typeof acts)[number]['hand'] | null = null
				let now = 0
				for (const { hand, takes, after } of acts) {
					now += after
					const next = (takes ? take : drive)(lease, hand.origin, now)
					const held = lease !== null && lease.until > now && holder?.origin.id !== hand.origin.id
					const may = !held || hand.rank > (holder?.rank ?? 0) || (takes && hand.rank === holder?.rank)
					expect(next !== null).toBe(may)
					if (!next) continue
					expect(next.owner).toBe(hand.origin.id)
					expect(next.until).toBeGreaterThanOrEqual(now + holdMs)
					lease = next
					holder = hand
				}
			}),
		)
	})
})

describe('presets', () => {
	const aim = { pan: 10, tilt: -2, zoom: 0.5, unit: 'degrees', at: 5 } as const

	test('are kept, renamed and removed', () => {
		const presets = openPresets(new DatabaseSync(':memory:'))
		presets.save('front', 1, '의장석', aim)
		presets.save('front', 2, '전경', null)
		expect(presets.find('front', 1)).toEqual({ slot: 1, name: '의장석', position: aim, thumbnail: null })
		expect(presets.find('front', 2)).toMatchObject({ position: null })
		expect(presets.find('rear', 1)).toBeNull()
		expect(presets.setThumbnail('front', 1, Buffer.from('jpeg'), 77)).toBe(true)
		expect(presets.thumbnail('front', 1)?.toString()).toBe('jpeg')
		expect(presets.list('front')).toEqual([
			{ slot: 1, name: '의장석', thumbnail: 77 },
			{ slot: 2, name: '전경', thumbnail: null },
		])
		presets.save('front', 1, '의장', aim)
		expect(presets.list('front')[0]).toEqual({ slot: 1, name: '의장', thumbnail: null })
		expect(presets.remove('front', 1)).toBe(true)
		expect(presets.remove('front', 1)).toBe(false)
		expect(presets.setThumbnail('front', 1, Buffer.from('late'), 78)).toBe(false)
	})
	test.each([[0], [0.25], [1], [null], [undefined]])('keep a focus of %s', (focus) => {
		const presets = openPresets(new DatabaseSync(':memory:'))
		const position = { ...aim, ...(focus === undefined ? {} : { focus }) }
		presets.save('front', 1, 'a', position)
		expect(presets.find('front', 1)?.position).toEqual(position)
	})
	test('of a version that kept no focus are still there', () => {
		const db = new DatabaseSync(':memory:')
		db.exec(`CREATE TABLE room_presets (camera TEXT NOT NULL, slot INTEGER NOT NULL, name TEXT NOT NULL,
			pan REAL, tilt REAL, zoom REAL, unit TEXT, saved_at INTEGER, thumbnail BLOB, thumbnail_at INTEGER,
			PRIMARY KEY (camera, slot)) STRICT`)
		db.exec(`INSERT INTO room_presets VALUES ('front', 1, '의장석', 10, -2, 0.5, 'degrees', 5, x'ffd8', 6)`)
		const stored = { slot: 1, name: '의장석', position: aim, thumbnail: { jpeg: Buffer.of(0xff, 0xd8), at: 6 } }
		expect(openPresets(db).all('front')).toEqual([stored])
		expect(openPresets(db).all('front')).toEqual([stored]) // and the next start finds it done
	})
	test('are replaced all or none', () => {
		const presets = openPresets(new DatabaseSync(':memory:'))
		presets.save('front', 1, 'a', aim)
		presets.save('left', 1, 'b', aim)
		const next = { slot: 2, name: 'c', position: null, thumbnail: null }
		expect(() => presets.replace('front', [next, { ...next, name: null as unknown as string }])).toThrow()
		expect(presets.list('front').map(({ name }) => name)).toEqual(['a'])
		presets.replace('front', [next])
		expect(presets.list('front').map(({ slot, name }) => [slot, name])).toEqual([[2, 'c']])
		expect(presets.list('left')).toHaveLength(1)
	})
	test.each([
		[{}, true],
		[{ pan: 10.4 }, true],
		[{ pan: 11 }, false],
		[{ tilt: -3 }, false],
		[{ zoom: 0.6 }, false],
		[{ unit: 'fraction' as const }, false],
	])('a camera at %j of its preset', (difference, answer) => {
		expect(standsAt(aim, { ...aim, ...difference })).toBe(answer)
	})
})

test('the room remembers whose pictures had to be transcoded, the latest hundred, without their addresses', () => {
	const db = new DatabaseSync(':memory:')
	const address = (n: number) => `rtsp://admin:secret@192.0.2.9/${n}`
	for (let n = 0; n < 101; n++) openMemory(db).setTranscodes(address(n), true)
	expect([0, 1, 100].map((n) => openMemory(db).transcodes(address(n)))).toEqual([false, true, true])
	openMemory(db).setTranscodes(address(100), false)
	expect(openMemory(db).transcodes(address(100))).toBe(false)
	expect(JSON.stringify(db.prepare('SELECT * FROM room_memory').all())).not.toMatch(/secret|192/)
	db.exec(`UPDATE room_memory SET value = '{"a":1}' WHERE name = 'transcoded'`)
	expect(openMemory(db).transcodes(address(1))).toBe(false)
})

test('the room remembers its mute and its call, and forgets what it cannot read', () => {
	const db = new DatabaseSync(':memory:')
	openMemory(db).setMuted(true)
	openMemory(db).setCall({ link: 'l', resume: null })
	expect(openMemory(db)).toMatchObject({ muted: true, call: { link: 'l', resume: null } })
	openMemory(db).setCall(null)
	expect(openMemory(db).call).toBeNull()
	db.exec(`UPDATE room_memory SET value = '{"lin' WHERE name = 'call'`)
	expect(openMemory(db)).toMatchObject({ muted: true, call: null })
})

describe('targets', () => {
	const own = { url: 'ws://127.0.0.1:8080/ws/meeting', origins: ['https://maru.test:8443'] }
	test.each([
		['https://maru.test:8443/attend#a.b.c', { url: own.url, token: 'a.b.c' }],
		['https://other.test/attend#a.b.c', { url: 'wss://other.test/ws/meeting', token: 'a.b.c' }],
		[' eyJh.b-_.c ', { url: own.url, token: 'eyJh.b-_.c' }],
		['https://maru.test:8443/attend', null],
		['file:///etc/passwd#a.b.c', null],
		['hello', null],
	])('%s', (link, address) => {
		expect(hubOf(link, own)).toEqual(address)
	})

	const meeting = (id: string, phase: MeetingView['phase'], startsAt: number | null): MeetingView => ({
		id,
		title: id,
		kind: 'council',
		phase,
		startsAt,
		openedAt: null,
	})
	test('one tap joins what runs, else what comes next', () => {
		const planned = [meeting('late', 'planned', 20), meeting('soon', 'planned', 10)]
		expect(nextMeeting([...planned, meeting('lunch', 'suspended', 1), meeting('now', 'open', 30)])?.id).toBe('now')
		expect(nextMeeting([...planned, meeting('lunch', 'suspended', 1)])?.id).toBe('lunch')
		expect(nextMeeting(planned)?.id).toBe('soon')
		expect(nextMeeting([meeting('over', 'closed', 1)])).toBeNull()
	})
	test.each([
		['expired', 'link-refused'],
		['taken-over', 'link-refused'],
		['meeting-closed', 'meeting-closed'],
		['timeout', 'hub-away'],
		['internal', 'internal'],
	] as const)('%s means %s', (code, reason) => {
		expect(reasonOf(code)).toBe(reason)
	})
})

describe('a stream of pictures', () => {
	// SOI, one segment that holds an EOI and an SOI as data, a scan with a stuffed 0xff and a restart marker, EOI.
	const picture = Buffer.from('ffd8 ffe0 0006 ffd9 ffd8 ffda 0002 01 ff00 02 ffd0 03 ffd9'.replaceAll(' ', ''), 'hex')

	test('is cut into pictures however it arrives', () => {
		const stream = Buffer.concat([Buffer.from('junk'), picture, picture, Buffer.from([0]), picture])
		for (let size = 1; size <= stream.length; size++) {
			const splitter = new JpegSplitter()
			const pictures: Buffer[] = []
			for (let at = 0; at < stream.length; at += size) pictures.push(...splitter.push(stream.subarray(at, at + size)))
			expect(pictures.map((bytes) => bytes.toString('hex'))).toEqual(Array(3).fill(picture.toString('hex')))
		}
	})
})

test('a feed is sent as the hub asks, secured where it says so, and never logged with its password', () => {
	const rtsp = 'rtsp://admin:secret@192.0.2.7/stream'
	const opened = { feed: 'f', ip: '127.0.0.1', rtpPort: 5000, rtcpPort: 5001, srtp: null, low: false }
	const stream = { rtsp, patient: false, transcoded: false, ssrc: 7, payloadType: 102 }
	const plain = feedArguments(stream, opened, null)
	expect(plain.at(-1)).toBe('rtp://127.0.0.1:5000?rtcpport=5001&pkt_size=1200')
	expect(plain.join(' ')).toContain('-c copy -bsf:v dump_extra -f rtp -ssrc 7 -payload_type 102')
	const srtp = { cryptoSuite: 'AES_CM_128_HMAC_SHA1_80', keyBase64: 'k'.repeat(40) } as const
	const secure = feedArguments(stream, { ...opened, ip: '2001:db8::1', srtp }, null)
	expect(secure.at(-1)).toBe('srtp://[2001:db8::1]:5000?rtcpport=5001&pkt_size=1200')
	expect(secure.join(' ')).toContain(`-srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params ${'k'.repeat(40)}`)
	expect(withoutSecrets(`error: ${rtsp}: 401`)).toBe('error: rtsp://192.0.2.7/stream: 401')
})
