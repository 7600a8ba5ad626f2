import { describe, expect, it } from 'vitest'
import { judge } from '../../../appliance/ops/rehearse/judge.ts'
import { leansOn, plan } from '../../../appliance/ops/rehearse/plan.ts'
import type { Reading } from '../../../appliance/ops/rehearse/readings.ts'
import { linesOf } from '../../../appliance/ops/rehearse/report-text.ts'
import { lastOf, type RehearsalReport, type StepReport } from '../../../appliance/protocol/rehearsal.ts'
import type { CameraView } from '../../../appliance/protocol/room-state.ts'

const at = (pan: number, tilt = 0, zoom = 0) => ({ pan, tilt, zoom, unit: 'degrees' as const, at: 0 })
const preset = (change: object): Reading => ({
	...{ kind: 'preset', before: at(0), wanted: at(20), after: at(20), refused: null, fault: null, taken: false },
	...change,
})
const tone = (change: object): Reading => ({
	...{ kind: 'tone', refused: null, page: true, volume: 80, played: ['there', 'there'], own: false },
	...{ quiet: [0.2, 0.22, 0.21], loud: [[0.2, 0.6], [0.55]] },
	...change,
})
const call = (change: object): Reading => ({
	...{ kind: 'call', page: true, refused: null, reason: null, up: true, sendsSound: true },
	arrived: [{ use: 'microphone', label: 'room', kind: 'audio', bytes: 9_000, frames: 100 }],
	...change,
})
const gigabyte = 1024 ** 3
const disk = (change: object): Reading => ({
	...{ kind: 'disk', error: null, freeBytes: 90 * gigabyte, allBytes: 200 * gigabyte, freeFiles: 9e6, allFiles: 1e7 },
	...{ bytesPerSecond: 1e8, ...change },
})
const day = 86_400_000
const now = 1_000 * day
const certificate = (change: object): Reading => ({
	...{
		kind: 'certificate',
		readable: true,
		from: now - day,
		to: now + 300 * day,
		now,
		host: 'maru.test',
		covered: true,
	},
	...change,
})
const phone = (change: object): Reading => ({
	...{ kind: 'speakerphone', wanted: true, status: 'ready', reason: null, model: 'Speak', lamp: true },
	...{ lifted: true, hungUp: true, ...change },
})
const backup = (change: object): Reading => ({
	...{ kind: 'backup', at: now - day, file: 'there', since: 0, now, days: 2, ...change },
})
const camera = (change: object): Reading => ({
	kind: 'camera',
	status: 'ready',
	reason: null,
	driver: 'onvif',
	...change,
})
const motion = (outcome: string, reason: string | null = null): Reading => ({
	kind: 'motion',
	test: { outcome: outcome as 'moved', reason, startedMs: null, moved: null, restored: null },
	refused: null,
})

