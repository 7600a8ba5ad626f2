import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { advice, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { hasSystemd, output } from './reading.ts'

/** The clock: minutes, links, votes and certificates all rest on it. */

export interface Clock {
	now: number
	/** Whether it is set by a time server. */
	synchronised: Read<boolean>
	timeZone: string
	/** When these files were put here: no honest clock shows an earlier time. */
	installedAt: number
	lastEventAt: number | null
	language: 'ko' | 'en'
}

const dayMs = 86_400_000
const mostYear = 2100
const setClock = 'sudo timedatectl set-ntp true'

export function judgeClock(read: Clock): Finding[] {
	return [clockFinding(read), zoneFinding(read)]
}

function clockFinding({ now, synchronised, installedAt, lastEventAt }: Clock): Finding {
	const shown = new Date(now).toISOString().slice(0, 16).replace('T', ' ')
	const year = new Date(now).getUTCFullYear()
	const mend = {
		ko: `${setClock}, 시간 서버는 /etc/systemd/timesyncd.conf의 NTP=. 시계가 늘 틀리면 메인보드 전지를 바꾸십시오`,
		en: `${setClock}; the time server is NTP= in /etc/systemd/timesyncd.conf. If it is wrong again and again, the battery on the board is flat`,
	}
	if (now < installedAt - dayMs || year > mostYear) {
		const detail = { ko: `${shown} UTC일 수 없습니다`, en: `it cannot be ${shown} UTC` }
		return fault('clock', detail, mend)
	}
	if (lastEventAt !== null && lastEventAt > now + 10 * 60_000) {
		const detail = {
			ko: `${shown} UTC: 마지막 회의 기록보다 이릅니다. 시계가 뒤로 갔습니다`,
			en: `${shown} UTC is before the last event of a meeting: it was put back`,
		}
		return fault('clock', detail, mend)
	}
	if (isUnread(synchronised)) return unread('clock', synchronised, setClock)
	if (synchronised)
		return ok('clock', { ko: `${shown} UTC, 시간 서버와 맞음`, en: `${shown} UTC, set by a time server` })
	const detail = { ko: `${shown} UTC: 시간 서버와 맞추지 않고 있습니다`, en: `${shown} UTC: no time server sets it` }
	return fault('clock', detail, mend)
}

/** A server's installation asks for none; minutes would then tell the hours of Greenwich. */
function zoneFinding({ timeZone, language }: Clock): Finding {
	if (language !== 'ko' || !/^(Etc\/)?(UTC|GMT|Universal)$/i.test(timeZone)) return ok('time-zone', timeZone)
	const detail = {
		ko: `${timeZone}: 회의록의 시각이 한국 시각보다 9시간 이르게 적힙니다`,
		en: `${timeZone}: minutes tell times nine hours before Korea's`,
	}
	return advice('time-zone', detail, 'sudo timedatectl set-timezone Asia/Seoul && sudo systemctl restart maru')
}

export async function readClock(language: 'ko' | 'en', lastEventAt: number | null): Promise<Clock> {
	return {
		now: Date.now(),
		synchronised: await readSynchronised(),
		timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
		installedAt: statSync(join(import.meta.dirname, '../../../package.json')).mtimeMs,
		lastEventAt,
		language,
	}
}

/** systemd-timesyncd leaves a mark where no bus is to be asked; chrony is asked by its own program. */
async function readSynchronised(): Promise<Read<boolean>> {
	if (existsSync('/run/systemd/timesync/synchronized')) return true
	const chrony = await output('chronyc', ['-n', 'tracking'])
	if (typeof chrony === 'string') return /^Leap status\s*:\s*Normal/m.test(chrony)
	if (!hasSystemd()) return { unread: 'systemd-timesyncd, chrony: none runs here' }
	const shown = await output('timedatectl', ['show', '--property=NTPSynchronized', '--value'])
	return isUnread(shown) ? shown : shown.trim() === 'yes'
}
