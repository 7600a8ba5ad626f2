import { describe, expect, it } from 'vitest'
import { redactConfig, redactLine, redactor } from '../../../appliance/ops/logs/redact.ts'

const token = 'eyJhbGciOiJFZERTQSJ9.eyJyb2xlIjoicGFuZWwifQ.c2lnbmF0dXJlLW9mLWl0'
const known = {
	secrets: ['hunter2hunter', 'John Smith', 'John', 'Smith'],
	addresses: new Set(['192.0.2.6', '127.0.0.1']),
}
const redact = redactor(known)

describe('Of words that anybody may have written, a bundle has', () => {
	it.each([
		['no link', `panel   http://127.0.0.1:8080/panel#${token}`, 'panel   http://127.0.0.1:8080/panel#[…]'],
		[
			'no address that carries a token',
			`GET /api/v1/x/master.m3u8?token=${token} 200`,
			'GET /api/v1/x/master.m3u8[…] 200',
		],
		['no token', `refused ${token}.`, 'refused [token].'],
		['no header', `Authorization: Bearer ${token}`, 'Authorization: Bearer [secret]'],
		['no login', 'rtsp://admin:pw@192.0.2.6/stream1', 'rtsp://192.0.2.6/stream1'],
		['no password that is named', 'login failed, password=abc!def,', 'login failed, password=[secret],'],
		['no password that is known', 'it said hunter2hunter', 'it said [secret]'],
		['no PIN', 'PIN 4821 was wrong', 'PIN [number] was wrong'],
		['no PIN within JSON', '{"pin":4821}', '{"pin":[secret]}'],
		['no code', 'code 482193 is used up', 'code [number] is used up'],
		['no code in two halves', 'code 482 193', 'code [number]'],
		['no Korean name', '김철수 님이 입장', '[…] […] […]'],
		['no Latin name that the house knows', 'John Smith came in', '[secret] came in'],
		['no mail address', 'to chulsu.kim@city.example now', 'to [mail] now'],
		['no telephone number', 'call 010-1234-5678', 'call [number]'],
		['no resident registration number', 'is 900101-1234567', 'is [number]'],
		['no address of people’s machines', 'from 10.20.30.40 and fe80::1:2:3:4', 'from [address] and [address]'],
		['no random word', 'session 9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c', 'session [secret]'],
		['no key', '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----', '[key]'],
	])('%s', (_, text, expected) => {
		expect(redact(text)).toBe(expected)
	})

	it.each([
		'camera is not available: connect ECONNREFUSED 192.0.2.6:52381',
		'usb 1-1.2: new high-speed USB device number 7 using xhci_hcd',
		'maru.service: Main process exited, code=exited, status=1/FAILURE',
		'SFU worker runs, pid 12345, port 44300',
		'Port 8080 is in use (127.0.0.1:8080)',
		'2026-11-29T09:12:33.123Z started in 1200 ms',
	])('what a fault is about: %s', (text) => {
		expect(redact(text)).toBe(text)
	})
})

describe('Of a line of our own, a bundle has', () => {
	const line = (entry: object) => JSON.parse(redactLine(JSON.stringify(entry), redact))

	it('fields by their names, and what it left out by name alone', () => {
		const entry = {
			level: 40,
			time: 1,
			pid: 2,
			hostname: 'pc-kim',
			module: 'devices',
			camera: 'front',
			code: 'timeout',
		}
		expect(line({ ...entry, person: 'p-1', title: '비밀 회의', msg: 'camera is not available: 김철수' })).toEqual({
			...{ level: 40, time: 1, pid: 2, module: 'devices', camera: 'front', code: 'timeout' },
			...{ msg: 'camera is not available: […]', left: ['person', 'title'] },
		})
	})

	it('of an error its kind, and where it was thrown', () => {
		const stack = 'Error: no 김철수\n    at open (file:///opt/maru/appliance/hub/door.ts:12:3)'
		expect(line({ level: 50, err: { type: 'Error', message: 'no 김철수', stack, card: { name: '김철수' } } })).toEqual({
			level: 50,
			err: { type: 'Error', message: 'no […]', at: ['at open (appliance/hub/door.ts:12:3)'] },
		})
	})

	it('nothing of a field that holds another kind of thing than it should', () => {
		expect(line({ camera: { name: '김철수' }, port: 'hunter2hunter', ms: ['x'] })).toEqual({
			left: ['camera', 'port', 'ms'],
		})
	})
})

it('Of the configuration a bundle has what says how the house is built, and nothing of who is in it', () => {
	const config = {
		room: { name: '김시장실', language: 'ko', contact: '홍길동 031-1234-5678' },
		cameras: [
			{
				id: 'right',
				name: 'x',
				driver: 'onvif',
				host: '192.0.2.6',
				port: 80,
				username: 'admin',
				password: 'hunter2hunter',
			},
		],
		seats: [{ id: '1', name: '김의장', camera: 'right', preset: 1 }],
		relay: { identity: { from: ['10.0.0.5'] } },
		turn: { urls: ['turns:turn.city.example:443'], secret: 'hunter2hunter' },
		oidc: { clientId: 'maru', clientSecret: 'hunter2hunter' },
	}
	expect(redactConfig(config, redact)).toEqual({
		room: { name: '[…]', language: 'ko', contact: '[…]' },
		cameras: [
			{ id: 'right', name: '[…]', driver: 'onvif', host: '192.0.2.6', port: 80, username: '[…]', password: '[…]' },
		],
		seats: [{ id: '1', name: '[…]', camera: 'right', preset: 1 }],
		relay: { identity: { from: ['[address]'] } },
		turn: { urls: ['turns:turn.city.example:443'], secret: '[…]' },
		oidc: { clientId: '[…]', clientSecret: '[…]' },
	})
})
