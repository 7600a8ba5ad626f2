import { describe, expect, it } from 'vitest'
import { judge, type Readings } from '../../../appliance/ops/doctor/examine.ts'
import { type Check, checks } from '../../../appliance/ops/doctor/finding.ts'
import { jsonOf, needing, tableOf } from '../../../appliance/ops/doctor/report.ts'
import type { FindingState } from '../../../appliance/protocol/diagnosis.ts'
import { day, now, soundRoom } from './sound-room.ts'

/** Each fault is put into a room where all is well, and is all that is found. */

type Seed = [fault: string, Check, of: string | null, FindingState, mend: RegExp, (room: Readings) => void]

const gib = 1024 ** 3
const [left, right] = [0, 1]
const camera = (room: Readings, at: number) =>
	room.cameras[at] as { -readonly [K in keyof Readings['cameras'][number]]: Readings['cameras'][number][K] }
const serial = (room: Readings) =>
	camera(room, left).way as {
		kind: 'serial'
		path: string
		standing: { gid: number; group: string } | null
		stable: string | null
	}
const server = (room: Readings) =>
	room.certificates.server as { -readonly [K in 'from' | 'to' | 'keyed' | 'names']: unknown }
const unit = (room: Readings, change: object, at = 0) => Object.assign((room.units.units as object[])[at] ?? {}, change)

