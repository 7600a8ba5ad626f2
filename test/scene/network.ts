import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

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

	removeAbandoned()
	if (!ip('netns', 'add', namespace)) return null
	const close = () => {
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
		close,
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
