import { spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../appliance/config.ts'
import { openJournal } from '../../../appliance/hub/journal.ts'
import { openCertificates } from '../../../appliance/identity/certificates.ts'
import { noteBackup } from '../../../appliance/ops/backup/record.ts'
import { openDatabase } from '../../../appliance/ops/database.ts'
import { judgeBackup, readBackup } from '../../../appliance/ops/doctor/backup.ts'
import { judgeCameras, readCameras } from '../../../appliance/ops/doctor/cameras.ts'
import { judgeCertificates, readCertificates } from '../../../appliance/ops/doctor/certificate.ts'
import { judgeData, readData } from '../../../appliance/ops/doctor/data.ts'
import { judgeDatabase, readDatabase } from '../../../appliance/ops/doctor/database.ts'
import type { Finding } from '../../../appliance/ops/doctor/finding.ts'
import { judgeNginx, readNginx } from '../../../appliance/ops/doctor/nginx.ts'
import { probePorts, tcpFault, udpFault } from '../../../appliance/ops/doctor/reach.ts'
import { judgePhone, readPhone } from '../../../appliance/ops/doctor/speakerphone.ts'
import { unitsOf } from '../../../appliance/ops/doctor/units.ts'

/** The same faults as they are in a real machine: in folders, on ports and in files of this one. */

const cli = join(import.meta.dirname, '../../../appliance/ops/cli.ts')
const day = 86_400_000
const who = { uid: 1_234, name: 'maru', gids: [1_234] }
let dir: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-doctor-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const wrong = (findings: Finding[]) =>
	findings.filter(({ state }) => state !== 'ok').map(({ check, of, state }) => [check, of, state])
const config = (text: string) => readConfig(`room: { name: a }\n${text}`, join(dir, 'maru.yaml'))

describe('The data folder', () => {
	it('is told to be open where others read its keys', async () => {
		mkdirSync(join(dir, 'identity'))
		writeFileSync(join(dir, 'identity/key.json'), '{}', { mode: 0o600 })
		expect((await readData(dir, undefined)).open).toEqual([])
		chmodSync(join(dir, 'identity/key.json'), 0o644)
		const read = await readData(dir, undefined)
		expect(read.open).toEqual(['identity/key.json'])
		expect(typeof read.syncMs).toBe('number')
	})

	it('that cannot be is told, and so is one for segments', async () => {
		const read = await readData('/dev/null/data', '/dev/null/segments')
		expect(wrong(judgeData(read)).map(([check]) => check)).toEqual(['data', 'disk', 'disk-speed', 'segments'])
	})

	it('on a disk that is full, and in memory, is told to be both', async (context) => {
		const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,nr_inodes=64', 'tmpfs', dir])
		if (mounted.status !== 0) return context.skip()
		try {
			const found = wrong(judgeData(await readData(dir, undefined)))
			expect(found).toContainEqual(['data', null, 'fault'])
			expect(found).toContainEqual(['disk', null, 'fault'])
		} finally {
			spawnSync('umount', [dir])
		}
	})
})

describe('The database', () => {
	function withMeeting() {
		const db = openDatabase(join(dir, 'maru.db'))
		openJournal(db).append('m1', 0, [
			{ type: 'meeting.opened', at: 1_000 },
			{ type: 'meeting.closed', at: 2_000 },
		] as never)
		return db
	}

	it('is whole as it is written, and its journal is not once it was changed', () => {
		const db = withMeeting()
		expect(readDatabase(dir)?.lastEventAt).toBe(2_000)
		db.exec(`UPDATE journal SET body = replace(body, '1000', '1001') WHERE seq = 1`)
		db.close()
		expect(wrong(judgeDatabase(readDatabase(dir)))).toEqual([['journals', null, 'fault']])
	})

	it('that is damaged is no longer called whole', () => {
		withMeeting().close()
		const file = openSync(join(dir, 'maru.db'), 'r+')
		writeSync(file, Buffer.alloc(8_192, 0x5a), 0, 8_192, 4_096)
		expect(wrong(judgeDatabase(readDatabase(dir))).map(([check]) => check)).toContain('database')
	})

	it('is missed by nobody before the first start', () => {
		expect(wrong(judgeDatabase(readDatabase(dir)))).toEqual([])
	})
})

describe('The certificate', () => {
	const make = (names: string[], at: number) =>
		openCertificates({ dir, names, addresses: ['127.0.0.1'], now: () => at })

	it('that the service makes is good for the address of its links', async () => {
		await make(['maru.test'], Date.now())
		expect(wrong(judgeCertificates(await readCertificates(dir, 'https://maru.test:8443', null, null)))).toEqual([])
		const other = judgeCertificates(await readCertificates(dir, 'https://other.test', null, null))
		expect(wrong(other)).toEqual([['certificate', null, 'fault']])
		expect(other[1]?.detail.en).toContain('other.test')
	})

	it('of two years ago has expired', async () => {
		await make(['maru.test'], Date.now() - 700 * day)
		const found = judgeCertificates(await readCertificates(dir, 'https://maru.test', null, null))
		expect(found[1]?.detail.en).toMatch(/^expired on \d{4}-/)
	})

	it('of the city’s own is looked at in its place, and renewed by the city', async () => {
		await make(['maru.test'], Date.now() - 700 * day)
		const own = { chain: join(dir, 'server.crt'), key: join(dir, 'server.key') }
		const found = judgeCertificates(await readCertificates('/nowhere', 'https://maru.test', null, own))
		expect(wrong(found)).toEqual([['certificate', null, 'fault']])
		expect(found[0]?.mend?.en).toContain('maru.yaml')
		rmSync(own.chain)
		rmSync(own.key)
		await make(['maru.test'], Date.now())
		expect(wrong(judgeCertificates(await readCertificates('/nowhere', 'https://maru.test', null, own)))).toEqual([])
	})

	it('is at fault without its key, and when it is no certificate', async () => {
		await make(['maru.test'], Date.now())
		rmSync(join(dir, 'server.key'))
		const read = () => readCertificates(dir, 'https://maru.test', null, null)
		expect(wrong(judgeCertificates(await read()))).toEqual([['certificate', null, 'fault']])
		writeFileSync(join(dir, 'server.crt'), 'nothing')
		expect(wrong(judgeCertificates(await read()))).toEqual([['certificate', null, 'unread']])
	})
})

describe('Ports and devices', () => {
	it('that another program has are named', async () => {
		const taken = createServer().listen(0, '127.0.0.1')
		await once(taken, 'listening')
		const { port } = taken.address() as { port: number }
		const free = { host: '127.0.0.1', port: 0 }
		const ports = await probePorts({ http: { host: '127.0.0.1', port }, https: free, media: free })
		expect(ports.map(({ name, fault }) => [name, fault])).toEqual([
			['http', 'EADDRINUSE'],
			['https', null],
			['media', null],
		])
		expect(await tcpFault('127.0.0.1', port)).toBe(null)
		taken.close()
		await once(taken, 'close')
		expect(await tcpFault('127.0.0.1', port)).toBe('ECONNREFUSED')
	})

	it('by datagrams answer, or are told to be silent', async () => {
		const camera = createSocket('udp4')
		camera.bind(0, '127.0.0.1')
		await once(camera, 'listening')
		camera.on('message', (_, from) => camera.send('hello', from.port, from.address))
		const { port } = camera.address()
		expect(await udpFault('127.0.0.1', port, Buffer.from('?'))).toBe(null)
		camera.close()
		await once(camera, 'close')
		expect(await udpFault('127.0.0.1', port, Buffer.from('?'))).toMatch(/ECONNREFUSED|ETIMEDOUT/)
	})

	it('on serial lines are missed, and shut ones are told with the group that opens them', async () => {
		const text = (path: string) => `cameras: [{ id: left, name: 좌측, driver: visca-serial, path: ${path} }]`
		const gone = await readCameras(config(text('/dev/serial/by-id/usb-none')), dir, null, who)
		expect(judgeCameras(gone, who)[0]?.detail.en).toMatch(/^there is no \/dev\/serial\/by-id\/usb-none/)
		const line = join(dir, 'line')
		writeFileSync(line, '', { mode: 0o600 })
		const shut = await readCameras(config(text(line)), dir, null, who)
		expect(judgeCameras(shut, who)[0]).toMatchObject({ check: 'camera', of: 'left', state: 'fault' })
		expect(judgeCameras(shut, { ...who, uid: process.getuid?.() ?? 0 })[0]?.state).toBe('ok')
	})
})

it('A speakerphone that the kernel shows is found by its descriptor, and its rule by the maker’s id', async () => {
	// Telephony page, headset: hook switch in, off-hook lamp out.
	const descriptor = '050b0905a101150025010920950175018102950775018103050809179501750191029507750191 03c0'
	const place = join(dir, 'sys/devices/usb1/1-1/1-1:1.0/0003:0B0E:0420.0001')
	mkdirSync(join(place, 'hidraw/hidraw7'), { recursive: true })
	writeFileSync(join(place, 'uevent'), 'HID_ID=0003:00000B0E:00000420\nHID_NAME=Jabra SPEAK 510\n')
	writeFileSync(join(place, 'report_descriptor'), Buffer.from(descriptor.replaceAll(' ', ''), 'hex'))
	mkdirSync(join(dir, 'sys/class/hidraw/hidraw7'), { recursive: true })
	symlinkSync(place, join(dir, 'sys/class/hidraw/hidraw7/device'))
	const found = () => readPhone(config('speakerphone: { driver: hid-telephony, match: auto }'), who, `${dir}/`)
	// Its node is not on this machine.
	expect(judgePhone(await found(), who)[0]?.mend?.en).toMatch(/maru udev-rules --group 1234/)
	expect((await found())?.rules).toBe(null)
	mkdirSync(join(dir, 'etc/udev/rules.d'), { recursive: true })
	writeFileSync(
		join(dir, 'etc/udev/rules.d/70-maru.rules'),
		'SUBSYSTEM=="hidraw", KERNELS=="0003:0B0E:*", MODE="0660"\n',
	)
	expect((await found())?.rules).toEqual(['0B0E'])
})

it('nginx is read as its example is written, and each difference to maru.yaml is told', () => {
	const example = join(import.meta.dirname, '../../../nginx')
	mkdirSync(join(dir, 'sites-enabled'))
	symlinkSync(join(example, 'maru-relay.conf'), join(dir, 'sites-enabled/maru'))
	const text = (host: string) =>
		`publicUrl: https://${host}\nlisten: { proxies: [127.0.0.1] }\nrelay: { segmentsDir: /run/maru/segments }`
	expect(judgeNginx(readNginx(config(text('maru.city.example')), dir)).map(({ state }) => state)).toEqual(['ok'])
	expect(judgeNginx(readNginx(config(text('other.example')), dir))[0]?.mend?.en).toContain('server_name other.example;')
	expect(judgeNginx(readNginx(config(''), dir))).toEqual([])
})

it('A backup is remembered by its command, and missed when its file is gone', () => {
	openDatabase(join(dir, 'maru.db')).close()
	expect(wrong(judgeBackup(readBackup(dir)))).toEqual([['backup', null, 'advice']])
	const [file, key] = [join(dir, 'a.backup'), join(dir, 'a.key')]
	for (const path of [file, key]) writeFileSync(path, '', { mode: 0o600 })
	noteBackup(dir, { at: Date.now(), file, bytes: 0, key })
	expect(wrong(judgeBackup(readBackup(dir)))).toEqual([])
	rmSync(file)
	expect(wrong(judgeBackup(readBackup(dir)))).toEqual([['backup', null, 'fault']])
})

it('Units are read from what systemctl prints', () => {
	const text = `Id=maru.service\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nNRestarts=2
UnitFileState=enabled\nExecMainStartTimestamp=@1700000000\n\nId=maru-backup.timer\nLoadState=loaded\nActiveState=inactive
SubState=dead\nResult=success\nUnitFileState=enabled\n`
	expect(unitsOf(text)).toMatchObject([
		{ id: 'maru.service', active: 'active', restarts: 2, file: 'enabled', startedAt: 1_700_000_000_000 },
		{ id: 'maru-backup.timer', active: 'inactive', restarts: 0, startedAt: null },
	])
})

describe('maru doctor', () => {
	async function doctor(args: string[], text: string, env: Record<string, string> = {}) {
		writeFileSync(join(dir, 'maru.yaml'), text)
		const child = spawn(process.execPath, [cli, 'doctor', ...args], {
			cwd: dir,
			env: { MARU_DATA: join(dir, 'data'), PATH: dir, MEDIASOUP_WORKER_BIN: join(dir, 'none'), ...env },
		})
		let output = ''
		child.stdout.on('data', (chunk) => (output += chunk))
		const [code] = await once(child, 'close')
		return { code, output }
	}

	it('names what is missing and what to do, in the room’s language, exit 1', async () => {
		const { code, output } = await doctor([], 'room: { name: a }\n', { MARU_DATA: '/dev/null/data' })
		expect(code).toBe(1)
		expect(output).toMatch(/^정상 +Node +24\./m)
		expect(output).toMatch(/^정상 +설정 파일 +이상 없음/m)
		expect(output).toMatch(/^이상 +데이터 폴더 .*\n +→ .*MARU_DATA/m)
		expect(output).toMatch(/^이상 +ffmpeg .*ENOENT.*\n +→ .*apt-get install ffmpeg/m)
	})

	it('has all of it as JSON, with every fault of the configuration', async () => {
		const { code, output } = await doctor(['--json'], 'room: { name: a }\ncolour: red\n')
		expect(code).toBe(1)
		const { ok, findings } = JSON.parse(output) as {
			ok: boolean
			findings: { check: string; detail: { en: string } }[]
		}
		expect(ok).toBe(false)
		const found = (check: string) => findings.find((finding) => finding.check === check)
		expect(found('configuration')?.detail.en).toContain(":2:1: unknown key 'colour'")
		expect(found('worker')).toMatchObject({ state: 'fault', of: null })
	})

	it('as root goes on as the one to whom the data belongs', async (context) => {
		if (process.getuid?.() !== 0) return context.skip()
		const permission = pathToFileURL(join(import.meta.dirname, '../../../appliance/ops/doctor/permission.ts'))
		spawnSync('chown', ['65534:65534', dir])
		const script = `const { becomeOwner } = await import('${permission}'); becomeOwner('${dir}'); console.log(process.getuid(), process.getgid())`
		const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
		expect(stdout.trim()).toBe('65534 65534')
	})
})
