import { expect, test } from 'vitest'
import { createRtspSession, type Output } from '../../../appliance/room/rtsp/session.ts'

const address = 'rtsp://192.0.2.6/cam/realmonitor?channel=1&subtype=0'
const who = { username: 'admin', password: 'pw' }
const sdp = ['v=0', 'a=control:*', 'm=video 0 RTP/AVP 96', 'a=control:trackID=0', 'a=rtpmap:96 H264/90000', ''].join(
	'\r\n',
)

function talk(given: typeof who | null = null) {
	const session = createRtspSession(address, given, () => 'c')
	const plain = (outputs: Output[]) =>
		outputs.map((output) => {
			if (output.type === 'write') return output.text.split('\r\n')
			return output.type === 'packet' ? output.bytes.toString('hex') : output
		})
	return {
		begin: () => plain(session.begin()),
		hears: (status: number, headers: string[] = [], body = '') =>
			plain(
				session.receive(
					Buffer.from([`RTSP/1.0 ${status} X`, ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n')),
				),
			),
		receives: (hex: string) => plain(session.receive(Buffer.from(hex, 'hex'))),
		keepAlive: () => plain(session.keepAlive()),
		end: () => plain(session.end()),
	}
}

/** Up to the answer to SETUP. */
function setUp(server = talk(), { publics = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER', transport = '' } = {}) {
	server.begin()
	server.hears(200, [`Public: ${publics}`])
	server.hears(200, [], sdp)
	return server.hears(200, [`Transport: RTP/AVP/TCP;unicast;${transport}`, 'Session: 47112344;timeout=20'])
}

test('asks what there is, sets it up and lets it play, one after the other (RFC 2326 §10)', () => {
	const server = talk()
	expect(server.begin()).toMatchObject([[`OPTIONS ${address} RTSP/1.0`, 'CSeq: 1', 'User-Agent: Maru', '', '']])
	const [describe] = server.hears(200, ['CSeq: 1', 'Public: DESCRIBE, SETUP, PLAY'])
	expect(describe).toEqual([
		...[`DESCRIBE ${address} RTSP/1.0`, 'CSeq: 2', 'User-Agent: Maru', 'Accept: application/sdp', '', ''],
	])
	// Servers want what they call relative behind the query.
	const [setup] = server.hears(200, ['CSeq: 2'], sdp)
	expect(setup).toContain(`SETUP ${address}/trackID=0 RTSP/1.0`)
	expect(setup).toContain('Transport: RTP/AVP/TCP;unicast;interleaved=0-1')
	const [play] = server.hears(200, ['CSeq: 3', 'Transport: RTP/AVP/TCP;interleaved=0-1', 'Session: 12;timeout=20'])
	expect(play).toContain(`PLAY ${address} RTSP/1.0`)
	expect(play).toContain('Session: 12')
	expect(server.hears(200, ['CSeq: 4'])).toMatchObject([{ type: 'playing', keepAliveMs: 10_000 }])
	expect(server.receives('2400000280602401000180')).toEqual(['8060'])
})

test('addresses are put behind what the server calls its own', () => {
	const server = talk()
	server.begin()
	server.hears(200)
	const [setup] = server.hears(200, ['Content-Base: rtsp://10.0.0.1:554/live/'], sdp)
	expect(setup).toContain('SETUP rtsp://10.0.0.1:554/live/trackID=0 RTSP/1.0')
})

test('packets come by the channel that the server chose, also before it has answered PLAY', () => {
	const server = talk()
	setUp(server, { transport: 'interleaved=4-5' })
	expect(server.receives('2400000180')).toEqual([])
	expect(server.receives('2404000180')).toMatchObject([{ type: 'playing' }, '80'])
	expect(server.hears(200)).toEqual([])
	expect(server.receives('2404000181')).toEqual(['81'])
})

test('it is kept alive by what the server knows, and ended with a word', () => {
	const knows = talk()
	setUp(knows)
	knows.hears(200)
	expect(knows.keepAlive()).toEqual([expect.arrayContaining([`GET_PARAMETER ${address} RTSP/1.0`, 'CSeq: 5'])])
	const knowsNot = talk()
	setUp(knowsNot, { publics: 'PLAY' })
	knowsNot.hears(200)
	expect(knowsNot.keepAlive()).toEqual([expect.arrayContaining([`OPTIONS ${address} RTSP/1.0`, 'Session: 47112344'])])
	// Whatever it says to that.
	expect(knowsNot.hears(454)).toEqual([])
	expect(knowsNot.end()).toEqual([expect.arrayContaining([`TEARDOWN ${address} RTSP/1.0`])])
	expect(knowsNot.end()).toEqual([])
})

test('who asks is said where the server wants to know, and again when a nonce has had its time', () => {
	const server = talk(who)
	const digest = (nonce: string, rest = '') => [`WWW-Authenticate: Digest realm="r", nonce="${nonce}"${rest}`]
	expect(server.begin()[0]).not.toContainEqual(expect.stringMatching(/^Authorization/))
	const signed = (outputs: unknown[], nonce: string) =>
		expect(outputs).toEqual([
			expect.arrayContaining([expect.stringMatching(`^Authorization: Digest .*nonce="${nonce}"`)]),
		])
	server.hears(200)
	signed(server.hears(401, digest('a')), 'a')
	signed(server.hears(200, [], sdp), 'a')
	signed(server.hears(401, digest('b')), 'b')
	signed(server.hears(401, digest('c', ', stale=true')), 'c')
	expect(server.hears(401, digest('d'))).toMatchObject([{ type: 'failed', reason: 'refused' }])
})

test('a server that always calls its nonce stale is not asked for ever', () => {
	const server = talk(who)
	server.begin()
	server.hears(200)
	let asked = 0
	while (asked < 20) {
		const [output] = server.hears(401, [`WWW-Authenticate: Digest realm="r", nonce="${asked}", stale=true`])
		if (!Array.isArray(output)) break
		asked += 1
	}
	expect(asked).toBe(3)
})

test.each([
	['no such stream', 404, '', 'refused'],
	['a login that nobody gave', 401, '', 'refused'],
	['a server that sends us elsewhere', 302, '', 'unsupported'],
	['another codec', 200, 'm=video 0 RTP/AVP 26\r\n', 'unsupported'],
])('%s comes to nothing', (_, status, body, reason) => {
	const server = talk()
	server.begin()
	server.hears(404) // OPTIONS: not every server knows it
	expect(server.hears(status, [], body)).toMatchObject([{ type: 'failed', reason }])
	expect(server.hears(200, [], sdp)).toEqual([])
	expect(server.end()).toEqual([])
})

test('a server that would send datagrams is none for us', () => {
	const server = talk()
	server.begin()
	server.hears(200)
	server.hears(200, [], sdp)
	expect(server.hears(200, ['Transport: RTP/AVP;unicast'])).toMatchObject([{ type: 'failed', reason: 'unsupported' }])
})

test('what the server asks is answered', () => {
	const server = talk()
	server.begin()
	const asks = Buffer.from('GET_PARAMETER rtsp://x/ RTSP/1.0\r\nCSeq: 7\r\n\r\n').toString('hex')
	expect(server.receives(asks)).toEqual([['RTSP/1.0 200 OK', 'CSeq: 7', '', '']])
})
