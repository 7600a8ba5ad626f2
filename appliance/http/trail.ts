import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Act } from '../identity/audit.ts'
import { doer, type Identity } from '../identity/identity.ts'
import type { SsoFaultCode } from '../protocol/accounts.ts'
import type { ErrorCode } from '../protocol/errors.ts'
import type { Principal } from '../protocol/roles.ts'
import { createHolds, createVain } from './holds.ts'

/**
 * What of requests and commands the audit keeps: what changes something, what takes something out of the house, who came in
 * and who tried in vain. Of a camera that is moved by hand the hold, not each of its renewals.
 */

/** Each time; once for as long as it is renewed; as the end of what was renewed; not at all. */
export type Keeping = 'each' | 'hold' | 'end' | 'no'

interface Trail {
	/** `what`: a command and the ids in it, or a request. */
	keep(by: Principal, place: string, what: string, keeping: Keeping): void
	/** Somebody came in with a token. Of a meeting's people its own journal says so. */
	cameIn(by: Principal, request: FastifyRequest): void
	/** A token opened nothing. */
	refused(request: FastifyRequest, code: ErrorCode): void
	/** Somebody of the city's sign-in was not let in. */
	turnedAway(request: FastifyRequest, code: SsoFaultCode): void
}

/** A panel renews a movement every 150 ms; the slowest network that still moves a camera, every 400. */
const moveMs = 1_000
/** Who looks at the same thing again, or goes on with a film, has not fetched another one. */
const readMs = 10 * 60_000

const vainCodes: readonly ErrorCode[] = ['expired', 'forged', 'revoked']
const moving = /^\/api\/v1\/cameras\/:id\/move$/
const stopping = /^\/api\/v1\/cameras\/:id\/stop$/
/** What leaves the house as a file; links that are made; reading of this. */
const fetched =
	/^\/api\/v1\/(audit(\.csv|\/chain)?|cameras\/:id\/presets|meetings\/:id\/(links|journal|attendance\.csv|minutes\.(md|odt|pdf)|class\/(attendance\.csv|certificates\/:person\.pdf)|relay\/viewers\.csv))$/
/** The same, by pages that ask again and again. */
const looked =
	/^\/api\/v1\/meetings\/:id\/(minutes\.json|captions|class|relay\/viewers|recordings\/:recording\/recording\.mp4)$/

/** How a request that was answered is kept, by its route. */
export function keepingOf(method: string, route: string): Keeping {
	if (moving.test(route)) return 'hold'
	if (stopping.test(route)) return 'end'
	if (method !== 'GET') return 'each'
	return fetched.test(route) ? 'each' : looked.test(route) ? 'hold' : 'no'
}

const ids = ['meeting', 'camera', 'feed', 'slot', 'seat', 'who', 'person'] as const
const facts = ['role', 'for', 'kind', 'state', 'mode', 'on', 'take', 'muted', 'preset', 'hours'] as const

/** What is kept of what was sent along: ids, and words of ours. Never names, titles, links or what somebody wrote. */
export function traceOf(sent: unknown): string {
	if (typeof sent !== 'object' || sent === null) return ''
	const said = sent as Record<string, unknown>
	const isPlain = (key: string) => Object.hasOwn(said, key) && /^[\w-]{1,64}$/.test(String(said[key]))
	const named = facts.filter(isPlain).map((key) => `${key}=${said[key]}`)
	return [...ids.filter(isPlain).map((key) => String(said[key])), ...named].map((word) => ` ${word}`).join('')
}

/** A movement by nothing is its end. */
export function isStill({ pan, tilt, zoom }: { pan: number; tilt: number; zoom: number }): boolean {
	return pan === 0 && tilt === 0 && zoom === 0
}

/** From where: the panel at this machine and its other programs are no address. */
export function placeOf({ ip }: Pick<FastifyRequest, 'ip'>, by?: Principal): string {
	if (!/^(127\.|::1$|::ffff:127\.)/.test(ip)) return ip
	return by?.role === 'panel' ? 'panel' : 'local'
}

export function useTrail(app: FastifyInstance, identity: Identity, now: () => number = Date.now) {
	const holds = createHolds()
	const vain = createVain()

	/** What a full disk does not take costs nobody what they asked for; the log says so. */
	function write(act: Act) {
		try {
			identity.trail.append(act)
		} catch (error) {
			app.log.error({ err: error }, 'what was done could not be kept')
		}
	}
	const writeOf = (by: Principal, place: string, action: string) => write({ ...doer(by), place, action })

	function tellVain(request: FastifyRequest, what: string) {
		const place = placeOf(request)
		const times = vain.note(`${place} ${what}`, now())
		if (times === null) return
		const many = times === 'full' ? ', and more than are kept' : times > 1 ? `, ${times} times` : ''
		write({ role: 'nobody', jti: '', place, action: `${what}${many}` })
	}

	const trail: Trail = {
		keep(by, place, what, keeping) {
			if (keeping === 'no') return
			const held = `${by.jti} ${what.replace(/([./])stop\b/, '$1move')}`
			if (keeping === 'end') return holds.ends(held)
			const quietMs = what.startsWith('GET ') ? readMs : moveMs
			if (keeping === 'each' || holds.begins(held, quietMs, now())) writeOf(by, place, what)
		},
		cameIn(by, request) {
			if (by.kind !== 'house') return
			const way = request.routeOptions.url ?? ''
			// A network that comes and goes brings nobody else.
			if (holds.begins(`${by.jti} ${way} ${request.ip}`, readMs, now())) {
				writeOf(by, placeOf(request, by), `sign-in ${way}`)
			}
		},
		refused(request, code) {
			if (vainCodes.includes(code)) tellVain(request, `token.refused ${code}`)
		},
		turnedAway: (request, code) => tellVain(request, `sign-in.refused ${code}`),
	}
	app.decorate('trail', trail)
	app.decorateRequest('noted', null)

	// Before anybody is told: a power cut between the two would leave an act that nobody did.
	app.addHook('onSend', async (request, reply) => {
		const { principal, method, routeOptions, body, noted } = request
		if (!principal || reply.statusCode >= 400) return
		const keeping = keepingOf(method, routeOptions.url ?? '')
		const path = request.url.split('?')[0] ?? ''
		const what = `${method} ${path}${traceOf(body)}${noted === null ? '' : ` ${noted}`}`
		trail.keep(principal, placeOf(request, principal), what, keeping)
	})
}

declare module 'fastify' {
	interface FastifyInstance {
		trail: Trail
	}
	interface FastifyRequest {
		/** The id of what was made by it, for the audit. */
		noted: string | null
	}
}
