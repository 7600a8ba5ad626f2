import { isIPv4 } from 'node:net'
import { type Address, type Announced, probeTypes, readAnnouncement, writeProbe } from './discovery.ts'

/**
 * One search for cameras, without sockets or clock: what to send on which network, whom to believe, and which of a
 * camera's addresses to take. Datagrams get lost and cameras are busy, so it asks three times (field: sporadic misses);
 * on each network by itself, because the system would send on that of the default route alone.
 */

export interface Found {
	uuid: string
	name: string | null
	model: string | null
	host: string
	port: number
	https: boolean
}

export type SearchOutput =
	/** To the group, on that network. */
	| { type: 'send'; network: string; bytes: Uint8Array }
	/** Somebody is to try whether this address can be reached, and to tell `tried`. */
	| { type: 'try'; address: Address }
	| { type: 'wake'; at: number }
	| { type: 'end' }

export interface Search {
	tick(now: number): SearchOutput[]
	/** `from`: the IPv4 address that sent it. */
	receive(datagram: Uint8Array, from: string): SearchOutput[]
	tried(address: Address, reachable: boolean): void
	/** In the order in which they were heard of; each at the best of its addresses that was reached. */
	found(): Found[]
}

export interface SearchOptions {
	/** Names of the networks; opaque. */
	networks: readonly string[]
	seconds: number
	/** Makes a uuid. */
	id(): string
}

/** Not evenly, so that what disturbs one does not disturb all; a camera may take half a second to answer (APP_MAX_DELAY). */
const roundsMs = [0, 350, 1_300]
/** Of one sender, and of all: who floods us hides nobody and costs little. A recorder answers for each of its channels. */
const mostBytes = { one: 1024 * 1024, all: 8 * 1024 * 1024 }
const mostCameras = { one: 128, all: 1_024 }
/** What a datagram costs besides its bytes. */
const perDatagram = 256
/** Addresses of one camera. */
const mostTried = 8

interface Candidate extends Address {
	/** 0 is the best. */
	rank: number
	reachable: boolean
}

interface Camera {
	announced: Announced
	/** Who spoke of it first. */
	from: string
	candidates: Candidate[]
}

export function createSearch({ networks, seconds, id }: SearchOptions): Search {
	const cameras = new Map<string, Camera>()
	const asked = new Set<string>()
	/** Bytes. */
	const heard = new Map<string, number>()
	let heardInAll = 0
	let begin: number | null = null
	let rounds = 0

	function probes(): SearchOutput[] {
		const hand = rounds % 2 === 0 ? 'full' : 'plain'
		return networks.flatMap((network) =>
			probeTypes.map((type): SearchOutput => {
				// A new id each time: a camera that has answered one keeps silent when that comes again.
				const message = id().toLowerCase()
				asked.add(message)
				return { type: 'send', network, bytes: Buffer.from(writeProbe(message, type, hand)) }
			}),
		)
	}

	/** Whether this sender may still be heard; it is counted. */
	function admitted(from: string, bytes: number): boolean {
		const before = heard.get(from) ?? 0
		if (before >= mostBytes.one || heardInAll >= mostBytes.all) return false
		heard.set(from, before + bytes + perDatagram)
		heardInAll += bytes + perDatagram
		return true
	}

	function admits(from: string): boolean {
		const ofOne = [...cameras.values()].filter((camera) => camera.from === from).length
		return cameras.size < mostCameras.all && ofOne < mostCameras.one
	}

	function learn(announced: Announced, from: string): SearchOutput[] {
		const known = cameras.get(announced.uuid)
		if (!known && !admits(from)) return []
		const camera: Camera = known ?? { announced, from, candidates: [] }
		cameras.set(announced.uuid, camera)
		const { name, model } = camera.announced
		camera.announced = { ...camera.announced, name: name ?? announced.name, model: model ?? announced.model }
		const fresh = candidatesOf(announced.addresses, from)
			.filter((one) => !camera.candidates.some((other) => same(one, other)))
			.slice(0, mostTried - camera.candidates.length)
		camera.candidates.push(...fresh)
		camera.candidates.sort((a, b) => a.rank - b.rank)
		return fresh.map(({ host, port, https }) => ({ type: 'try', address: { host, port, https } }))
	}

	return {
		tick(now) {
			begin ??= now
			const endAt = begin + seconds * 1_000
			if (now >= endAt) return [{ type: 'end' }]
			const outputs: SearchOutput[] = []
			let next = roundsMs[rounds]
			if (next !== undefined && now >= begin + next) {
				outputs.push(...probes())
				rounds += 1
				next = roundsMs[rounds]
			}
			return [...outputs, { type: 'wake', at: next === undefined ? endAt : Math.min(endAt, begin + next) }]
		},

		receive(datagram, from) {
			if (!admitted(from, datagram.length)) return []
			const announcement = readAnnouncement(datagram)
			if (!announcement) return []
			const { kind, relatesTo, devices } = announcement
			if (kind === 'bye') {
				for (const { uuid } of devices) cameras.delete(uuid)
				return []
			}
			// What answers somebody else's question may be as old as that.
			if (kind === 'matches' && (relatesTo === null || !asked.has(relatesTo))) return []
			return devices.flatMap((device) => learn(device, from))
		},

		tried(address, reachable) {
			for (const { candidates } of cameras.values())
				for (const one of candidates) if (same(one, address)) one.reachable ||= reachable
		},

		found: () =>
			[...cameras.values()].flatMap(({ announced: { uuid, name, model }, candidates }) => {
				const best = candidates.find(({ reachable }) => reachable) ?? candidates[0]
				return best ? [{ uuid, name, model, host: best.host, port: best.port, https: best.https }] : []
			}),
	}
}

const same = (a: Address, b: Address) => a.host === b.host && a.port === b.port && a.https === b.https

/**
 * Where a camera may be, the best first: where its answer came from is reached, as it shows; what it believes of itself
 * may be another network's address, or that of before a router (field: wrong XAddr).
 */
function candidatesOf(told: readonly Address[], from: string): Candidate[] {
	const local = isLoopback(from)
	// No address at all: the answer came from one, and most cameras listen on port 80.
	const addresses = told.length > 0 ? told : [{ host: from, port: 80, https: false }]
	const usable = addresses.filter(({ host }) => local || !isLoopback(host))
	const ranked = [
		...usable.filter(({ host }) => host === from).map((one) => ({ ...one, rank: 0 })),
		...addresses.map((one) => ({ ...one, host: from, rank: 1 })),
		...usable.filter(({ host }) => isIPv4(host)).map((one) => ({ ...one, rank: isLinkLocal(one.host) ? 3 : 2 })),
		// A link-local address of IPv6 says nothing without the interface.
		...usable.filter(({ host }) => !isIPv4(host) && !isLinkLocal(host)).map((one) => ({ ...one, rank: 4 })),
	]
	return ranked
		.filter((one, i) => ranked.findIndex((other) => same(one, other)) === i)
		.sort((a, b) => a.rank - b.rank)
		.map((one) => ({ ...one, reachable: false }))
}

const isLoopback = (host: string) => /^127\.|^::1$|^0\.0\.0\.0$|^::$/.test(host)
const isLinkLocal = (host: string) => /^169\.254\.|^fe[89ab]/i.test(host)
