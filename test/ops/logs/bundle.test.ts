import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openVault } from '../../../appliance/hub/vault.ts'
import { openTokens } from '../../../appliance/identity/tokens.ts'
import { openDatabase } from '../../../appliance/ops/database.ts'
import { makeBundle } from '../../../appliance/ops/logs/bundle.ts'
import { openLogRing, readLogRing, ringFolder } from '../../../appliance/ops/logs/ring.ts'
import { openSite, type Site } from '../../http/site.ts'

/**
 * A house full of secrets: each is put wherever a log may take it up, by our own lines, by lines of others, by errors that
 * quote it, and by a real server that is asked with it at its most talkative level. None may be in the bundle.
 */

const people = ['김철수', '이영희', 'John Appleseed', 'Maria Gonzalez', 'visitor-park@mail.example', '010-2345-6789']
const passwords = {
	camera: 'Cam3ra!pass',
	rtsp: 'stream-P4ss',
	turn: 'turn-shared-secret-77',
	sms: 'sms-gateway-key-88',
	oidc: 'oidc-client-secret-99',
}
const numbers = { pin: '4821', ticket: '731904', resident: '900101-1234567' }
const addresses = ['10.20.30.44', '203.0.113.9']

let dir: string
let site: Site
let links: string[]
let files: Record<string, string>
const steps: string[] = []

beforeAll(async () => {
	dir = mkdtempSync(join(tmpdir(), 'maru-bundle-'))
	site = await openSite()
	const data = join(dir, 'data')
	const env = { ...process.env, MARU_CONFIG: join(dir, 'maru.yaml'), MARU_DATA: data, MARU_PORT: '0' }
	mkdirSync(join(data, 'secrets'), { recursive: true })
	writeFileSync(
		join(data, 'secrets/cameras.json'),
		JSON.stringify({ dome: { password: passwords.rtsp, rtsp: `viewer:${passwords.rtsp}` } }),
	)
	writeFileSync(join(data, 'secrets/oidc.secret'), passwords.oidc)
	for (const name of ['camera', 'turn', 'sms'] as const)
		writeFileSync(join(dir, `${name}.secret`), `${passwords[name]}\n`)
	writeFileSync(
		env.MARU_CONFIG,
		`room: { name: 김시장실, language: ko, contact: "이영희 010-2345-6789" }
cameras:
  - { id: right, name: 이영희, driver: onvif, host: 127.0.0.9, username: operator7, password: { file: camera.secret } }
turn: { urls: ["turns:127.0.0.9:1"], secret: { file: turn.secret } }
counsel:
  departments: [{ id: civil, name: 민원, nameEn: Civil, topics: [{ id: a, name: 여권, nameEn: Passport }] }]
  sms: { url: "https://127.0.0.9:1/send", secret: { file: sms.secret } }
`,
	)
	const db = openDatabase(join(data, 'maru.db'))
	const vault = openVault(db)
	people.forEach((name, i) => {
		vault
			.seal(
				{ kind: 'council', person: `p${i}` },
				JSON.stringify({ name, title: 'Director', email: `${i}.kim@city.example` }),
			)
			.keep()
	})
	db.close()

	const tokens = await openTokens(join(data, 'identity'), Date.now)
	links = await Promise.all([
		tokens.issue({ role: 'panel' }),
		tokens.issue({ role: 'member', meeting: 'm1', person: 'p1', name: 'John Appleseed' }),
	])
	await askTheServer()
	writeRing(ringFolder(data))
	const zip = await makeBundle({ env, journals: journals(), onStep: (step) => steps.push(step) })
	files = Object.fromEntries(Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, strFromU8(bytes)]))
})
afterAll(async () => {
	await site.close()
	rmSync(dir, { recursive: true, force: true })
})

const secrets = () => [
	...links,
	...links.flatMap((link) => link.split('.')),
	...people,
	...['Appleseed', 'Gonzalez', 'kim@city.example', '김시장실', 'operator7'],
	...Object.values(passwords),
	...Object.values(numbers),
	...addresses,
]

/** Everything that was asked of it stands in its own words afterwards, as far as it says any. */
async function askTheServer() {
	for (const link of links) {
		await site.fetch('GET', `/api/v1/meetings/m1/relay/master.m3u8?token=${link}`)
		await site.fetch('POST', '/api/v1/room/join', { token: link, body: { link: `https://maru.test/attend#${link}` } })
	}
	await site.fetch('POST', '/api/v1/counsel/visits', { body: { who: people[0], code: numbers.ticket } })
	site.room.answer = () => {
		throw new Error(`no ${people[2]} by ${links[0]}, PIN ${numbers.pin}`)
	}
	const token = await site.token('panel')
	await site.fetch('PUT', '/api/v1/room/mute', { token, body: { muted: true } })
}

function writeRing(folder: string) {
	const ring = openLogRing(folder)
	for (const line of site.logged) ring.write(line)
	const log = pino({ level: 'trace' }, ring)
	for (const secret of secrets()) {
		log.warn(
			{ module: 'devices', reason: `refused: ${secret}`, link: secret, nested: { secret } },
			`it said ${secret}.`,
		)
		log.error({ err: new Error(`broken by ${secret}`), camera: 'front' }, 'a bug')
	}
	log.info({ module: 'sfu', port: 44_300 }, 'SFU worker runs')
	ring.flush()
}

