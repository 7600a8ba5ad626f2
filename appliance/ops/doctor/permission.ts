import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Said } from '../../protocol/diagnosis.ts'
import { hasSystemd, output, reasonOf } from './reading.ts'

/** Who the service is, and what it may open. */

export interface Who {
	uid: number
	name: string
	/** Groups of the user, and those that its unit adds. */
	gids: readonly number[]
}

/** A device or a file: null, it is not there. */
export interface Standing {
	path: string
	uid: number
	gid: number
	group: string
	/** The nine bits. */
	mode: number
	/** This very process would be let in: an access list may say more than the mode. */
	open: boolean
}

/** To read and to write. */
export function mayUse({ uid, gid, mode, open }: Standing, who: Who): boolean {
	if (who.uid === 0 || open) return true
	const bits = uid === who.uid ? mode >> 6 : who.gids.includes(gid) ? mode >> 3 : mode
	return (bits & 0o6) === 0o6
}

export function permissionMend({ path, gid, group, mode }: Standing, { name }: Who): Said {
	// A group that may not, or root's own, is given to nobody.
	const rule = (mode & 0o060) !== 0o060 || gid === 0
	const command = rule ? `sudo chgrp dialout ${path} && sudo chmod 660 ${path}` : `sudo usermod -aG ${group} ${name}`
	return { ko: `${command} 후 sudo systemctl restart maru`, en: `${command}, then sudo systemctl restart maru` }
}

/** Null: there is nothing at this path. */
export function standingOf(path: string, who: Who): Standing | null {
	try {
		const { uid, gid, mode } = statSync(path)
		const open = process.getuid?.() === who.uid && isOpen(path)
		return { path, uid, gid, group: groupOf(gid), mode: mode & 0o777, open }
	} catch (error) {
		if (reasonOf(error) === 'ENOENT' || reasonOf(error) === 'ENOTDIR') return null
		return { path, uid: -1, gid: -1, group: '?', mode: 0, open: false }
	}
}

function isOpen(path: string): boolean {
	try {
		accessSync(path, constants.R_OK | constants.W_OK)
		return true
	} catch {
		return false
	}
}

/** Node has it, and its types don't. */
const posix = process as NodeJS.Process & { initgroups?: (user: number, group: number) => void }

/** Goes on as the user to whom the data belongs; who is not root, or whose it is already, stays who they are. */
export function becomeOwner(dataDir: string): void {
	const owner = statSync(dataDir, { throwIfNoEntry: false })
	if (process.getuid?.() !== 0 || !owner || owner.uid === 0) return
	posix.initgroups?.(owner.uid, owner.gid)
	process.setgid?.(owner.gid)
	process.setuid?.(owner.uid)
}

/** This process's user, which is the service's; its unit may give it more groups than it has by itself. */
export async function readWho(): Promise<Who> {
	const uid = process.getuid?.() ?? 0
	const { username: name } = userInfo()
	const own = [process.getgid?.() ?? 0, ...(process.getgroups?.() ?? [])]
	if (!hasSystemd()) return { uid, name, gids: own }
	const shown = await output('systemctl', ['show', 'maru.service', '--property=User,SupplementaryGroups'])
	const said = typeof shown === 'string' ? shown : ''
	if (/^User=(.*)$/m.exec(said)?.[1] !== name) return { uid, name, gids: own }
	const groups = (/^SupplementaryGroups=(.*)$/m.exec(said)?.[1] ?? '').split(' ')
	const given = groupTable().flatMap(({ group, gid }) => (groups.includes(group) ? [gid] : []))
	return { uid, name, gids: [...own, ...given] }
}

/** Who its browsers are, which hear and speak for the room: on an installed appliance another user than the service. */
export async function readBrowsers(service: Who): Promise<Who> {
	if (!hasSystemd()) return service
	const shown = await output('systemctl', ['show', 'maru-browser@doctor.service', '--property=User'])
	const name = typeof shown === 'string' ? /^User=(.+)$/m.exec(shown)?.[1] : undefined
	if (name === undefined) return service
	const [uid, gids] = await Promise.all([output('id', ['-u', name]), output('id', ['-G', name])])
	if (typeof uid !== 'string' || typeof gids !== 'string') return service
	return { uid: Number(uid), name, gids: gids.trim().split(' ').map(Number) }
}

const groupOf = (gid: number) => groupTable().find((one) => one.gid === gid)?.group ?? String(gid)

function groupTable(): { group: string; gid: number }[] {
	const lines = readFileSync('/etc/group', 'utf8').split('\n')
	return lines.map((line) => {
		const [group = '', , gid] = line.split(':')
		return { group, gid: Number(gid) }
	})
}
