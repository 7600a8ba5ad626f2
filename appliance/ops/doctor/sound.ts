import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config-schema.ts'
import { type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { mayUse, permissionMend, type Standing, standingOf, type Who } from './permission.ts'
import { reasonOf } from './reading.ts'

/** Sound cards by ALSA's names, and the hall's screen. */

export interface Sound {
	/** As /proc/asound/cards calls them. */
	cards: Read<readonly string[]>
	/** Of /dev/snd. */
	nodes: readonly Standing[]
	/** Of maru.yaml. */
	input: string
	output: string
}

export interface Display {
	/** Of the kernel's graphics: 'card0-HDMI-A-1', and whether something is plugged in. */
	connectors: readonly { name: string; connected: boolean }[]
}

/** Null: the stage plays with virtual devices. */
export function judgeSound(read: Sound | null, who: Who): Finding[] {
	if (!read) return []
	const { cards, nodes, input, output } = read
	if (isUnread(cards)) return [unread('sound', cards, 'sudo apt-get install alsa-utils; aplay -l')]
	const silent = input === 'none' && output === 'default'
	if (cards.length === 0 && !silent) {
		const detail = { ko: '소리 장치가 없습니다', en: 'there is no sound card' }
		return [
			fault('sound', detail, {
				ko: '스피커폰이나 믹서의 USB를 꽂으십시오. 소리를 보내지 않는 방이면 maru.yaml의 audio.input: none',
				en: 'plug in the speakerphone or mixer; for a room that sends no sound, audio.input: none in maru.yaml',
			}),
		]
	}
	const shut = nodes.find((node) => !mayUse(node, who))
	if (shut) {
		const detail = {
			ko: `${who.name}이(가) ${shut.path}을(를) 쓸 수 없습니다 (${shut.group})`,
			en: `${who.name} may not use ${shut.path} (${shut.group})`,
		}
		return [fault('sound', detail, permissionMend(shut, who))]
	}
	const missing = Object.entries({ input, output }).filter(([, name]) => {
		return (
			name !== 'default' && name !== 'none' && !cards.some((card) => name.startsWith(card) || card.startsWith(name))
		)
	})
	if (missing.length === 0) return [ok('sound', cards.join(', ') || '-')]
	return missing.map(([key, name]) => {
		const detail = {
			ko: `'${name}'이(가) 없습니다. 있는 것: ${cards.join(', ')}`,
			en: `there is no '${name}'. There are: ${cards.join(', ')}`,
		}
		return fault('sound', detail, { ko: `maru.yaml의 audio.${key}`, en: `audio.${key} in maru.yaml` }, key)
	})
}

/** Null: the hall has no screen of its own. */
export function judgeDisplay(read: Display | null): Finding[] {
	if (!read) return []
	const on = read.connectors.filter(({ connected }) => connected)
	if (on.length > 0) return [ok('display', on.map(({ name }) => name).join(', '))]
	const names = read.connectors.map(({ name }) => name).join(', ') || '-'
	const detail = { ko: `연결된 화면이 없습니다 (${names})`, en: `no screen is plugged in (${names})` }
	const mend = {
		ko: '화면의 전원과 케이블을 확인하거나, maru.yaml의 stage.display: headless',
		en: "is the screen's cable in, and the screen on? Else stage.display: headless in maru.yaml",
	}
	return [fault('display', detail, mend)]
}

export function readSound({ stage, audio }: Config, who: Who): Sound | null {
	if (stage.devices === 'virtual') return null
	const nodes = globSync('/dev/snd/{pcm,control}*').flatMap((path) => standingOf(path, who) ?? [])
	return { cards: cardsIn('/proc/asound/cards'), nodes, input: audio.input, output: audio.output }
}

/** Two lines each: ` 0 [Generic ]: HDA-Intel - HD-Audio Generic`, then where it is. */
function cardsIn(path: string): Read<string[]> {
	try {
		const lines = readFileSync(path, 'utf8').split('\n')
		return lines.flatMap((line) => /^\s*\d+ \[.*?\]\s*: \S+ - (.*)$/.exec(line)?.[1] ?? [])
	} catch (error) {
		// Without a sound driver the kernel has no such file.
		return reasonOf(error) === 'ENOENT' ? [] : { unread: reasonOf(error) }
	}
}

export function readDisplay({ stage }: Config, folder = '/sys/class/drm'): Display | null {
	return stage.display === 'kiosk' ? { connectors: connectorsIn(folder) } : null
}

function connectorsIn(folder: string): Display['connectors'] {
	try {
		const names = readdirSync(folder).filter((name) => /^card\d+-/.test(name))
		return names.map((name) => {
			return { name, connected: readFileSync(join(folder, name, 'status'), 'utf8').trim() === 'connected' }
		})
	} catch {
		return []
	}
}