/** As journalctl has them: our lines, what main prints at its start, and what Chromium and the kernel say. */
function journals() {
	const entry = (MESSAGE: string | number[], unit = 'maru.service') =>
		JSON.stringify({ __REALTIME_TIMESTAMP: '1796000000000000', _SYSTEMD_UNIT: unit, MESSAGE })
	const units = [
		...links.map((link) => entry(`  panel   http://127.0.0.1:8080/panel#${link}`)),
		...secrets().flatMap((secret) => [
			entry(`[1:1:ERROR:console.cc] "${secret}" at page`),
			entry(`Error: ${secret}\n    at open (/opt/maru/x.ts)`),
			entry([...Buffer.from(`raw \u0000${secret}`)]),
			entry(JSON.stringify({ level: 30, msg: `of ${secret}`, person: secret })),
		]),
		entry('Started maru.service - Maru, the meeting room.'),
	]
	const kernel = [
		entry('usb 1-1.2: new high-speed USB device number 7 using xhci_hcd', 'kernel'),
		entry('usb 1-1.2: SerialNumber: A50285BI00001', 'kernel'),
		entry('audit: something else', 'kernel'),
	]
	return { units: units.join('\n'), kernel: kernel.join('\n') }
}

describe('A bundle of a house full of secrets', () => {
	it('was given every one of them', () => {
		const ring = readLogRing(ringFolder(join(dir, 'data'))).join('\n')
		for (const secret of secrets()) expect(ring + journals().units).toContain(secret)
		expect(site.logged.length).toBeGreaterThan(0)
	})

	it('has none of them in any of its files', () => {
		for (const [name, text] of Object.entries(files)) {
			for (const secret of secrets()) expect(text.includes(secret), `${secret} in ${name}`).toBe(false)
			expect(text, name).not.toMatch(/\p{Script=Hangul}|eyJ[\w-]+\.[\w-]+\./u)
		}
	})

	it('has what whoever helps has to know', () => {
		expect(Object.keys(files).sort()).toEqual([
			...['about.txt', 'configuration.json', 'doctor.json', 'journal.txt', 'kernel-devices.txt'],
			...['metrics.txt', 'service.jsonl', 'versions.json'],
		])
		expect(files['service.jsonl']).toMatch(/"module":"sfu","port":44300,"msg":"SFU worker runs"/)
		expect(files['service.jsonl']).toMatch(/"camera":"front".*"msg":"a bug"/)
		expect(files['journal.txt']).toMatch(/^\S+Z maru\.service: Started maru\.service - Maru, the meeting room\.$/m)
		expect(files['kernel-devices.txt']).toMatch(/^\S+Z usb 1-1\.2: new high-speed USB device number 7/)
		expect(files['kernel-devices.txt']).not.toMatch(/A50285BI|audit/)
		expect(JSON.parse(files['configuration.json'] ?? '')).toMatchObject({
			cameras: [{ id: 'right', driver: 'onvif', host: '127.0.0.9', password: '[…]' }],
		})
		const doctor = JSON.parse(files['doctor.json'] ?? '') as { check: string; of: string | null; state: string }[]
		expect(doctor).toContainEqual(expect.objectContaining({ check: 'camera', of: 'right', state: 'fault' }))
		expect(JSON.parse(files['versions.json'] ?? '')).toMatchObject({ node: process.versions.node })
		expect(files['metrics.txt']).toMatch(/does not run/)
		expect(steps).toEqual(['logs', 'doctor', 'figures', 'done'])
	})
})

describe('The ring of the service’s last lines', () => {
	it('is two files by turns, and tells the oldest first', () => {
		const folder = join(dir, 'ring')
		for (let round = 0; round < 5; round++) {
			const ring = openLogRing(folder, 40)
			ring.write(`${round} ${'x'.repeat(30)}\n`)
			ring.flush()
		}
		expect(readLogRing(folder).map((line) => line[0])).toEqual(['1', '2', '3', '4'].slice(-readLogRing(folder).length))
		expect(readLogRing(folder).length).toBeLessThan(5)
	})

	it('costs nothing but the lines where it cannot be written', () => {
		const ring = openLogRing('/dev/null/logs')
		ring.write('a\n')
		ring.flush()
		expect(readLogRing('/dev/null/logs')).toEqual([])
	})
})

describe('maru logs', () => {
	const cli = join(import.meta.dirname, '../../../appliance/ops/cli.ts')
	const maru = (...args: string[]) => {
		const env = { ...process.env, MARU_DATA: join(dir, 'data'), MARU_CONFIG: join(dir, 'maru.yaml'), MARU_PORT: '0' }
		return spawnSync(process.execPath, [cli, 'logs', ...args], { cwd: dir, encoding: 'utf8', env })
	}

	it('writes the bundle, and over no file that is there', () => {
		const file = join(dir, 'logs.zip')
		const { status, stdout, stderr } = maru('--bundle', file)
		expect([status, stderr]).toEqual([0, ''])
		expect(stdout).toMatch(/^\S+logs\.zip {2}\d+ KiB\n$/)
		expect(Object.keys(unzipSync(readFileSync(file)))).toContain('service.jsonl')
		expect(maru('--bundle', file)).toMatchObject({ status: 1, stderr: expect.stringContaining('EEXIST') })
		expect(maru()).toMatchObject({ status: 2, stderr: expect.stringContaining('--bundle') })
	})
})
