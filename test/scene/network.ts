import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A city's network in little: the appliance in a network namespace of its own, and two ways there from this side, as from
 * a laptop with Wi-Fi and a cable. Needs root and iproute2.
 */
export interface Network {
	/** Where programs run that are to be at the other end: `ip netns exec` this. */
	readonly namespace: string
	/** The appliance's address for whoever is cut off. */
	readonly address: string
	/** The same appliance for whoever is never cut off. */
	readonly safeAddress: string
	/** Nothing gets through to or from the first address any more, and nobody is told so. */
	cut(): void
	mend(): void
	/** This machine leaves the way that it has come by and has an address on the other. */
	change(): void
	/** From now on all goes by a way that loses some and is late, in each direction; `lossPart` 0..1. Resolves when it stands. */
	spoil(lossPart: number, delayMs: number): Promise<void>
	/** By the usual way again. */
	unspoil(): void
	close(): void
}

const ways = ['a', 'b'] as const

/** Null: this machine lets us make none. `subnet`: 10.`subnet`.0.0/16 is used. */
export function openNetwork(subnet: number): Network | null {
	if (process.getuid?.() !== 0) return null
	const namespace = `maru-${process.pid}`
	const name = (way: string) => `maru${way}${process.pid % 100_000}`
	const net = (part: number) => `10.${subnet}.${part}`
	const [address, safeAddress] = [`${net(9)}.1`, `${net(8)}.1`]
	/** By way a the safe address is reached as well, all the time: a third pair of its own. */
	const pairs = [...ways, 's'].map((way, at) => ({ way, ours: `${net(at)}.1`, theirs: `${net(at)}.2` }))
	const within = (...words: string[]) => ip('netns', 'exec', namespace, 'ip', ...words)
	let way = 0
	let bad: (() => void) | null = null

	removeAbandoned()
	if (!ip('netns', 'add', namespace)) return null
	const close = () => {
		bad?.()
		ip('netns', 'del', namespace)
		for (const { way } of pairs) ip('link', 'del', name(way))
	}
	const made = [
		within('link', 'set', 'lo', 'up'),
		within('address', 'add', `${address}/32`, 'dev', 'lo'),
		within('address', 'add', `${safeAddress}/32`, 'dev', 'lo'),
		...pairs.flatMap(({ way, ours, theirs }) => [
			ip('link', 'add', name(way), 'type', 'veth', 'peer', 'name', 'eth', 'netns', namespace),
			within('link', 'set', 'eth', 'name', `eth-${way}`),
			ip('address', 'add', `${ours}/24`, 'dev', name(way)),
			within('address', 'add', `${theirs}/24`, 'dev', `eth-${way}`),
			ip('link', 'set', name(way), 'up'),
			within('link', 'set', `eth-${way}`, 'up'),
		]),
		ip('route', 'add', `${address}/32`, 'via', pairs[0]?.theirs ?? ''),
		ip('route', 'add', `${safeAddress}/32`, 'via', pairs[2]?.theirs ?? ''),
	]
	if (made.includes(false)) {
		close()
		return null
	}
	// A packet from where there is no way back to is dropped as well, so that a cut is one in both directions.
	for (const device of ['all', 'eth-a', 'eth-b']) {
		run('ip', 'netns', 'exec', namespace, 'sysctl', '-qw', `net.ipv4.conf.${device}.rp_filter=1`)
	}

	return {
		namespace,
		address,
		safeAddress,
		cut() {
			for (const { ours } of pairs.slice(0, 2)) within('route', 'add', 'blackhole', `${ours}/32`)
		},
		mend() {
			for (const { ours } of pairs.slice(0, 2)) within('route', 'del', 'blackhole', `${ours}/32`)
		},
		change() {
			const [from, to] = [pairs[way], pairs[1 - way]]
			way = 1 - way
			if (!from || !to) return
			ip('address', 'replace', `${to.ours}/24`, 'dev', name(to.way))
			ip('link', 'set', name(to.way), 'up')
			ip('route', 'replace', `${address}/32`, 'via', to.theirs)
			// As who keeps the addresses does; else the kernel asks for its neighbours in the name of the one that is gone.
			ip('address', 'flush', 'dev', name(from.way))
			ip('link', 'set', name(from.way), 'down')
		},
		async spoil(lossPart, delayMs) {
			bad ??= await openBadWay({
				...{ namespace, lossPart, delayMs, name: `marut${process.pid % 100_000}` },
				ours: { outside: pairs[2]?.ours ?? '', inside: `${net(7)}.1` },
				theirs: { outside: pairs[2]?.theirs ?? '', inside: `${net(7)}.2` },
			})
			ip('route', 'replace', `${address}/32`, 'via', `${net(7)}.2`)
			for (const { ours } of pairs.slice(0, 2)) within('route', 'replace', `${ours}/32`, 'via', `${net(7)}.1`)
		},
		unspoil() {
			for (const { ours } of pairs.slice(0, 2)) within('route', 'del', `${ours}/32`)
			ip('route', 'replace', `${address}/32`, 'via', pairs[way]?.theirs ?? '')
			bad?.()
			bad = null
		},
		close,
	}
}

