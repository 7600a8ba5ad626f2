import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { DeviceError } from '../../../drivers/device.ts'
import { createReach, type Reach } from '../../../drivers/reach.ts'
import { findSerialPorts } from '../../../drivers/transport/serial-ports.ts'
import { encodeInquiry } from '../../../drivers/visca/codec.ts'
import { rawFraming, sonyFraming } from '../../../drivers/visca/framing.ts'
import { checkCamera } from '../../config-camera.ts'
import { networksOf } from '../../config-networks.ts'
import type { CameraConfig, Config } from '../../config-schema.ts'
import { readSecret } from '../../identity/secret-file.ts'
import { openSetups } from '../../room/setup.ts'
import { advice, type Check, type Finding, fault, ok } from './finding.ts'
import { mayUse, permissionMend, type Standing, standingOf, type Who } from './permission.ts'
import { tcpFault, udpFault } from './reach.ts'
import type { Told } from './service.ts'

/** Cameras and conference microphones: whether the way to each is there, and what the running service says of it. */

/** The fault of an address in no network where devices may be. */
const refused = 'address-refused'

/** How a device is reached. */
type Way =
	| {
			kind: 'serial'
			path: string
			standing: Standing | null
			/** The name of the same line that survives a restart. Null: it has this one already, or no other. */
			stable: string | null
			/** Lines that are there. */
			others: readonly string[]
	  }
	/** `fault`: why nothing answers. */
	| { kind: 'network'; host: string; port: number; fault: string | null }

export interface Camera {
	id: string
	name: string
	/** Null: nobody moves it. */
	way: Way | null
	told: Told | null
	picture:
		| { kind: 'network'; host: string; port: number; fault: string | null }
		/** `label`: as configured; `present`: what is plugged in. */
		| { kind: 'usb'; label: string; present: readonly string[] }
		| null
}

export interface Microphones {
	way: Way
}

export function judgeCameras(cameras: readonly Camera[], who: Who): Finding[] {
	return cameras.flatMap((camera) => {
		const { id, name, way, told, picture } = camera
		const found = way ? [deviceFinding('camera', way, who, `cameras: ${id}`, id, told, name)] : []
		return picture ? [...found, pictureFinding(id, picture)] : found
	})
}

export function judgeMicrophones(read: Microphones | null, who: Who): Finding[] {
	return read ? [deviceFinding('microphones', read.way, who, 'microphones', null, null, '')] : []
}

function deviceFinding(
	check: Check,
	way: Way,
	who: Who,
	key: string,
	of: string | null,
	told: Told | null,
	name: string,
): Finding {
	const lost = way.kind === 'serial' ? serialFault(check, way, who, key, of) : networkFault(check, way, key, of)
	if (lost?.state === 'fault') return lost
	if (told && !well(told)) return toldFault(check, told, way, key, of)
	const at = way.kind === 'serial' ? way.path : `${way.host}:${way.port}`
	return lost ?? ok(check, name === '' ? at : `${name}, ${at}`, of)
}

const well = ({ status }: Told) => status === 'ready' || status === 'moving' || status === 'off'

function serialFault(
	check: Check,
	{ path, standing, stable, others }: Way & { kind: 'serial' },
	who: Who,
	key: string,
	of: string | null,
): Finding | null {
	if (!standing) {
		const there = others.length > 0 ? others.join(', ') : '-'
		const detail = { ko: `${path}이(가) 없습니다. 있는 것: ${there}`, en: `there is no ${path}. There are: ${there}` }
		const mend = {
			ko: `어댑터를 꽂거나, maru.yaml의 ${key}에서 path를 고치십시오`,
			en: `plug its adapter in, or mend path in maru.yaml, ${key}`,
		}
		return fault(check, detail, mend, of)
	}
	if (!mayUse(standing, who)) {
		const { group, mode } = standing
		const detail = {
			ko: `${who.name}이(가) ${path}을(를) 쓸 수 없습니다 (${group}, ${mode.toString(8)})`,
			en: `${who.name} may not use ${path} (${group}, ${mode.toString(8)})`,
		}
		return fault(check, detail, permissionMend(standing, who), of)
	}
	if (stable === null) return null
	const detail = {
		ko: `${path}: 이름이 다시 켤 때 바뀔 수 있습니다`,
		en: `${path} may be another line after a restart`,
	}
	return advice(
		check,
		detail,
		{ ko: `maru.yaml의 ${key}: path: ${stable}`, en: `maru.yaml, ${key}: path: ${stable}` },
		of,
	)
}

