import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { advice, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { hasSystemd, output } from './reading.ts'

/** systemd's view of Maru's units, and whether what runs is what is installed. */

interface Unit {
	id: string
	load: string
	active: string
	sub: string
	result: string
	restarts: number
	/** 'enabled', 'disabled', 'static', … */
	file: string
	/** When its process began. Null: none runs. */
	startedAt: number | null
}

export interface Units {
	/** Null: there is no systemd here, or Maru is none of its units: it is started by hand. */
	units: Read<readonly Unit[]> | null
	version: string
	/** When its files were put here, by the file system's own word, which no package sets. */
	installedAt: number
}

const patience = 3

export function judgeUnits({ units, version, installedAt }: Units): Finding[] {
	if (units === null) {
		const detail = { ko: 'systemd가 관리하지 않습니다. 손으로 시작합니다', en: 'none: it is started by hand' }
		return [ok('units', detail), ok('version', version)]
	}
	if (isUnread(units)) return [unread('units', units, "systemctl status 'maru*'"), ok('version', version)]
	const found = units.flatMap(unitFindings)
	return [
		...(found.length > 0 ? found : [ok('units', units.map(({ id }) => id).join(', '))]),
		versionFinding(units, version, installedAt),
	]
}

function unitFindings({ id, load, active, sub, result, restarts, file }: Unit): Finding[] {
	const logs = `sudo journalctl -u ${id} -n 50`
	if (load === 'error' || load === 'bad-setting') {
		const detail = { ko: `유닛 파일을 읽을 수 없습니다 (${load})`, en: `its file cannot be read (${load})` }
		return [fault('units', detail, `sudo systemd-analyze verify ${id}`, id)]
	}
	if (active === 'failed') {
		const detail = { ko: `실패했습니다 (${result})`, en: `failed (${result})` }
		return [fault('units', detail, `${logs}; sudo systemctl restart ${id}`, id)]
	}
	if (id === 'maru.service' && file === 'disabled') {
		const detail = { ko: 'PC를 켜도 시작하지 않습니다', en: 'does not start with the machine' }
		return [fault('units', detail, `sudo systemctl enable --now ${id}`, id)]
	}
	if (sub === 'auto-restart') {
		const detail = { ko: `시작할 때마다 끝납니다 (${result})`, en: `ends each time it starts (${result})` }
		return [fault('units', detail, logs, id)]
	}
	if (file === 'enabled' && id.endsWith('.timer') && active !== 'active') {
		const detail = { ko: '켜져 있지만 돌지 않습니다', en: 'is enabled and does not run' }
		return [fault('units', detail, `sudo systemctl start ${id}`, id)]
	}
	if (restarts < patience) return []
	const detail = { ko: `${restarts}번 다시 시작했습니다`, en: `was started anew ${restarts} times` }
	return [advice('units', detail, logs, id)]
}

function versionFinding(units: readonly Unit[], version: string, installedAt: number): Finding {
	const startedAt = units.find(({ id }) => id === 'maru.service')?.startedAt ?? null
	if (startedAt === null || startedAt >= installedAt) return ok('version', version)
	const detail = {
		ko: `${version}을(를) 설치한 뒤 다시 시작하지 않아 이전 버전이 돌고 있습니다`,
		en: `${version} was installed since the service started: an older one runs`,
	}
	return fault('version', detail, 'sudo systemctl restart maru')
}

const properties = 'Id,LoadState,ActiveState,SubState,Result,NRestarts,UnitFileState,ExecMainStartTimestamp'

/** `others`: units that are not Maru's own, and that it relies on. */
export async function readUnits(others: readonly string[]): Promise<Units> {
	const root = join(import.meta.dirname, '../../..')
	const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
	const installedAt = statSync(join(root, 'appliance/main.ts')).ctimeMs
	return { units: hasSystemd() ? await shown(others) : null, version, installedAt }
}

async function shown(others: readonly string[]): Promise<Units['units']> {
	const listed = await output('systemctl', ['list-unit-files', '--no-legend', '--plain', 'maru*'])
	if (isUnread(listed)) return listed
	// `maru@.service` is a pattern for units, and none itself.
	const names = listed
		.split('\n')
		.flatMap((line) => line.split(/\s+/)[0] || [])
		.filter((name) => !name.includes('@.'))
	if (names.length === 0) return null
	const text = await output('systemctl', ['show', '--timestamp=unix', `--property=${properties}`, ...names, ...others])
	return isUnread(text) ? text : unitsOf(text)
}

/** Blocks of `Key=value`, with an empty line between two units. */
export function unitsOf(text: string): Unit[] {
	const blocks = text.split(/\n\n+/).filter((block) => block.trim() !== '')
	return blocks.map((block) => {
		const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(block)?.[1] ?? ''
		const started = /^@(\d+)$/.exec(value('ExecMainStartTimestamp'))?.[1]
		return {
			...{ id: value('Id'), load: value('LoadState'), active: value('ActiveState'), sub: value('SubState') },
			...{ result: value('Result'), restarts: Number(value('NRestarts')) || 0, file: value('UnitFileState') },
			startedAt: started && value('ActiveState') === 'active' ? Number(started) * 1_000 : null,
		}
	})
}