const table: [string, Reading, string][] = [
	['a camera that answers', camera({}), 'passed'],
	['one that is away', camera({ status: 'failed', reason: 'unreachable' }), 'camera-silent'],
	['one that does not take the password', camera({ status: 'failed', reason: 'unauthorized' }), 'camera-login'],
	['one with another certificate', camera({ status: 'failed', reason: 'untrusted' }), 'camera-untrusted'],
	['one that speaks another language', camera({ status: 'failed', reason: 'protocol' }), 'camera-unclear'],
	['one that is ready and went on after a stop', camera({ reason: 'still-moving-after-stop' }), 'camera-runs-on'],
	['one that nobody moves', camera({ driver: 'fixed', status: 'off' }), 'camera-fixed'],
	['a view that is reached', preset({}), 'passed'],
	['a view where it stands as if nothing had been said', preset({ before: at(20) }), 'camera-still'],
	['a camera that says it arrived and stands where it stood', preset({ after: at(0) }), 'camera-still'],
	['one that goes elsewhere', preset({ after: at(8) }), 'preset-missed'],
	['one that says so itself', preset({ after: at(8), refused: 'rejected' }), 'preset-missed'],
	['one that is on its way too long', preset({ after: at(8), refused: 'timeout' }), 'preset-late'],
	['one that does not set out', preset({ after: at(0), refused: 'timeout' }), 'camera-still'],
	['one that falls silent', preset({ after: null, refused: 'timeout', fault: 'no-answer' }), 'camera-silent'],
	['one that refuses', preset({ after: at(0), refused: 'rejected' }), 'camera-refuses'],
	['a view of another model', preset({ refused: 'unsupported' }), 'preset-unit'],
	['one that somebody took', preset({ refused: 'leased', taken: true }), 'camera-taken'],
	['one that tells nothing', preset({ before: null, after: null }), 'camera-blind'],
	['a camera that moves left and back', motion('moved'), 'passed'],
	['one that moves right', motion('wrong-direction'), 'camera-reversed'],
	['one that does not move', motion('no-motion'), 'camera-still'],
	['one that stays there', motion('did-not-return'), 'camera-astray'],
	['one that cannot tell', motion('cannot-tell'), 'camera-blind'],
	['one that fails', motion('failed', 'rejected'), 'camera-refuses'],
	['a return', { kind: 'return', from: at(5), end: at(5.2), refused: null, taken: false }, 'passed'],
	['a return to elsewhere', { kind: 'return', from: at(5), end: at(9), refused: null, taken: false }, 'camera-astray'],
	['a tone that is heard twice', tone({}), 'passed'],
	['a tone that is heard once: a door', tone({ loud: [[0.6], [0.2]] }), 'tone-unheard'],
	['a tone that nobody hears', tone({ loud: [[0.2], [0.21]] }), 'tone-unheard'],
	['a device that cancels its own sound', tone({ loud: [[0.2], [0.21]], own: true }), 'sound-cancelled'],
	['a microphone that is shut at itself', tone({ quiet: [0, 0], loud: [[0], [0]] }), 'microphone-silent'],
	['no microphone', tone({ quiet: [null], loud: [[], []] }), 'microphone-missing'],
	['one that is pulled meanwhile', tone({ quiet: [0.2, null] }), 'microphone-missing'],
	['a volume of nought', tone({ loud: [[0.2], [0.2]], volume: 0 }), 'volume-zero'],
	['a loud room', tone({ quiet: [0.8], loud: [[0.82], [0.8]] }), 'too-noisy'],
	['speakers that are missing', tone({ played: ['elsewhere', 'elsewhere'] }), 'speaker-elsewhere'],
	['no speakers at all', tone({ played: ['nowhere'] }), 'speaker-missing'],
	['no page', tone({ page: false }), 'stage-away'],
	['a call that is up', call({}), 'passed'],
	['a hub that is away', call({ up: false, reason: 'hub-away' }), 'call-hub'],
	['no meeting of its own', call({ refused: 'internal' }), 'call-hub'],
	['a link that is refused', call({ up: false, reason: 'link-refused' }), 'call-refused'],
	['media that do not connect', call({ up: false, reason: 'ice-failed' }), 'call-ice'],
	['media that do not come', call({ up: false, reason: 'media-missing' }), 'call-media'],
	['a page that cannot join', call({ up: false, reason: 'stage-failed' }), 'stage-away'],
	['sound that does not arrive', call({ arrived: [] }), 'sound-unreceived'],
	['a room without sound', call({ arrived: [], sendsSound: false }), 'passed'],
	['a picture that does not arrive', { kind: 'picture', arrived: null }, 'picture-missing'],
	[
		'a picture that stands still',
		{ kind: 'picture', arrived: { use: 'feed', label: 'a', kind: 'video', bytes: 9_000, frames: 1 } },
		'picture-frozen',
	],
	['a relay', { kind: 'relay', refused: null, listed: true, stopped: true }, 'passed'],
	[
		'a relay that is refused',
		{ kind: 'relay', refused: 'unsupported', listed: false, stopped: false },
		'relay-refused',
	],
	['a relay without a segment', { kind: 'relay', refused: null, listed: false, stopped: true }, 'relay-empty'],
	['a relay that goes on', { kind: 'relay', refused: null, listed: true, stopped: false }, 'relay-stays'],
	['a recording', { kind: 'recording', refused: null, broke: null, bytes: 9, state: 'ready' }, 'passed'],
	['an empty one', { kind: 'recording', refused: null, broke: null, bytes: 0, state: 'removed' }, 'recording-empty'],
	[
		'one that breaks off',
		{ kind: 'recording', refused: null, broke: 'disk-full', bytes: 0, state: 'ready' },
		'recording-stopped',
	],
	[
		'one that is refused',
		{ kind: 'recording', refused: 'full', broke: null, bytes: 0, state: null },
		'recording-refused',
	],
	['a good disk', disk({}), 'passed'],
	['a small disk that is empty', disk({ freeBytes: 7 * gigabyte, allBytes: 8 * gigabyte }), 'passed'],
	['a disk that is almost full', disk({ freeBytes: 8 * gigabyte }), 'disk-low'],
	['a large one that is almost full', disk({ freeBytes: 50 * gigabyte, allBytes: 4_000 * gigabyte }), 'disk-low'],
	['one without inodes', disk({ freeFiles: 12 }), 'disk-inodes'],
	['one that counts none', disk({ freeFiles: 0, allFiles: 0 }), 'passed'],
	['a slow one', disk({ bytesPerSecond: 1e6 }), 'disk-slow'],
	['a full one', disk({ error: 'ENOSPC' }), 'disk-full'],
	['one that became read-only', disk({ error: 'EROFS' }), 'disk-read-only'],
	['one that fails', disk({ error: 'EIO' }), 'disk-failed'],
	['a certificate', certificate({}), 'passed'],
	['an expired one', certificate({ to: now }), 'certificate-expired'],
	['one that expires next week', certificate({ to: now + 7 * day }), 'certificate-expiring'],
	['one of tomorrow', certificate({ from: now + day }), 'certificate-early'],
	['one for others', certificate({ covered: false }), 'certificate-name'],
	['none that can be read', certificate({ readable: false }), 'certificate-unreadable'],
	['a clock that is set', { kind: 'clock', synchronised: true, now, known: now - day }, 'passed'],
	['a clock that nothing sets', { kind: 'clock', synchronised: false, now, known: 0 }, 'clock-unsynchronised'],
	['a clock that went back', { kind: 'clock', synchronised: true, now, known: now + day }, 'clock-back'],
	['a clock of which nothing is known', { kind: 'clock', synchronised: null, now, known: 0 }, 'clock-unknown'],
	['a speakerphone', phone({}), 'passed'],
	['a room that has none', phone({ wanted: false, status: 'none' }), 'phone-none'],
	['one that was never plugged in', phone({ status: 'none', reason: 'none-found', model: null }), 'phone-none'],
	['one that was unplugged', phone({ status: 'none', reason: 'none-found' }), 'phone-gone'],
	['one that does not answer', phone({ status: 'failed', reason: 'lost' }), 'phone-gone'],
	['one that may not be opened', phone({ status: 'failed', reason: 'no-permission', model: null }), 'phone-permission'],
	['one that is too old', phone({ status: 'failed', reason: 'old-firmware' }), 'phone-unusable'],
	['one without a lamp', phone({ lamp: false, lifted: null, hungUp: null }), 'phone-lampless'],
	['one whose lamp stays dark', phone({ lifted: false }), 'phone-lamp'],
	['one whose lamp stays lit', phone({ hungUp: false }), 'phone-stays'],
	['a backup of yesterday', backup({}), 'passed'],
	['an old one', backup({ at: now - 3 * day }), 'backup-old'],
	['one that is gone', backup({ file: 'gone' }), 'backup-gone'],
	['none of a room in use', backup({ at: null }), 'backup-none'],
]