function networkFault(
	check: Check,
	{ host, port, fault: reason }: { host: string; port: number; fault: string | null },
	key: string,
	of: string | null,
): Finding | null {
	if (reason === null) return null
	const detail = {
		ko: `${host}:${port}이(가) 대답하지 않습니다 (${reason})`,
		en: `${host}:${port} does not answer (${reason})`,
	}
	if (reason === refused) {
		const mend = {
			ko: `maru.yaml의 deviceNetworks에 그 네트워크를 더하거나, 콘솔에서 카메라의 주소를 고치십시오`,
			en: `add its network to deviceNetworks in maru.yaml, or correct the camera's address on the console`,
		}
		return fault(
			check,
			{ ko: `${host}: 장치가 있어도 되는 네트워크가 아닙니다`, en: `${host} is in no network where devices may be` },
			mend,
			of,
		)
	}
	if (reason === 'ECONNREFUSED') {
		const mend = {
			ko: `장비는 켜져 있습니다. 장비의 제어 포트를 켜거나 maru.yaml의 ${key}에서 port를 고치십시오`,
			en: `the device is on: enable its control port, or mend port in maru.yaml, ${key}`,
		}
		return fault(check, detail, mend, of)
	}
	const mend = {
		ko: `전원, 랜선, 주소를 확인하십시오: ping ${host}, maru.yaml의 ${key}에서 host`,
		en: `is it on, plugged in, and at this address? ping ${host}; host in maru.yaml, ${key}`,
	}
	return fault(check, detail, mend, of)
}

function toldFault(check: Check, { status, reason }: Told, way: Way, key: string, of: string | null): Finding {
	const detail = {
		ko: `서비스가 쓰지 못합니다: ${status} (${reason})`,
		en: `the service cannot use it: ${status} (${reason})`,
	}
	if (reason === 'unauthorized' || reason === 'rejected') {
		const mend = {
			ko: `maru.yaml의 ${key}에서 username과 password의 파일`,
			en: `username, and the file of password, in maru.yaml, ${key}`,
		}
		return fault(check, detail, mend, of)
	}
	const mend =
		way.kind === 'serial'
			? {
					ko: `배선, 그리고 maru.yaml의 ${key}에서 baudRate와 address`,
					en: `its wiring; baudRate and address in maru.yaml, ${key}`,
				}
			: {
					ko: `카메라를 껐다 켜고, maru.yaml의 ${key}에서 driver와 port를 확인하십시오`,
					en: `switch it off and on; is driver right, and port, in maru.yaml, ${key}?`,
				}
	return fault(check, detail, mend, of)
}

function pictureFinding(id: string, picture: NonNullable<Camera['picture']>): Finding {
	const key = `cameras: ${id}: video`
	if (picture.kind === 'network') {
		return networkFault('picture', picture, key, id) ?? ok('picture', `${picture.host}:${picture.port}`, id)
	}
	const { label, present } = picture
	// Chromium puts the ids behind: "HD Pro Webcam C920 (046d:082d)".
	if (present.some((one) => label.startsWith(one) || one.startsWith(label))) return ok('picture', label, id)
	const there = present.length > 0 ? present.join(', ') : '-'
	const detail = {
		ko: `'${label}'이(가) 꽂혀 있지 않습니다. 있는 것: ${there}`,
		en: `'${label}' is not plugged in. There are: ${there}`,
	}
	return fault(
		'picture',
		detail,
		{ ko: `USB를 다시 꽂거나, maru.yaml의 ${key}.usb`, en: `plug it in again, or ${key}.usb in maru.yaml` },
		id,
	)
}

