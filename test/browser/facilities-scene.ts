import type { DiagnosisView } from '../../appliance/protocol/diagnosis.ts'
import type {
	CameraHealthView,
	CameraSetup,
	CameraSetupView,
	Found,
	MotionTest,
	PresetFile,
} from '../../appliance/protocol/facilities.ts'
import type { Asked, ScriptedRoom } from './panel-room.ts'
import { camera } from './panel-scene.ts'

/** What the facilities routes of a scripted room answer; it keeps set-ups, seats and views as the room would. */

type Answer = { status?: number; body: unknown }

export interface Works {
	setups: CameraSetupView[]
	found: Found
	health: CameraHealthView
	test: MotionTest
	presets: PresetFile
	diagnosis: DiagnosisView
	/** What was asked for, the health left out. */
	asked: Asked[]
	/** How often somebody looked at the health. */
	looks: number
	/** Instead of the usual answer; null: the usual one. */
	refuse: (asked: Asked) => Answer | null
	/** A search and a test last until then. */
	lasts: Promise<unknown> | null
}

/** A token whose payload claims that role; nobody checks its signature here. */
export function tokenOf(role: string): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
	return `${part({ alg: 'EdDSA' })}.${part({ role })}.c2lnbmF0dXJl`
}

export function problem(status: number, code: string, detail = 'as the log says'): Answer {
	return { status, body: { code, detail } }
}

const view = (slot: number, name: string) => ({ slot, name, position: null, thumbnail: null })

export function works(now = Date.now()): Works {
	return {
		setups: [
			{
				id: 'front',
				from: 'file',
				setup: { name: '정면', driver: 'visca-ip', host: '192.0.2.5', port: 52381, hasPassword: false },
			},
			{
				id: 'left',
				from: 'console',
				setup: {
					name: '좌측',
					driver: 'onvif',
					host: '192.0.2.6',
					port: 80,
					username: 'admin',
					uuid: 'urn:uuid:1419d68a-1dd2-11b2-a105-000000000006',
					hasPassword: true,
				},
			},
			{ id: 'right', from: 'console', setup: { name: '우측', driver: 'onvif', host: '192.0.2.7', hasPassword: true } },
			{
				id: 'rear',
				from: 'console',
				setup: { name: '후면', driver: 'pelco-d', path: '/dev/ttyUSB0', hasPassword: false },
			},
			{ id: 'dome', from: 'file', setup: { name: '천장', driver: 'visca-tcp', host: '192.0.2.9', hasPassword: false } },
		],
		found: {
			cameras: [
				{
					uuid: 'u-1',
					name: 'PTZ-20X',
					model: 'ACME PTZ-20X',
					host: '192.0.2.31',
					port: 80,
					https: false,
					known: null,
				},
				{ uuid: 'u-2', name: null, model: 'Dome 5', host: '192.0.2.32', port: 443, https: true, known: null },
				{
					uuid: 'u-3',
					name: 'Hall left',
					model: 'ACME PTZ-20X',
					host: '192.0.2.6',
					port: 80,
					https: false,
					known: 'left',
				},
			],
			lines: [
				{ path: '/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0', name: 'FTDI FT232R USB UART', known: null },
				{ path: '/dev/ttyUSB0', name: 'ttyUSB0', known: 'rear' },
			],
			networks: ['192.0.2.0/24'],
		},
		health: {
			status: 'ready',
			reason: null,
			since: now - 3_600_000,
			openedAt: now - 3_600_000,
			reconnects: 2,
			ackMs: 14.2,
			timeouts: 0,
			clockOffsetMs: -7_400,
			firmware: '1.4.2',
			model: 'ACME PTZ-20X',
			log: Array.from({ length: 40 }, (_, index) => ({
				at: now - (40 - index) * 137,
				direction: index % 2 === 0 ? ('tx' as const) : ('rx' as const),
				text: index % 2 === 0 ? '81 01 06 01 0c 0a 01 03 ff' : index % 4 === 1 ? '90 41 ff' : '90 51 ff',
			})),
		},
		test: { outcome: 'moved', reason: null, startedMs: 184, moved: 2.1, restored: 0.1 },
		presets: { kind: 'maru-presets', version: 1, presets: [view(1, '전경'), view(2, '의장석')] },
		diagnosis: {
			ok: false,
			findings: [
				{
					check: 'memory',
					of: null,
					title: { ko: '메모리', en: 'memory' },
					state: 'ok',
					detail: { ko: '15.6 GiB', en: '15.6 GiB' },
					mend: null,
				},
				{
					check: 'time-zone',
					of: null,
					title: { ko: '시간대', en: 'time zone' },
					state: 'advice',
					detail: { ko: 'UTC', en: 'UTC' },
					mend: { ko: 'sudo timedatectl set-timezone Asia/Seoul', en: 'sudo timedatectl set-timezone Asia/Seoul' },
				},
				{
					check: 'camera',
					of: 'left',
					title: { ko: '카메라', en: 'camera' },
					state: 'fault',
					detail: { ko: '비밀번호가 틀립니다', en: 'the password is wrong' },
					mend: {
						ko: '시설 화면에서 비밀번호를 다시 입력하십시오',
						en: 'type its password again on the facilities page',
					},
				},
			],
		},
		asked: [],
		looks: 0,
		refuse: () => null,
		lasts: null,
	}
}