describe('What a rehearsal says of', () => {
	it.each(table)('%s is %3$s', (_, reading, said) => {
		const { outcome, fault } = judge({ id: reading.kind, kind: reading.kind }, reading)
		expect(fault ?? outcome).toBe(said)
	})

	it('a room that was set up yesterday is not that it has no backup', () => {
		const reading = backup({ at: null, since: now - day })
		expect(judge({ id: 'backup', kind: 'backup' }, reading)).toMatchObject({ outcome: 'absent', fault: 'backup-none' })
	})
})

const view = (id: string, change: Partial<CameraView>) => ({
	id,
	name: id,
	driver: 'onvif',
	video: 'none',
	presets: [],
	...change,
})

describe('The plan', () => {
	it('has each view of each camera, what the house has, and the machine, in this order', () => {
		const cameras = [
			view('front', { presets: [{ slot: 3, name: '의장석', thumbnail: null }], video: 'idle' }),
			view('bare', {}),
			view('table', { driver: 'fixed' }),
		] as CameraView[]
		const has = { relay: true, recording: false, captures: () => ['table'] }
		expect(plan({ cameras }, has).map(({ id }) => id)).toEqual([
			...['camera front', 'preset front 3', 'return front', 'camera bare', 'motion bare', 'camera table'],
			...['tone', 'call', 'picture front', 'picture table', 'relay'],
			...['disk', 'certificate', 'clock', 'speakerphone', 'backup'],
		])
		expect(
			plan({ cameras: [] }, { relay: false, recording: true, captures: () => [] }).map(({ kind }) => kind),
		).toEqual(['tone', 'call', 'disk', 'certificate', 'clock', 'speakerphone', 'backup'])
	})

	it('tries no view of a camera that does not answer, and no picture without a call', () => {
		const of = { id: 'front', name: '정면' }
		expect(leansOn({ id: 'preset front 1', kind: 'preset', camera: of })).toBe('camera front')
		expect(leansOn({ id: 'picture front', kind: 'picture', camera: of })).toBe('call')
		expect(leansOn({ id: 'disk', kind: 'disk' })).toBeNull()
	})
})