/** `told`: by camera, where the service runs; what is well there is not disturbed by asking it as well. */
export async function readCameras(
	config: Config,
	dataDir: string,
	told: ReadonlyMap<string, Told> | null,
	who: Who,
): Promise<Camera[]> {
	const lines = (await findSerialPorts()).map(({ path }) => path)
	const reach = createReach(networksOf(config))
	return Promise.all(
		setUp(config, dataDir).map(async (camera) => {
			const said = told?.get(camera.id) ?? null
			const busy = said !== null && well(said)
			return {
				...{ id: camera.id, name: camera.name, told: said },
				way: await wayOf(camera, busy, lines, who, reach),
				picture: config.stage.devices === 'virtual' ? null : await pictureOf(camera, reach),
			}
		}),
	)
}

export async function readMicrophones(config: Config, running: boolean, who: Who): Promise<Microphones | null> {
	const { microphones } = config
	if (microphones === 'none') return null
	const { tcp, serial } = microphones
	const lines = (await findSerialPorts()).map(({ path }) => path)
	if (serial) return { way: serialWay(serial.path, lines, who) }
	// Most such systems take one connection, and the service has it.
	if (!tcp) return null
	const reach = createReach(networksOf(config))
	return {
		way: {
			kind: 'network',
			...tcp,
			fault: running ? null : await faultAt(reach, tcp.host, (at) => tcpFault(at, tcp.port)),
		},
	}
}

/** Of the file, and over it what was said on the console. */
function setUp(config: Config, dataDir: string): CameraConfig[] {
	try {
		const db = new DatabaseSync(join(dataDir, 'maru.db'), { readOnly: true })
		try {
			const secrets = { read: () => readSecret(join(dataDir, 'secrets', 'cameras.json')), write() {} }
			const log = pino({ level: 'silent' })
			return openSetups({ db, file: config.cameras, secrets, check: checkCamera, log }).cameras as CameraConfig[]
		} finally {
			db.close()
		}
	} catch {
		return config.cameras // a database that is missing or damaged has a finding of its own
	}
}

async function wayOf(
	camera: CameraConfig,
	busy: boolean,
	lines: readonly string[],
	who: Who,
	reach: Reach,
): Promise<Way | null> {
	switch (camera.driver) {
		case 'fixed':
			return null
		case 'visca-serial':
		case 'pelco-d':
			return serialWay(camera.path, lines, who)
		case 'visca-ip': {
			const { host, port, framing } = camera
			const header = framing === 'raw' ? rawFraming() : sonyFraming(framing !== 'sony-uncounted')
			const question = header.wrap('inquiry', 1, encodeInquiry('version'))
			return {
				kind: 'network',
				host,
				port,
				fault: busy ? null : await faultAt(reach, host, (at) => udpFault(at, port, question)),
			}
		}
		default: {
			const { host, port } = camera
			return {
				kind: 'network',
				host,
				port,
				fault: busy ? null : await faultAt(reach, host, (at) => tcpFault(at, port)),
			}
		}
	}
}

/** Nobody knocks where the service does not. */
async function faultAt(reach: Reach, host: string, knock: (at: string) => Promise<string | null>) {
	try {
		return await knock(await reach.addressOf(host))
	} catch (error) {
		return error instanceof DeviceError && error.code === 'address-refused' ? refused : 'ENOTFOUND'
	}
}

function serialWay(path: string, lines: readonly string[], who: Who): Way {
	const real = realOf(path)
	const stable = path.startsWith('/dev/serial/') ? null : (lines.find((line) => realOf(line) === real) ?? null)
	return { kind: 'serial', path, standing: standingOf(path, who), stable, others: lines }
}

function realOf(path: string): string {
	try {
		return realpathSync(path)
	} catch {
		return path
	}
}

async function pictureOf({ video }: CameraConfig, reach: Reach): Promise<Camera['picture']> {
	if (!video) return null
	if ('usb' in video) return { kind: 'usb', label: video.usb, present: videoDevices() }
	const [, host, port = '554'] = /^rtsps?:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(video.rtsp) ?? []
	if (host === undefined) return null
	const bare = host.replace(/^\[(.*)\]$/, '$1')
	return {
		kind: 'network',
		host: bare,
		port: Number(port),
		fault: await faultAt(reach, bare, (at) => tcpFault(at, Number(port))),
	}
}

function videoDevices(folder = '/sys/class/video4linux'): string[] {
	try {
		const names = readdirSync(folder).map((name) => readFileSync(join(folder, name, 'name'), 'utf8').trim())
		return [...new Set(names)]
	} catch {
		return []
	}
}