const seeds: Seed[] = [
	[
		'a line of maru.yaml that is wrong',
		'configuration',
		null,
		'fault',
		/check-config/,
		(room) => {
			room.configuration = { unread: "/etc/maru/maru.yaml:2:1: unknown key 'colour'" }
		},
	],
	[
		'a Node that is too old',
		'node',
		null,
		'fault',
		/npm start/,
		({ machine }) => {
			machine.node = '20.18.1'
		},
	],
	[
		'a single processor',
		'cores',
		null,
		'fault',
		/4 cores/,
		({ machine }) => {
			machine.cores = 1
		},
	],
	[
		'too little memory',
		'memory',
		null,
		'fault',
		/8 GiB/,
		({ machine }) => {
			machine.memoryBytes = 2 * gib
		},
	],
	[
		'Debian’s socket buffers',
		'socket-buffers',
		null,
		'advice',
		/sysctl -w net\.core\.rmem_max=1048576/,
		({ machine }) => {
			machine.rmem = 212_992
		},
	],
	[
		'few open files',
		'open-files',
		null,
		'fault',
		/LimitNOFILE/,
		({ machine }) => {
			machine.openFiles = 1_024
		},
	],
	[
		'no user namespaces',
		'sandbox',
		null,
		'fault',
		/unprivileged_userns_clone=1/,
		({ machine }) => {
			machine.unprivilegedNamespaces = false
		},
	],
	[
		'root',
		'user',
		null,
		'advice',
		/sudo -u maru/,
		({ machine }) => {
			machine.root = true
		},
	],
	[
		'no Chromium',
		'chromium',
		null,
		'fault',
		/apt-get install chromium/,
		({ programs }) => {
			programs.chromium = { unread: 'ENOENT' }
		},
	],
	[
		'an old ffmpeg',
		'ffmpeg',
		null,
		'fault',
		/apt-get install ffmpeg/,
		({ programs }) => {
			programs.ffmpeg = 'ffmpeg version 4.3.6'
		},
	],
	[
		'no poppler',
		'poppler',
		null,
		'fault',
		/poppler-utils/,
		({ programs }) => {
			programs.poppler = { unread: 'ENOENT' }
		},
	],
	[
		'slides that wait for LibreOffice',
		'libreoffice',
		null,
		'fault',
		/libreoffice-impress-nogui/,
		({ programs }) => {
			Object.assign(programs, { libreoffice: { unread: 'ENOENT' }, unconverted: 3 })
		},
	],
	[
		'no Korean font',
		'fonts',
		null,
		'fault',
		/fonts-noto-cjk/,
		({ programs }) => {
			programs.fonts = []
		},
	],
	[
		'nothing that tells fonts',
		'fonts',
		null,
		'unread',
		/fontconfig/,
		({ programs }) => {
			programs.fonts = { unread: 'fc-list: ENOENT' }
		},
	],
	[
		'a worker without its library',
		'worker',
		null,
		'fault',
		/reinstall maru/,
		({ programs }) => {
			programs.worker = { unread: 'libuv.so.1 => not found' }
		},
	],
	[
		'a data folder of another user',
		'data',
		null,
		'fault',
		/chown -R maru.*MARU_DATA/,
		({ data }) => {
			Object.assign(data, { refusal: 'EACCES' })
		},
	],
	[
		'a disk that may only be read',
		'data',
		null,
		'fault',
		/remount,rw/,
		({ data }) => {
			data.refusal = 'EROFS'
		},
	],
	[
		'data in memory',
		'data',
		null,
		'fault',
		/MARU_DATA/,
		({ data }) => {
			Object.assign(data.disk, { inMemory: true })
		},
	],
	[
		'a key that others may read',
		'secrets',
		null,
		'fault',
		/chmod 600 \/var\/lib\/maru\/identity\/key\.json/,
		({ data }) => {
			data.open = ['identity/key.json']
		},
	],
	[
		'a full disk',
		'disk',
		null,
		'fault',
		/keepDays/,
		({ data }) => {
			Object.assign(data.disk, { freeBytes: 0.2 * gib })
		},
	],
	[
		'a disk that fills up',
		'disk',
		null,
		'advice',
		/recordings/,
		({ data }) => {
			Object.assign(data.disk, { freeBytes: 5 * gib })
		},
	],
	[
		'no inodes',
		'disk',
		null,
		'fault',
		/du --inodes/,
		({ data }) => {
			Object.assign(data.disk, { freeInodes: 12 })
		},
	],
	[
		'a slow disk',
		'disk-speed',
		null,
		'fault',
		/smartctl/,
		({ data }) => {
			data.syncMs = 420
		},
	],
	[
		'a folder for segments that is not there',
		'segments',
		null,
		'fault',
		/systemd-tmpfiles/,
		({ data }) => {
			Object.assign(data.segments ?? {}, { refusal: 'ENOENT' })
		},
	],
	[
		'a full folder of segments',
		'segments',
		null,
		'fault',
		/segmentsDir/,
		({ data }) => {
			Object.assign(data.segments?.disk ?? {}, { freeBytes: 1_000 })
		},
	],
	[
		'a damaged database',
		'database',
		null,
		'fault',
		/maru restore/,
		({ database }) => {
			Object.assign(database ?? {}, { faults: ['Page 7: btreeInitPage() returns error code 11'] })
		},
	],
	[
		'a journal that was changed',
		'journals',
		null,
		'fault',
		/minutes --verify/,
		({ database }) => {
			Object.assign(database ?? {}, { journals: [{ meeting: 'm1', fault: 'event 3 is changed' }] })
		},
	],
	[
		'no backup in three months',
		'backup',
		null,
		'fault',
		/maru backup --new-key/,
		({ backup }) => {
			Object.assign(backup ?? {}, { record: null })
		},
	],
	[
		'an old backup',
		'backup',
		null,
		'fault',
		/maru backup --key \/root\/maru\.key/,
		({ backup }) => {
			Object.assign(backup?.record ?? {}, { at: now - 12 * day })
		},
	],
	[
		'a backup that is gone',
		'backup',
		null,
		'fault',
		/maru backup/,
		({ backup }) => {
			Object.assign(backup ?? {}, { file: 'gone' })
		},
	],
	[
		'a backup’s key that is gone',
		'backup',
		null,
		'fault',
		/--new-key/,
		({ backup }) => {
			Object.assign(backup ?? {}, { key: 'gone' })
		},
	],
	[
		'a backup’s key for all to read',
		'backup',
		null,
		'fault',
		/chmod 600 \/root\/maru\.key/,
		({ backup }) => {
			Object.assign(backup ?? {}, { key: 'open' })
		},
	],
	[
		'a clock that nothing sets',
		'clock',
		null,
		'fault',
		/set-ntp true/,
		({ clock }) => {
			clock.synchronised = false
		},
	],
	[
		'a clock that nobody can ask about',
		'clock',
		null,
		'unread',
		/set-ntp true/,
		({ clock }) => {
			clock.synchronised = { unread: 'timedatectl: ENOENT' }
		},
	],
	[
		'a clock of 1970',
		'clock',
		null,
		'fault',
		/battery/,
		({ clock }) => {
			clock.now = 0
		},
	],
	[
		'a clock that was put back',
		'clock',
		null,
		'fault',
		/NTP=/,
		({ clock }) => {
			clock.lastEventAt = now + day
		},
	],
	[
		'Greenwich’s time',
		'time-zone',
		null,
		'advice',
		/Asia\/Seoul/,
		({ clock }) => {
			clock.timeZone = 'Etc/UTC'
		},
	],
	[
		'a cable that is out',
		'network',
		null,
		'fault',
		/cable/,
		({ network }) => {
			Object.assign(network, { addresses: [], resolved: ['127.0.0.1'], announced: [] })
		},
	],
	[
		'a port that another program has',
		'ports',
		'https',
		'fault',
		/ss -lntup.*8443.*listen\.https/,
		({ network }) => {
			Object.assign(network.ports?.[1] ?? {}, { fault: 'EADDRINUSE' })
		},
	],
	[
		'a port below 1024',
		'ports',
		'https',
		'fault',
		/1024/,
		({ network }) => {
			Object.assign(network.ports?.[1] ?? {}, { fault: 'EACCES' })
		},
	],
	[
		'a listener at a foreign address',
		'ports',
		'http',
		'fault',
		/listen\.http/,
		({ network }) => {
			Object.assign(network.ports?.[0] ?? {}, { fault: 'EADDRNOTAVAIL' })
		},
	],
	[
		'a name that nobody knows',
		'address',
		null,
		'fault',
		/DNS.*publicUrl/,
		({ network }) => {
			network.resolved = { unread: 'ENOTFOUND' }
		},
	],
	[
		'a name of another machine',
		'address',
		null,
		'advice',
		/proxy.*publicUrl/,
		({ network }) => {
			network.resolved = ['192.0.2.99']
		},
	],
	[
		'media at a foreign address',
		'network',
		'media',
		'advice',
		/announce/,
		({ network }) => {
			network.announced = ['192.0.2.77']
		},
	],
	[
		'a TURN server that is silent',
		'turn',
		null,
		'fault',
		/turn\.urls/,
		({ network }) => {
			Object.assign(network.others[0] ?? {}, { fault: 'ETIMEDOUT' })
		},
	],
	[
		'an SMS gateway that is silent',
		'sms',
		null,
		'fault',
		/counsel\.sms\.url/,
		({ network }) => {
			Object.assign(network.others[1] ?? {}, { fault: 'ECONNREFUSED' })
		},
	],
	[
		'an expired certificate',
		'certificate',
		null,
		'fault',
		/systemctl restart maru/,
		(room) => {
			server(room).to = now - day
		},
	],
	[
		'a certificate that soon expires',
		'certificate',
		null,
		'advice',
		/restart/,
		(room) => {
			server(room).to = now + 9 * day
		},
	],
	[
		'a certificate of tomorrow',
		'certificate',
		null,
		'fault',
		/timedatectl/,
		(room) => {
			server(room).from = now + day
		},
	],
	[
		'a certificate without its key',
		'certificate',
		null,
		'fault',
		/rm .*server/,
		(room) => {
			server(room).keyed = false
		},
	],
	[
		'a certificate for another name',
		'certificate',
		null,
		'fault',
		/publicUrl/,
		(room) => {
			server(room).names = ['old.city.example']
		},
	],
	[
		'a certificate by somebody else',
		'certificate',
		null,
		'fault',
		/rm .*server/,
		({ certificates }) => {
			certificates.signed = false
		},
	],
	[
		'a service that shows another one',
		'certificate',
		null,
		'fault',
		/restart/,
		({ certificates }) => {
			certificates.shown = 'EF'
		},
	],
	[
		'an authority without its key',
		'authority',
		null,
		'fault',
		/backup.*\/trust/,
		({ certificates }) => {
			Object.assign(certificates.authority ?? {}, { keyed: false })
		},
	],
	[
		'an authority that ends this spring',
		'authority',
		null,
		'advice',
		/every PC/,
		({ certificates }) => {
			Object.assign(certificates.authority ?? {}, { to: now + 60 * day })
		},
	],
	[
		'nginx that was never set up',
		'nginx',
		null,
		'fault',
		/cp nginx\/maru-relay\.conf/,
		({ nginx }) => {
			Object.assign(nginx ?? {}, { file: null })
		},
	],
	[
		'nginx of another name',
		'nginx',
		null,
		'fault',
		/server_name maru\.city\.example/,
		({ nginx }) => {
			Object.assign(nginx ?? {}, { names: ['x'] })
		},
	],
	[
		'nginx that hands on to nobody',
		'nginx',
		null,
		'fault',
		/127\.0\.0\.1:8080/,
		({ nginx }) => {
			Object.assign(nginx ?? {}, { upstream: 80 })
		},
	],
	[
		'nginx that looks elsewhere',
		'nginx',
		null,
		'fault',
		/\/run\/maru\/segments/,
		({ nginx }) => {
			Object.assign(nginx ?? {}, { segments: '/tmp' })
		},
	],
	[
		'nginx with an expired certificate',
		'nginx',
		null,
		'fault',
		/ssl_certificate/,
		({ nginx }) => {
			Object.assign(nginx?.certificate ?? {}, { until: now - 1 })
		},
	],
	[
		'a service that is dumb',
		'service',
		null,
		'fault',
		/journalctl -u maru/,
		(room) => {
			room.service = null
		},
	],
	[
		'a stage that failed',
		'service',
		'stage',
		'fault',
		/journalctl/,
		({ service }) => {
			Object.assign(service?.stage ?? {}, { status: 'failed' })
		},
	],
	[
		'a devices process that is gone',
		'service',
		'devices',
		'fault',
		/journalctl/,
		({ service }) => {
			Object.assign(service ?? {}, { devices: false })
		},
	],
	[
		'segments that cannot be written',
		'service',
		'relay',
		'fault',
		/journalctl/,
		({ service }) => {
			Object.assign(service ?? {}, { segmentFiles: 'disk-full' })
		},
	],
	[
		'a unit that failed',
		'units',
		'maru-backup.timer',
		'fault',
		/journalctl -u maru-backup\.timer/,
		(room) => unit(room, { active: 'failed', result: 'exit-code' }, 1),
	],
	[
		'a service that ends at each start',
		'units',
		'maru.service',
		'fault',
		/journalctl -u maru\.service/,
		(room) => unit(room, { active: 'activating', sub: 'auto-restart', startedAt: null }),
	],
	[
		'a service that does not start with the machine',
		'units',
		'maru.service',
		'fault',
		/enable --now/,
		(room) => unit(room, { file: 'disabled' }),
	],
	[
		'a service that was started anew nine times',
		'units',
		'maru.service',
		'advice',
		/journalctl/,
		(room) => unit(room, { restarts: 9 }),
	],
	[
		'a timer that does not run',
		'units',
		'maru-backup.timer',
		'fault',
		/systemctl start maru-backup\.timer/,
		(room) => unit(room, { active: 'inactive' }, 1),
	],
	[
		'a unit that cannot be read',
		'units',
		'maru.service',
		'fault',
		/systemd-analyze verify/,
		(room) => unit(room, { load: 'bad-setting' }),
	],
	[
		'systemd that is silent',
		'units',
		null,
		'unread',
		/systemctl status/,
		({ units }) => {
			units.units = { unread: 'systemctl: ETIMEDOUT' }
		},
	],
	[
		'a service older than what is installed',
		'version',
		null,
		'fault',
		/restart maru/,
		({ units }) => {
			units.installedAt = now - day
		},
	],
	[
		'an adapter that is out',
		'camera',
		'left',
		'fault',
		/plug.*cameras: left/,
		(room) => {
			serial(room).standing = null
		},
	],
	[
		'a line that the user may not use',
		'camera',
		'left',
		'fault',
		/usermod -aG uucp maru/,
		(room) => {
			Object.assign(serial(room).standing ?? {}, { gid: 14, group: 'uucp' })
		},
	],
	[
		'a line by a name that changes',
		'camera',
		'left',
		'advice',
		/path: \/dev\/serial\/by-id\/usb-FTDI/,
		(room) => {
			Object.assign(serial(room), { path: '/dev/ttyUSB0', stable: '/dev/serial/by-id/usb-FTDI-port0' })
		},
	],
	[
		'a camera on the line that is silent',
		'camera',
		'left',
		'fault',
		/baudRate/,
		(room) => {
			camera(room, left).told = { status: 'failed', reason: 'timeout' }
		},
	],
	[
		'a camera that is off',
		'camera',
		'right',
		'fault',
		/ping 192\.0\.2\.6/,
		(room) => {
			Object.assign(camera(room, right).way ?? {}, { fault: 'EHOSTUNREACH' })
		},
	],
	[
		'a camera at another port',
		'camera',
		'right',
		'fault',
		/mend port/,
		(room) => {
			Object.assign(camera(room, right).way ?? {}, { fault: 'ECONNREFUSED' })
		},
	],
	[
		'a camera that is in no network where devices may be',
		'camera',
		'right',
		'fault',
		/deviceNetworks in maru\.yaml/,
		(room) => {
			Object.assign(camera(room, right).way ?? {}, { fault: 'address-refused' })
		},
	],
	[
		'a camera’s wrong password',
		'camera',
		'right',
		'fault',
		/password/,
		(room) => {
			camera(room, right).told = { status: 'failed', reason: 'unauthorized' }
		},
	],
	[
		'a stream that nobody gives',
		'picture',
		'right',
		'fault',
		/cameras: right: video/,
		(room) => {
			Object.assign(camera(room, right).picture ?? {}, { fault: 'ECONNREFUSED' })
		},
	],
	[
		'a webcam that is out',
		'picture',
		'left',
		'fault',
		/video\.usb/,
		(room) => {
			Object.assign(camera(room, left).picture ?? {}, { present: [] })
		},
	],
	[
		'microphones that are silent',
		'microphones',
		null,
		'fault',
		/ping 192\.0\.2\.9/,
		({ microphones }) => {
			Object.assign(microphones?.way ?? {}, { fault: 'ETIMEDOUT' })
		},
	],
	[
		'a speakerphone without a rule',
		'speakerphone',
		null,
		'fault',
		/udev-rules --group 998.*udevadm trigger/,
		({ phone }) => {
			Object.assign(phone ?? {}, { rules: null })
			const found = phone?.found as { standing: object }
			Object.assign(found.standing, { gid: 0, group: 'root', mode: 0o600 })
		},
	],
	[
		'a rule that leaves its maker out',
		'speakerphone-rule',
		null,
		'advice',
		/udev-rules/,
		({ phone }) => {
			Object.assign(phone ?? {}, { rules: ['047F'] })
		},
	],
	[
		'a speakerphone that is named and not there',
		'speakerphone',
		null,
		'fault',
		/speakerphone\.match/,
		({ phone }) => {
			Object.assign(phone ?? {}, {
				match: { vendorId: 0x0b0e },
				found: { fault: 'none-found', message: '', detail: null },
			})
		},
	],
	[
		'a speakerphone with old firmware',
		'speakerphone',
		null,
		'fault',
		/2\.14/,
		({ phone }) => {
			Object.assign(phone ?? {}, { found: { fault: 'old-firmware', message: 'too old (2.10)', detail: '2.14' } })
		},
	],
	[
		'no sound card',
		'sound',
		null,
		'fault',
		/audio\.input: none/,
		({ sound }) => {
			Object.assign(sound ?? {}, { cards: [] })
		},
	],
	[
		'a sound card of another group',
		'sound',
		null,
		'fault',
		/usermod -aG audio maru-stage/,
		(room) => {
			room.browsers = { ...room.browsers, gids: [997] }
		},
	],
	[
		'a mixer that is out',
		'sound',
		'input',
		'fault',
		/audio\.input/,
		({ sound }) => {
			Object.assign(sound ?? {}, { input: 'Scarlett 2i2 USB' })
		},
	],
	[
		'a hall screen that is off',
		'display',
		null,
		'fault',
		/stage\.display: headless/,
		({ display }) => {
			Object.assign(display?.connectors[0] ?? {}, { connected: false })
		},
	],
]

