import type { Readings } from '../../../appliance/ops/doctor/examine.ts'

/** What the doctor reads in a room where all is well, with one of everything. */

export const now = Date.UTC(2026, 10, 30, 9)
export const day = 86_400_000
const gib = 1024 ** 3

export function soundRoom(): Readings {
	return {
		configuration: { ko: '이상 없음', en: 'no faults' },
		who: { uid: 998, name: 'maru', gids: [998, 20] },
		browsers: { uid: 997, name: 'maru-stage', gids: [997, 29, 44] },
		machine: {
			...{ node: '24.21.0', root: false, cores: 8, memoryBytes: 16 * gib, rmem: 4_194_304, wmem: 4_194_304 },
			...{ somaxconn: 4_096, openFiles: 524_288, userNamespaces: 63_000, unprivilegedNamespaces: true },
		},
		programs: {
			...{
				chromium: 'Chromium 156.0.1 built on Debian',
				ffmpeg: 'ffmpeg version 5.1.6',
				poppler: 'pdfinfo version 22.12.0',
			},
			...{ libreoffice: '/usr/bin/soffice', fonts: ['Noto Sans CJK KR'], worker: '/opt/maru/mediasoup-worker' },
			unconverted: 0,
		},
		data: {
			...{ dir: '/var/lib/maru', refusal: null, open: [], syncMs: 2.4 },
			disk: { freeBytes: 200 * gib, totalBytes: 400 * gib, freeInodes: 9_000_000, inMemory: false },
			segments: {
				...{ dir: '/run/maru/segments', refusal: null },
				disk: { freeBytes: 2 * gib, totalBytes: 2 * gib, freeInodes: 90_000, inMemory: true },
			},
		},
		database: {
			...{ faults: [], journals: [{ meeting: 'm1', fault: null }], lastEventAt: now - 60_000, unconverted: 0 },
		},
		backup: {
			record: { at: now - day, file: '/mnt/backups/maru-1.backup', bytes: 9, key: '/root/maru.key' },
			...{ file: 'there', key: 'hidden', since: now - 90 * day, now },
		},
		clock: {
			...{ now, synchronised: true, timeZone: 'Asia/Seoul', installedAt: now - 30 * day },
			...{ lastEventAt: now - 60_000, language: 'ko' },
		},
		network: {
			...{ addresses: ['192.0.2.10'], publicUrl: 'https://maru.city.example', resolved: ['192.0.2.10'] },
			...{ announced: ['192.0.2.10'], proxied: false },
			ports: [
				{ name: 'http', host: '127.0.0.1', port: 8080, fault: null },
				{ name: 'https', host: '0.0.0.0', port: 8443, fault: null },
				{ name: 'media', host: '0.0.0.0', port: 44_300, fault: null },
			],
			others: [
				{ check: 'turn', key: 'turn.urls', at: 'turn.city.example:443', fault: null },
				{ check: 'sms', key: 'counsel.sms.url', at: 'sms.city.example:443', fault: null },
			],
		},
		certificates: {
			...{
				folder: '/var/lib/maru/certificates',
				own: false,
				signed: true,
				shown: 'AB',
				publicHost: 'maru.city.example',
				now,
			},
			...{ trustPage: 'https://maru.city.example/trust' },
			server: {
				...{ subject: 'maru.city.example', issuer: 'Maru 1a2b3c', from: now - day, to: now + 300 * day },
				...{ names: ['maru.city.example', 'localhost', '192.0.2.10'], keyed: true, fingerprint: 'AB' },
			},
			authority: {
				...{ subject: 'Maru 1a2b3c', issuer: 'Maru 1a2b3c', from: now - day, to: now + 3_000 * day },
				...{ names: [], keyed: true, fingerprint: 'CD' },
			},
		},
		nginx: {
			...{ file: '/etc/nginx/conf.d/maru-relay.conf', names: ['maru.city.example'], upstream: 8080, here: true, now },
			...{ segments: '/run/maru/segments', certificate: { path: '/etc/ssl/certs/maru.pem', until: now + 90 * day } },
			wanted: { host: 'maru.city.example', port: 8080, segments: '/run/maru/segments' },
		},
		running: true,
		service: {
			...{ cameras: new Map(), speakerphone: { status: 'ready', reason: null } },
			...{ stage: { status: 'ready', reason: null }, devices: true, segmentFiles: 'ok' },
		},
		units: {
			...{ version: '0.1.0', installedAt: now - 3 * day },
			units: [
				{
					...{ id: 'maru.service', load: 'loaded', active: 'active', sub: 'running', result: 'success' },
					...{ restarts: 0, file: 'enabled', startedAt: now - 2 * day },
				},
				{
					...{ id: 'maru-backup.timer', load: 'loaded', active: 'active', sub: 'waiting', result: 'success' },
					...{ restarts: 0, file: 'enabled', startedAt: null },
				},
			],
		},
		cameras: [
			{
				...{ id: 'left', name: '좌측', told: { status: 'ready', reason: null } },
				way: {
					...{ kind: 'serial', path: '/dev/serial/by-id/usb-FTDI-port0', stable: null },
					others: ['/dev/serial/by-id/usb-FTDI-port0'],
					standing: {
						path: '/dev/serial/by-id/usb-FTDI-port0',
						uid: 0,
						gid: 20,
						group: 'dialout',
						mode: 0o660,
						open: false,
					},
				},
				picture: { kind: 'usb', label: 'HD Webcam C920 (046d:082d)', present: ['HD Webcam C920'] },
			},
			{
				...{ id: 'right', name: '우측', told: { status: 'ready', reason: null } },
				way: { kind: 'network', host: '192.0.2.6', port: 80, fault: null },
				picture: { kind: 'network', host: '192.0.2.6', port: 554, fault: null },
			},
		],
		microphones: { way: { kind: 'network', host: '192.0.2.9', port: 4001, fault: null } },
		phone: {
			...{ match: 'auto', rules: ['0B0E'] },
			found: {
				...{ name: 'Jabra SPEAK 750', vendorId: 0x0b0e },
				standing: { path: '/dev/hidraw0', uid: 0, gid: 998, group: 'maru', mode: 0o660, open: false },
			},
		},
		sound: {
			...{ cards: ['Jabra SPEAK 750 USB'], input: 'default', output: 'default' },
			nodes: [{ path: '/dev/snd/pcmC0D0c', uid: 0, gid: 29, group: 'audio', mode: 0o660, open: false }],
		},
		display: { connectors: [{ name: 'card0-HDMI-A-1', connected: true }] },
	}
}
