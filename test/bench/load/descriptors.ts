import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What a process holds open, by what it is. */
export interface Descriptors {
	all: number
	/** Connections to its port that stand. */
	connections: number
	/** Everything else, by what it is: a listening socket, one that is half closed, a pipe, a file. */
	others: Map<string, number>
}

/** proc(5), /proc/net/tcp; as in the kernel's tcp_states.h. */
const states: Record<string, string> = {
	'01': 'established',
	'04': 'half closed (FIN_WAIT1)',
	'05': 'half closed (FIN_WAIT2)',
	'08': 'half closed (CLOSE_WAIT)',
	'09': 'half closed (LAST_ACK)',
	'0A': 'listening',
}

/** Sockets of the network that the process is in, by inode. */
function sockets(pid: number): Map<string, { state: string; port: number }> {
	const lines = ['tcp', 'tcp6'].flatMap((file) => readFileSync(`/proc/${pid}/net/${file}`, 'utf8').split('\n').slice(1))
	return new Map(
		lines.flatMap((line) => {
			const [, local = '', , state = '', , , , , , inode] = line.trim().split(/\s+/)
			if (inode === undefined) return []
			const port = Number.parseInt(local.split(':')[1] ?? '', 16)
			return [[inode, { state: states[state] ?? `TCP ${state}`, port }]]
		}),
	)
}

/** `port`: the one that people come to. */
export function descriptorsOf(pid: number, port: number): Descriptors {
	const tcp = sockets(pid)
	const others = new Map<string, number>()
	let all = 0
	let connections = 0
	for (const fd of readdirSync(`/proc/${pid}/fd`)) {
		let target: string
		try {
			target = readlinkSync(`/proc/${pid}/fd/${fd}`)
		} catch {
			continue // closed while we looked
		}
		all += 1
		const socket = tcp.get(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? '')
		if (socket?.port === port && socket.state === 'established') {
			connections += 1
			continue
		}
		const kind = socket ? `TCP ${socket.state}` : kindOf(target)
		others.set(kind, (others.get(kind) ?? 0) + 1)
	}
	return { all, connections, others }
}

/** `target`: what the link of a descriptor leads to that is no TCP socket. */
function kindOf(target: string): string {
	if (target.startsWith('/')) return 'file'
	if (target.startsWith('socket:')) return 'socket within the machine'
	return target.startsWith('pipe:') ? 'pipe' : target
}