describe('In a room where all is well, the doctor', () => {
	it('finds nothing that needs anybody, and nothing to advise', () => {
		const findings = judge(soundRoom())
		expect(findings.filter(({ state }) => state !== 'ok')).toEqual([])
		expect(findings.length).toBeGreaterThan(35)
	})

	it('is told by exit and by JSON', () => {
		const findings = judge(soundRoom())
		expect(needing(findings)).toBe(0)
		expect(jsonOf({ language: 'ko', findings })).toMatchObject({ ok: true })
	})
})

describe('The doctor finds, and finds nothing else:', () => {
	it.each(seeds)('%s', (_, check, of, state, mend, seed) => {
		const room = soundRoom()
		seed(room)
		const found = judge(room).filter((finding) => finding.state !== 'ok')
		expect(found.map((finding) => [finding.check, finding.of, finding.state])).toEqual([[check, of, state]])
		expect(found[0]?.mend?.en).toMatch(mend)
		expect(found[0]?.mend?.ko).not.toBe('')
		expect(found[0]?.detail.ko).not.toBe('')
	})

	it('every thing that it looks at can be found at fault', () => {
		const seeded = new Set(seeds.map(([, check]) => check))
		expect(Object.keys(checks).filter((check) => !seeded.has(check as Check))).toEqual([])
	})
})

describe('What it says', () => {
	function faulty() {
		const room = soundRoom()
		room.certificates.signed = false
		room.clock.synchronised = { unread: 'timedatectl: ENOENT' }
		return judge(room)
	}

	it('stands in a table, in the language of the room, each fault with its mend below', () => {
		const ko = tableOf({ language: 'ko', findings: faulty() })
		expect(ko).toMatch(/^이상 +인증서 +이 장비의 인증 기관이 .*\n +→ sudo rm .*server/m)
		expect(ko).toMatch(/^확인 불가 +시계 +확인하지 못했습니다 \(timedatectl: ENOENT\)/m)
		const en = tableOf({ language: 'en', findings: faulty() })
		expect(en).toMatch(/^FAULT +certificate +not signed by/m)
		expect(en).toMatch(/^ok +camera left +좌측, \/dev\/serial/m)
		expect(en).not.toMatch(/undefined|null|\[object/)
	})

	it('counts what could not be read as what needs somebody', () => {
		expect(needing(faulty())).toBe(2)
		expect(jsonOf({ language: 'ko', findings: faulty() })).toMatchObject({ ok: false })
	})
})