interface BadWay {
	namespace: string
	/** Of the device on this side. */
	name: string
	lossPart: number
	delayMs: number
	/** `outside`: an address by which the other end is reached already. `inside`: the one at the end of the new way. */
	ours: { outside: string; inside: string }
	theirs: { outside: string; inside: string }
}

/** Nobody else is in that namespace. */
const theirPort = 7_000

/**
 * A tunnel whose packets pass through this process, which loses and delays them: the kernel's own netem is not in every
 * kernel. Answers how to end it.
 */
async function openBadWay({ namespace, name, lossPart, delayMs, ours, theirs }: BadWay): Promise<() => void> {
	const [here, there] = [createSocket('udp4'), createSocket('udp4')]
	here.bind(0, '127.0.0.1')
	there.bind(0, ours.outside)
	await Promise.all([once(here, 'listening'), once(there, 'listening')])
	const tunnel = (device: string, inside: string, to: string) =>
		['socat', `TUN:${inside}/24,tun-name=${device},iff-no-pi,iff-up`, `UDP4-DATAGRAM:${to}`] as const
	const start = (...[program = '', ...words]: string[]) => spawn(program, words, { stdio: 'ignore' })
	const within = tunnel(
		name,
		theirs.inside,
		`${ours.outside}:${there.address().port},bind=${theirs.outside}:${theirPort}`,
	)
	const ends: ChildProcess[] = [
		start(...tunnel(name, ours.inside, `127.0.0.1:${here.address().port}`)),
		start('ip', 'netns', 'exec', namespace, ...within),
	]
	const later = (pass: () => void) => {
		if (Math.random() >= lossPart) setTimeout(pass, delayMs)
	}
	/** Of our own end: whoever asks speaks first. */
	let from = { address: '', port: 0 }
	here.on('message', (packet, sender) => {
		from = sender
		later(() => there.send(packet, theirPort, theirs.outside, () => {}))
	})
	there.on('message', (packet) => later(() => from.port && here.send(packet, from.port, from.address, () => {})))
	const device = (...before: string[]) => run(...before, 'ip', 'link', 'show', name)
	const end = performance.now() + 10_000
	while (!(device() && device('ip', 'netns', 'exec', namespace))) {
		if (performance.now() > end) throw new Error('the tunnel does not come up')
		await sleep(50)
	}
	return () => {
		for (const end of ends) end.kill()
		// What is on its way falls with them.
		for (const socket of [here, there]) socket.removeAllListeners('message').unref()
		setTimeout(() => [here, there].map((socket) => socket.close()), 2 * delayMs).unref()
	}
}

const ip = (...words: string[]) => run('ip', ...words)

function run(...[program = '', ...words]: string[]): boolean {
	return spawnSync(program, words, { stdio: 'ignore' }).status === 0
}

/** A run that was killed leaves its network behind, and with it the addresses that the next one needs. */
function removeAbandoned() {
	const { stdout } = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' })
	for (const [, pid] of stdout?.matchAll(/^maru-(\d+)\b/gm) ?? []) {
		if (!existsSync(`/proc/${pid}`)) ip('netns', 'del', `maru-${pid}`)
	}
}