/** Lets the room answer from these works. */
export function serveWorks(room: ScriptedRoom, kept: Works) {
	const ok: Answer = { body: { ok: true } }

	room.http = async (asked) => {
		const [what, id = '', rest = ''] = asked.path.replace('/api/v1/', '').split('/')
		if (rest === 'health') kept.looks += 1
		else kept.asked.push(asked)
		const refused = kept.refuse(asked)
		if (refused) return refused
		if (what === 'cameras') return ofCamera(asked, rest)
		if (what === 'doctor') {
			await kept.lasts
			return { body: kept.diagnosis }
		}
		if (what === 'logs') return { body: { state: 'none', step: null, at: null, bytes: null, mine: true } }
		if (what === 'seats') return aimSeat(id, asked.body as { camera: string | null; preset: number | null })
		if (what !== 'facilities') return null
		if (id === 'discover') {
			await kept.lasts
			return { body: kept.found }
		}
		return setUp(asked, rest)
	}

	async function ofCamera({ method, body }: Asked, rest: string): Promise<Answer | null> {
		if (rest === 'health') return { body: kept.health }
		if (rest === 'test') {
			await kept.lasts
			return { body: kept.test }
		}
		if (rest !== 'presets') return null
		if (method === 'GET') return { body: kept.presets }
		kept.presets = body as PresetFile
		return ok
	}

	function aimSeat(id: string, { camera, preset }: { camera: string | null; preset: number | null }): Answer {
		room.change({ seats: room.state.seats.map((seat) => (seat.id === id ? { ...seat, camera, preset } : seat)) })
		return ok
	}

	function setUp({ method, body }: Asked, id: string): Answer | null {
		if (method === 'GET') return { body: kept.setups }
		const before = kept.setups.find((one) => one.id === id)
		if (method === 'DELETE') {
			kept.setups = kept.setups.filter((one) => one !== before)
			room.change({ cameras: room.state.cameras.filter((one) => one.id !== id) })
			return ok
		}
		const { password, ...setup } = body as CameraSetup
		const hasPassword = password !== undefined || (before?.setup.hasPassword ?? false)
		const after: CameraSetupView = { id, from: before?.from ?? 'console', setup: { ...setup, hasPassword } }
		kept.setups = before ? kept.setups.map((one) => (one === before ? after : one)) : [...kept.setups, after]
		if (before) room.changeCamera(id, { name: setup.name })
		else room.change({ cameras: [...room.state.cameras, camera(id, setup.name, { video: 'idle' })] })
		return { body: after }
	}
}