describe('A report', () => {
	const step = (id: string, change: Partial<StepReport>): StepReport => ({
		...{ id, kind: 'disk', outcome: 'passed', fault: null, detail: null, tookMs: 1 },
		...change,
	})
	const report: RehearsalReport = {
		...{ id: 'r', startedAt: 0, endedAt: 61_000, by: 'timer', outcome: 'failed', reason: null },
		steps: [
			step('disk', { detail: '90 GiB' }),
			step('preset front 1', {
				...{ kind: 'preset', camera: { id: 'front', name: '정면' }, preset: { slot: 1, name: '의장석' } },
				...{ outcome: 'failed', fault: 'preset-missed', detail: '3.1°' },
			}),
			step('speakerphone', { kind: 'speakerphone', outcome: 'absent', fault: 'phone-none' }),
		],
	}

	it('is told with a remedy below what failed, in both languages', () => {
		expect(linesOf(report, 'ko')).toEqual([
			'ok    디스크: 90 GiB',
			'FAIL  정면 · 위치 의장석: 저장된 위치에 가지 않았습니다 · 3.1°',
			'      → 카메라 화면에서 이 위치를 다시 저장하고, 되풀이되면 카메라를 점검하세요.',
			'-     스피커폰: 이 회의실에는 스피커폰이 없습니다',
			'이상 있음 1/3 (61 s)',
		])
		expect(linesOf(report, 'en')[1]).toBe('FAIL  정면 · view 의장석: It did not get to the saved view · 3.1°')
		const none: RehearsalReport = { ...report, outcome: 'not-begun', reason: 'meeting-on', steps: [] }
		expect(linesOf(none, 'en')).toEqual(['Not begun: A meeting was open (61 s)'])
	})

	it('tells panels what failed and how much of the rest', () => {
		expect(lastOf(report)).toMatchObject({
			counts: { passed: 1, failed: 1, absent: 1, skipped: 0 },
			failed: [{ id: 'preset front 1', fault: 'preset-missed' }],
		})
		expect(lastOf(report)).not.toHaveProperty('steps')
	})
})
