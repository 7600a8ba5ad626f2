import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openTokens } from '../../identity/tokens.ts'
import type { RoomState } from '../../protocol/room-state.ts'
import { type Finding, fault, ok } from './finding.ts'

/** The running service: what it says of itself, of its parts and of its devices. */

/** What a room says of one of its devices. */
export interface Told {
	status: string
	reason: string | null
}

export interface Service {
	/** By camera. */
	cameras: ReadonlyMap<string, Told>
	speakerphone: Told
	stage: Told
	devices: boolean
	segmentFiles: string | null
}

const patienceMs = 5_000

/** Whether a service answers there. */
export async function answers(origin: string): Promise<boolean> {
	const said = await ask(`${origin}/api/v1/health`, null)
	return said !== null && 'build' in said
}

export function judgeService(read: Service | null, running: boolean): Finding[] {
	const logs = 'sudo journalctl -u maru -n 100'
	if (!running) return [ok('service', { ko: '지금 실행되지 않습니다', en: 'does not run now' })]
	if (!read) {
		const detail = { ko: '실행 중이지만 상태를 말하지 않습니다', en: 'runs, and does not say how it is' }
		return [fault('service', detail, `${logs}; sudo systemctl restart maru`)]
	}
	const { stage, devices, segmentFiles } = read
	const faults: Finding[] = []
	if (stage.status === 'failed') {
		const detail = {
			ko: `스테이지(브라우저)가 멈췄습니다 (${stage.reason})`,
			en: `its stage has failed (${stage.reason})`,
		}
		faults.push(fault('service', detail, logs, 'stage'))
	}
	if (!devices) {
		const detail = { ko: '장치 프로세스가 다시 시작되고 있습니다', en: 'its devices process is being started anew' }
		faults.push(fault('service', detail, logs, 'devices'))
	}
	if (segmentFiles !== null && segmentFiles !== 'ok') {
		const detail = {
			ko: `중계 조각을 파일로 쓰지 못합니다 (${segmentFiles})`,
			en: `segments of the relay cannot be files (${segmentFiles})`,
		}
		faults.push(fault('service', detail, logs, 'relay'))
	}
	return faults.length > 0 ? faults : [ok('service', { ko: '실행 중', en: 'runs' })]
}

/** By a token of a minute, made of the same key. Null: none answers. */
export async function readService(origin: string, dataDir: string): Promise<Service | null> {
	const [health, room] = await Promise.all([ask(`${origin}/api/v1/health`, null), askRoom(origin, dataDir)])
	if (!health || !room) return null
	const { segmentFiles } = health
	return {
		cameras: new Map(room.cameras.map(({ id, status, reason }) => [id, { status, reason }])),
		speakerphone: { status: room.speakerphone.status, reason: room.speakerphone.reason },
		stage: { status: room.stage.status, reason: room.stage.reason },
		devices: health.devices === true,
		segmentFiles: typeof segmentFiles === 'string' ? segmentFiles : null,
	}
}

async function askRoom(origin: string, dataDir: string): Promise<RoomState | null> {
	const token = await houseToken(dataDir)
	return token === null ? null : ((await ask(`${origin}/api/v1/room`, token)) as RoomState | null)
}

/** Null: this data folder has no key, so the service that runs is of another. */
export async function houseToken(dataDir: string): Promise<string | null> {
	const dir = join(dataDir, 'identity')
	if (!existsSync(dir)) return null
	return (await openTokens(dir, Date.now)).issue({ role: 'facilities', seconds: 60 })
}

async function ask(address: string, token: string | null): Promise<Record<string, unknown> | null> {
	try {
		const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
		const response = await fetch(address, { headers, signal: AbortSignal.timeout(patienceMs) })
		return response.ok ? ((await response.json()) as Record<string, unknown>) : null
	} catch {
		return null
	}
}
