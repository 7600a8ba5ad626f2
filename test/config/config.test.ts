import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ConfigError, loadConfig, readConfig } from '../../appliance/config.ts'

/** Every fault as 'line:column message'. */
function faultsOf(text: string): string[] {
	try {
		readConfig(text, 'maru.yaml')
	} catch (error) {
		if (error instanceof ConfigError)
			return error.faults.map((fault) => `${fault.line}:${fault.column} ${fault.message}`)
		throw error
	}
	return []
}

const room = 'room: { name: 대회의실 }\n'
const camera = (rest: string) =>
	`${room}cameras:\n  - { id: front, name: 정면, driver: visca-ip, host: 192.0.2.5${rest} }\n`

describe('A configuration', () => {
	it('needs no more than the name of the room; the rest is the default', () => {
		const config = readConfig(room, 'maru.yaml')
		expect(config).toMatchObject({
			room: { name: '대회의실', language: 'ko' },
			publicUrl: 'auto',
			listen: {
				http: { host: '127.0.0.1', port: 8080 },
				https: { host: '0.0.0.0', port: 8443 },
				proxies: [],
				media: { host: '0.0.0.0', announce: ['auto'], port: 44300 },
				feeds: { host: '127.0.0.1', portRange: [44400, 44499] },
			},
			hub: 'embedded',
			stage: { display: 'headless', standBy: true },
			audio: { input: 'default', output: 'default', processing: 'device', delayMs: 0 },
			cameras: [],
			speakerphone: { driver: 'hid-telephony', match: 'auto' },
			seats: [],
		})
	})

	it('fills in what a camera leaves out, by its driver', () => {
		const [front] = readConfig(camera(''), 'maru.yaml').cameras
		expect(front).toEqual({
			id: 'front',
			name: '정면',
			driver: 'visca-ip',
			host: '192.0.2.5',
			port: 52381,
			localPort: 0,
		})
	})

	it('takes VISCA over TCP and on serial lines, and fills in what these leave out', () => {
		const one = (keys: string) => `${room}cameras:\n  - { id: rear, name: 후면, ${keys} }\n`
		const first = (keys: string) => readConfig(one(keys), 'maru.yaml').cameras[0]
		expect(first('driver: visca-tcp, host: 192.0.2.7')).toMatchObject({ host: '192.0.2.7', port: 5678 })
		const path = '/dev/serial/by-id/usb-x'
		expect(first(`driver: visca-serial, path: ${path}`)).toMatchObject({ path, baudRate: 9600, address: 1 })
		const line = 'driver: visca-serial, path: /dev/ttyS0'
		expect(faultsOf(one(`${line}, baudRate: 38400, address: 7, blind: true, model: { panPerDegree: 20 }`))).toEqual([])
		expect(faultsOf(one(`${line}, baudRate: 300, address: 8`))).toHaveLength(2)
		expect(faultsOf(one('driver: visca-serial'))).toHaveLength(1)
		expect(faultsOf(one('driver: visca-tcp, host: h, address: 2'))).toHaveLength(1)
	})

	it('takes domes on one serial line, and fills in what they leave out', () => {
		const domes = (rest: string) => `${room}cameras:\n  - { id: dome, name: 천장, driver: pelco-d${rest} }\n`
		const [dome] = readConfig(domes(', path: /dev/serial/by-id/usb-x'), 'maru.yaml').cameras
		expect(dome).toMatchObject({ path: '/dev/serial/by-id/usb-x', baudRate: 2400, address: 1 })
		expect(faultsOf(domes(', path: /dev/ttyS0, address: 255, blind: true, model: { zoom: [3277, 65535] }'))).toEqual([])
		expect(faultsOf(domes(', path: /dev/ttyS0, address: 256'))).toHaveLength(1)
		expect(faultsOf(domes(''))).toHaveLength(1)
	})

	it('takes ONVIF cameras with a user or without, and fills in what they leave out', () => {
		const one = (keys: string) => `${room}cameras:\n  - { id: right, name: 우측, driver: onvif${keys} }\n`
		const [right] = readConfig(one(', host: 192.0.2.6'), 'maru.yaml').cameras
		expect(right).toEqual({ id: 'right', name: '우측', driver: 'onvif', host: '192.0.2.6', port: 80 })
		const travel = 'travel: { pan: [-170, 170], tilt: [-30, 90] }'
		expect(faultsOf(one(`, host: h, port: 443, https: true, username: admin, uuid: "urn:uuid:1", ${travel}`))).toEqual(
			[],
		)
		expect(faultsOf(one(', host: h, travel: { pan: [-170, 170] }'))).toHaveLength(1)
		expect(faultsOf(one(', host: h, https: yes please'))).toHaveLength(1)
		expect(faultsOf(one(''))).toHaveLength(1)
	})

	it('takes how a camera answers to a hand, and how late its picture is', () => {
		const [front] = readConfig(camera(', feel: { invertPan: true }, delayMs: 80'), 'maru.yaml').cameras
		expect(front).toMatchObject({ feel: { invertPan: true, invertTilt: false, scale: 1 }, delayMs: 80 })
		expect(faultsOf(camera(', feel: { scale: 2 }, delayMs: -1'))).toHaveLength(2)
	})

	it('takes a camera with a stream, and seats that look through it', () => {
		const text = `${camera(', video: { rtsp: "rtsp://192.0.2.5/1" }')}seats:\n  - { id: "1", name: 의장석, camera: front, preset: 1 }\n`
		expect(faultsOf(text)).toEqual([])
	})

	it.each<[string, string, (string | RegExp)[]]>([
		['that is empty', '', ['1:1 the file needs room']],
		['that is a list', '- a\n- b\n', ['1:1 the file must be object']],
		['that is a word', 'hello', ['1:1 the file must be object']],
		['with a bracket left open', 'room: { name: [\ncameras: []\n', [/^[123]:/, /^[123]:/]],
		['with a tab for indentation', 'room:\n\tname: a\n', [/^2:1 /]],
		['with a key written twice', `${room}room: { name: b }\n`, ['2:1 Map keys must be unique']],
		['with a second document', `${room}---\nroom: { name: b }\n`, [/^2:1 .*multiple documents/]],
		['with an anchor that is not there', 'room: { name: *x }\n', ["1:15 there is no anchor 'x' before"]],
		['with a tag that nobody knows', 'room: !city { name: a }\n', ['1:7 Unresolved tag: !city']],
		['with an unknown key', `${room}colour: red\n`, ["2:1 unknown key 'colour'"]],
		['with an unknown key deep inside', `${room}listen:\n  http: { prot: 80 }\n`, ["3:11 unknown key 'prot'"]],
		['with __proto__', `${room}__proto__: { a: 1 }\n`, ["2:1 unknown key '__proto__'"]],
		[
			'with a language nobody reads',
			'room: { name: a, language: fr }\n',
			['1:18 room.language must be one of: ko, en'],
		],
		[
			'with a port out of range',
			`${room}listen:\n  http: { port: 99999 }\n`,
			['3:11 listen.http.port must be <= 65535'],
		],
		[
			'with a port that is a word',
			`${room}listen: { https: { port: web } }\n`,
			['2:20 listen.https.port must be integer'],
		],
		[
			'with plain HTTP for everyone',
			`${room}listen:\n  http: { host: 0.0.0.0 }\n`,
			["3:11 plain HTTP is for this machine only (127.0.0.1 or ::1), not '0.0.0.0'; others use https"],
		],
		[
			'with a proxy that is no address',
			`${room}listen: { proxies: [127.0.0.1, 10.1.0.0/16, proxy.city.example] }\n`,
			["2:45 'proxy.city.example' is no address: 10.0.0.5, or a network of them as 10.0.0.0/24"],
		],
		[
			'with two listeners at one port',
			`${room}listen:\n  https: { port: 8080 }\n`,
			['3:12 http has the port 8080 already'],
		],
		[
			'with a range of ports upside down',
			`${room}listen: { feeds: { portRange: [500, 400] } }\n`,
			['2:20 the first port must not be above the second'],
		],
		[
			'with media among the feeds',
			`${room}listen: { media: { port: 44450 } }\n`,
			['2:1 the port of media, 44450, lies in this range'],
		],
		['with a link base that is plain', `${room}publicUrl: http://maru.city\n`, [/^2:1 publicUrl must match/]],
		['with a link base that is none', `${room}publicUrl: "https://a:b"\n`, [/^2:1 'https:\/\/a:b' is no address/]],
		['with a link base with a name in it', `${room}publicUrl: https://me@maru.city\n`, [/^2:1 .* is no address/]],
		['with a link base with a question in it', `${room}publicUrl: https://maru.city?a=1\n`, [/^2:1 .* is no address/]],
		['with a link base with a path', `${room}publicUrl: https://maru.city/meet\n`, [/^2:1 publicUrl must match/]],
		[
			'with a loopback that is none',
			`${room}listen: { http: { host: 127.0.0.999 } }\n`,
			[/^2:19 plain HTTP is for this machine only/],
		],
		['with cameras that are no list', `${room}cameras: 3\n`, ['2:1 cameras must be array']],
		['with a camera that is a number', `${room}cameras: [3]\n`, ['2:11 cameras.0 must be object']],
		['with a camera without a driver', `${room}cameras:\n  - { id: a, name: a }\n`, ['3:5 cameras.0 needs driver']],
		[
			'with a camera without an address',
			`${room}cameras:\n  - { id: a, name: a, driver: visca-ip }\n`,
			['3:5 cameras.0 needs host'],
		],
		[
			'with a driver nobody wrote',
			`${room}cameras:\n  - { id: a, name: a, driver: visca }\n`,
			[/^3:23 there is no driver 'visca'/],
		],
		['with a key that the driver has not', camera(', colour: 3'), ["3:63 unknown key 'colour'"]],
		[
			'with a picture from nowhere',
			camera(', video: { rtps: x }'),
			['3:63 cameras.0.video needs rtsp or usb', "3:72 unknown key 'rtps'"],
		],
		[
			'with a framing that is none',
			camera(', framing: sonny'),
			['3:63 cameras.0.framing must be one of: sony, sony-uncounted, raw'],
		],
		[
			'with an id that cannot stand in a path',
			`${room}seats: [{ id: "a/b", name: a }]\n`,
			[/^2:11 seats\.0\.id must match/],
		],
		[
			'with a password in it',
			camera(', password: geheim'),
			[/^3:63 a password stands in a file of its own/, "3:63 unknown key 'password'"],
		],
		[
			'with the file of a password that is not there',
			camera(', password: { file: /nowhere/x }'),
			[/^3:63 the file of the password cannot be read: ENOENT/, "3:63 unknown key 'password'"],
		],
		[
			'with one id for two cameras',
			`${camera('')}  - { id: front, name: b, driver: visca-ip, host: h }\n`,
			["4:7 the id 'front' is used twice"],
		],
		[
			'with one id for two seats',
			`${room}seats: [{ id: a, name: a }, { id: a, name: b }]\n`,
			["2:31 the id 'a' is used twice"],
		],
		[
			'with a seat at a camera that is not there',
			`${room}seats: [{ id: a, name: a, camera: dome }]\n`,
			["2:27 there is no camera 'dome'"],
		],
		['with a preset of no camera', `${room}seats: [{ id: a, name: a, preset: 3 }]\n`, ['2:27 a preset needs a camera']],
	])('%s is refused where the fault is', (_, text, expected) => {
		const faults = faultsOf(text)
		expect(faults).toHaveLength(expected.length)
		expected.forEach((one, i) => {
			expect(faults[i]).toEqual(typeof one === 'string' ? one : expect.stringMatching(one))
		})
	})

	it.each([['a hub elsewhere', 'hub: { url: "https://hub.city:8443", link: x }']])(
		'is told of %s that this version has not',
		(_, yaml) => {
			expect(faultsOf(`${room}${yaml}\n`)).toEqual([expect.stringMatching(/^2:\d+ .*not built yet in this version/)])
		},
	)

	it('may say in so many words what this version does anyway', () => {
		expect(faultsOf(`${room}hub: embedded\nspeakerphone: none\naudio: { output: default, delayMs: 0 }\n`)).toEqual([])
	})

	it('names the devices of a mixer, nobody who cancels echo, and how late its sound is', () => {
		const yaml =
			'audio: { input: "Focusrite Scarlett 2i2 USB", output: "HDA Intel PCH", processing: none, delayMs: 40 }'
		expect(readConfig(`${room}${yaml}\n`, 'maru.yaml').audio).toEqual({
			...{ input: 'Focusrite Scarlett 2i2 USB', output: 'HDA Intel PCH' },
			...{ processing: 'none', delayMs: 40 },
		})
		for (const wrong of ['output: ""', 'delayMs: -1', 'delayMs: 1001', 'processing: maybe']) {
			expect(faultsOf(`${room}audio: { ${wrong} }\n`)).toHaveLength(1)
		}
	})

	it.each([
		['whichever is plugged in', '{ driver: hid-telephony }', { driver: 'hid-telephony', match: 'auto' }],
		[
			'one maker’s',
			'{ driver: hid-telephony, match: { vendorId: 0x0b0e } }',
			{ driver: 'hid-telephony', match: { vendorId: 0x0b0e } },
		],
		[
			'one that is served over TCP',
			'{ driver: virtual-phone, host: 127.0.0.1, port: 5000 }',
			{ driver: 'virtual-phone', host: '127.0.0.1', port: 5000 },
		],
		['none', 'none', 'none'],
	])('names a speakerphone: %s', (_, yaml, expected) => {
		expect(readConfig(`${room}speakerphone: ${yaml}\n`, 'maru.yaml').speakerphone).toEqual(expected)
	})

	it.each([
		'some',
		'{ driver: hid }',
		'{ driver: hid-telephony, match: { productId: 1 } }',
		'{ driver: hid-telephony, match: { vendorId: 70000 } }',
		'{ driver: hid-telephony, lamp: green }',
	])('is refused a speakerphone that is %s', (yaml) => {
		expect(faultsOf(`${room}speakerphone: ${yaml}\n`)).not.toEqual([])
	})

	it('reads the secret of a TURN server from its file', () => {
		const folder = mkdtempSync(join(tmpdir(), 'maru-config-'))
		writeFileSync(join(folder, 'turn'), 'shh\n')
		const turn = 'turn: { urls: ["turns:turn.city.example:443?transport=tcp"], secret: { file: turn } }'
		expect(readConfig(`${room}${turn}\n`, join(folder, 'maru.yaml')).turn).toEqual({
			urls: ['turns:turn.city.example:443?transport=tcp'],
			secret: 'shh',
			always: false,
		})
		rmSync(folder, { recursive: true })
	})

	it.each([
		['a secret in the file itself', 'turn: { urls: ["turn:a"], secret: shh }', /a secret stands in a file of its own/],
		[
			'a file that is not there',
			'turn: { urls: ["turn:a"], secret: { file: /none } }',
			/the file of the secret cannot be read/,
		],
		['another kind of server', 'turn: { urls: ["stun:a"], secret: { file: /dev/null } }', /urls/],
	])('is refused a TURN server with %s', (_, yaml, message) => {
		expect(faultsOf(`${room}${yaml}\n`).join()).toMatch(message)
	})

	it('is told all of its faults at once, from the top', () => {
		const text = [
			'room: { name: 대회의실, language: fr }',
			'listen:',
			'  http: { host: 10.0.0.1, port: 99999 }',
			'colour: red',
			'cameras:',
			'  - 3',
			'  - { id: a, name: a, driver: onvif }',
			'  - { id: a, name: a, driver: visca-ip, host: h, zoom: 3 }',
			'seats:',
			'  - { id: "1", name: 의장석, camera: dome }',
		].join('\n')
		expect(faultsOf(text).map((fault) => fault.split(':')[0])).toEqual(['1', '3', '3', '4', '6', '7', '8', '8', '10'])
	})

	it('of aliases that multiply without end is refused, not unfolded', () => {
		const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(',')}]\n`
		const bomb = level('a', '1') + level('b', '*a') + level('c', '*b') + level('d', '*c')
		expect(faultsOf(room + bomb)).toEqual([expect.stringContaining('alias')])
	})
})

describe('Whatever is written in the file', () => {
	const keys = ['room', 'name', 'listen', 'http', 'port', 'cameras', 'seats', 'id', 'driver', 'video', 'host', 'preset']
	const leaf = fc.oneof(
		fc.constantFrom('visca-ip', 'fixed', 'onvif', 'front', ''),
		fc.integer(),
		fc.constant(null),
		fc.boolean(),
	)
	const { tree } = fc.letrec((tie) => ({
		tree: fc.oneof(
			{ maxDepth: 5 },
			leaf,
			fc.array(tie('tree'), { maxLength: 3 }),
			fc.dictionary(fc.constantFrom(...keys), tie('tree')),
		),
	}))

	it('is a configuration or has faults in it, each at a place that there is', () => {
		fc.assert(
			fc.property(tree, (value) => {
				const text = stringify(value)
				try {
					readConfig(text, 'maru.yaml')
				} catch (error) {
					if (!(error instanceof ConfigError)) throw error
					expect(error.faults.length).toBeGreaterThan(0)
					const lines = text.split('\n').length
					for (const { line, column, message } of error.faults) {
						expect(line).toBeGreaterThanOrEqual(1)
						expect(line).toBeLessThanOrEqual(lines)
						expect(column).toBeGreaterThanOrEqual(1)
						expect(message).not.toMatch(/undefined|\[object/)
					}
				}
			}),
			{ numRuns: 400 },
		)
	})

	it('also where it is no YAML at all', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
				expect(() => readConfig(text, 'maru.yaml')).toThrow(ConfigError)
			}),
			{ numRuns: 300 },
		)
	})
})

describe('The environment', () => {
	let dir: string
	beforeEach(() => {
		dir = mkdtempSync(join(tmpdir(), 'maru-config-'))
	})
	afterEach(() => rmSync(dir, { recursive: true, force: true }))

	it('names the file, the data and the port', () => {
		const file = join(dir, 'a.yaml')
		writeFileSync(file, room)
		const loaded = loadConfig({ MARU_CONFIG: file, MARU_DATA: join(dir, 'd'), MARU_PORT: '0' })
		expect(loaded).toMatchObject({ dataDir: join(dir, 'd'), port: 0, config: { room: { name: '대회의실' } } })
	})

	it('may name no file that is not there: a typing mistake must not start the demo', () => {
		expect(() => loadConfig({ MARU_CONFIG: join(dir, 'none.yaml') })).toThrow(ConfigError)
	})

	it('may name no file that cannot be read', () => {
		expect(() => loadConfig({ MARU_CONFIG: dir })).toThrow(/:1:1: the file cannot be read: EISDIR/)
	})

	it('may name no file in another encoding: the names in it would be read wrongly', () => {
		const file = join(dir, 'a.yaml')
		// 대회의실 as Korean Windows writes it (CP949).
		writeFileSync(
			file,
			Buffer.from([...Buffer.from('room:\n  name: '), 0xb4, 0xeb, 0xc8, 0xb8, 0xc0, 0xc7, 0xbd, 0xc7]),
		)
		expect(() => loadConfig({ MARU_CONFIG: file })).toThrow(`${file}:2:9: this is not UTF-8`)
		writeFileSync(file, `\ufeff${room}`) // and with a mark in front that it is
		expect(loadConfig({ MARU_CONFIG: file }).config?.room.name).toBe('대회의실')
	})

	it.each(['-1', '65536', 'http', '80.5'])('may not say MARU_PORT=%s', (port) => {
		const file = join(dir, 'a.yaml')
		writeFileSync(file, room)
		expect(() => loadConfig({ MARU_CONFIG: file, MARU_PORT: port })).toThrow(/is not a port/)
	})
})

describe('The rehearsal', () => {
	it('is begun by people alone until an hour is named, on workdays then', () => {
		expect(readConfig(room, 'maru.yaml').rehearsal).toEqual({
			...{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], clearMinutes: 30, recording: true, backupDays: 2 },
		})
		expect(readConfig(`${room}rehearsal: { at: "07:00", days: [sat] }\n`, 'maru.yaml').rehearsal).toMatchObject({
			...{ at: '07:00', days: ['sat'] },
		})
		expect(faultsOf(`${room}rehearsal: { at: "7 o'clock" }\n`)).toHaveLength(1)
		expect(faultsOf(`${room}rehearsal: { webhook: { url: "https://a.test", secret: geheim } }\n`)).toEqual([
			expect.stringContaining('a secret stands in a file of its own'),
		])
	})
})
