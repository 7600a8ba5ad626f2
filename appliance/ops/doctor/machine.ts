import { availableParallelism, totalmem } from 'node:os'
import { bufferBytes } from '../../media/listen.ts'
import { advice, type Finding, fault, isUnread, ok, type Read, unread } from './finding.ts'
import { numberOf, textOf } from './reading.ts'

/** The computer and its kernel. */

export interface Machine {
	node: string
	/** The user that Maru runs as. */
	root: boolean
	cores: number
	memoryBytes: number
	/** /proc/sys/net/core: what one socket may keep, and how many may wait at a listener. */
	rmem: Read<number>
	wmem: Read<number>
	somaxconn: Read<number>
	/** The hard limit; Node raises its own to that. */
	openFiles: Read<number>
	userNamespaces: Read<number>
	/** Debian's own switch; other kernels have none. */
	unprivilegedNamespaces: boolean
}

const gib = 1024 ** 3
/** An SFU worker under eighty people takes a quarter of a core, a stage and a programme a third each, and all want it at once. */
const cores = { least: 2, good: 4 }
/** Two Chromiums of some 700 MB, the relay's window in memory, ffmpeg, and what the page cache needs to keep a disk quick. */
const memory = { least: 3.5 * gib, good: 7 * gib }
const filesNeeded = 4_096
const waitersWanted = 4_096

export function judgeMachine(read: Machine): Finding[] {
	return [
		nodeFinding(read.node),
		coreFinding(read.cores),
		memoryFinding(read.memoryBytes),
		bufferFinding(read),
		fileFinding(read.openFiles),
		sandboxFinding(read),
		...(read.root ? [rootFinding] : []),
	]
}

function nodeFinding(version: string): Finding {
	if (Number.parseInt(version, 10) >= 24) return ok('node', version)
	const detail = { ko: `${version}은 너무 오래되었습니다. 24가 필요합니다`, en: `${version} is too old: 24 is needed` }
	const mend = { ko: "'npm start'가 맞는 Node를 설치합니다", en: "'npm start' installs the right one" }
	return fault('node', detail, mend)
}

function coreFinding(count: number): Finding {
	const found = { ko: `${count}개`, en: `${count}` }
	const mend = {
		ko: `코어 ${cores.good}개 이상인 PC를 쓰거나, 중계와 녹화를 끄고 쓰십시오`,
		en: `use a PC with ${cores.good} cores or more, or do without relay and recording`,
	}
	if (count < cores.least) return fault('cores', found, mend)
	return count < cores.good ? advice('cores', found, mend) : ok('cores', found)
}

function memoryFinding(bytes: number): Finding {
	const found = `${(bytes / gib).toFixed(1)} GiB`
	const mend = { ko: '메모리를 8 GiB 이상으로 늘리십시오', en: 'give it 8 GiB or more' }
	if (bytes < memory.least) return fault('memory', found, mend)
	return bytes < memory.good ? advice('memory', found, mend) : ok('memory', found)
}

/** Too little is no fault: small meetings do with it. */
function bufferFinding({ rmem, wmem, somaxconn }: Machine): Finding {
	const small = [
		...(typeof rmem === 'number' && rmem < bufferBytes ? [`net.core.rmem_max=${bufferBytes}`] : []),
		...(typeof wmem === 'number' && wmem < bufferBytes ? [`net.core.wmem_max=${bufferBytes}`] : []),
		...(typeof somaxconn === 'number' && somaxconn < waitersWanted ? [`net.core.somaxconn=${waitersWanted}`] : []),
	]
	const lost = [rmem, wmem, somaxconn].find(isUnread)
	if (lost) return unread('socket-buffers', lost, 'sysctl net.core')
	if (small.length === 0) return ok('socket-buffers', `${rmem} bytes`)
	const detail = {
		ko: `${rmem}바이트: 80명 규모 회의에는 부족합니다`,
		en: `${rmem} bytes: too little with eighty people`,
	}
	const command = `sudo sysctl -w ${small.join(' ')}`
	const mend = {
		ko: `${command} (계속 쓰려면 systemd/maru.sysctl.conf를 /etc/sysctl.d/에)`,
		en: `${command} (for good: systemd/maru.sysctl.conf in /etc/sysctl.d/)`,
	}
	return advice('socket-buffers', detail, mend)
}

function fileFinding(limit: Read<number>): Finding {
	const mend = 'sudo systemctl edit maru: [Service] LimitNOFILE=524288'
	if (isUnread(limit)) return unread('open-files', limit, 'cat /proc/self/limits')
	if (limit >= filesNeeded) return ok('open-files', String(limit))
	const detail = {
		ko: `${limit}개까지: 많은 사람이 한꺼번에 접속하지 못합니다`,
		en: `${limit} at most: many people at once are turned away`,
	}
	return fault('open-files', detail, mend)
}

function sandboxFinding({ userNamespaces, unprivilegedNamespaces }: Machine): Finding {
	if (isUnread(userNamespaces)) return unread('sandbox', userNamespaces, 'sysctl user.max_user_namespaces')
	if (userNamespaces > 0 && unprivilegedNamespaces) return ok('sandbox', { ko: '사용 가능', en: 'has what it needs' })
	const detail = {
		ko: '커널이 사용자 네임스페이스를 막아, 브라우저가 샌드박스를 만들지 못합니다',
		en: 'the kernel forbids user namespaces, of which the browser makes its sandbox',
	}
	const setting = unprivilegedNamespaces ? 'user.max_user_namespaces=15000' : 'kernel.unprivileged_userns_clone=1'
	return fault('sandbox', detail, `sudo sysctl -w ${setting}`)
}

const rootFinding = advice(
	'user',
	{
		ko: 'root로 실행 중입니다. root에게는 모든 장치가 열려 있어 권한을 확인할 수 없습니다',
		en: 'this is root, to whom everything is open: permissions prove nothing',
	},
	{
		ko: '서비스의 사용자로 실행하십시오: sudo -u maru maru doctor',
		en: "run it as the service's user: sudo -u maru maru doctor",
	},
)

export function readMachine(): Machine {
	const limits = textOf('/proc/self/limits')
	const files = typeof limits === 'string' ? /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] : undefined
	const clone = numberOf('/proc/sys/kernel/unprivileged_userns_clone')
	return {
		node: process.versions.node,
		root: process.getuid?.() === 0,
		cores: availableParallelism(),
		memoryBytes: totalmem(),
		rmem: numberOf('/proc/sys/net/core/rmem_max'),
		wmem: numberOf('/proc/sys/net/core/wmem_max'),
		somaxconn: numberOf('/proc/sys/net/core/somaxconn'),
		openFiles: files === undefined ? { unread: '/proc/self/limits' } : files === 'unlimited' ? Infinity : Number(files),
		userNamespaces: numberOf('/proc/sys/user/max_user_namespaces'),
		unprivilegedNamespaces: clone !== 0,
	}
}
