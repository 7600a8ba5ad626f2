import type { FastifyInstance, FastifyRequest } from 'fastify'
import { allowed, type Identity } from '../identity/identity.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Principal, Role } from '../protocol/roles.ts'
import { routes } from '../protocol/routes.ts'
import type { Limits } from './limits.ts'

/** Who may use what: the table of routes, enforced. A route that is not in it does not start. */

/** Two names, because a browser lets no page without TLS replace the cookie of one with it on the same host. */
export const cookieName = ({ protocol }: FastifyRequest) => (protocol === 'https' ? '__Host-maru' : 'maru')
/** Of one who watches within a page of another site, where a cookie of the house is not sent: it takes the place of none. */
export const viewerCookieName = (request: FastifyRequest) => `${cookieName(request)}-relay`
/** Of somebody who signed in with an account: a link that is opened beside takes nothing from it, and it nothing from that. */
export const accountCookieName = (request: FastifyRequest) => `${cookieName(request)}-account`

interface AccessOptions {
	identity: Identity
	origins: () => readonly string[]
	limits: Pick<Limits, 'trial'>
}

export function useAccess(app: FastifyInstance, { identity, origins, limits }: AccessOptions) {
	app.decorateRequest('principal', null)

	app.addHook('onRoute', (route) => {
		const name = `${route.method} ${route.url}`
		const rule = Object.hasOwn(routes, name) ? routes[name as keyof typeof routes] : undefined
		if (rule === undefined) throw new Error(`the route ${name} is not in the table of protocol/routes.ts`)
		route.config = { ...route.config, roles: rule === 'open' ? null : rule }
		// Said in the description of the API as well. Pages and sockets are no part of that.
		route.schema = {
			...route.schema,
			'x-roles': rule,
			...(rule === 'open' ? { security: [] } : {}),
			hide: !route.url.startsWith('/api/'),
		}
	})

	app.addHook('onRequest', async (request) => {
		const { roles } = request.routeOptions.config
		if (!roles) return
		const bearer = bearerOf(request) ?? tokenInQuery(request)
		const principal = bearer
			? await limits.trial(request, () => identity.verify(bearer))
			: sessionOf(request, identity, roles)
		if (!principal) throw new Refusal('unauthorized', 'this needs a token or a session')
		const changes = request.method !== 'GET'
		// A cookie is sent along by whatever page asks; only our own pages may change something by it.
		if (!bearer && changes && !ownOrigin(request.headers.origin, origins())) {
			throw new Refusal('not-allowed', 'a page of another origin may not do this')
		}
		if (!allowed(principal, roles)) {
			throw new Refusal('not-allowed', `the role ${principal.role} may not use this`)
		}
		checkMeeting(principal, request)
		request.principal = principal
	})
}

/** A link leads into one meeting and no other. */
function checkMeeting(principal: Principal, request: FastifyRequest) {
	const { id } = (request.params ?? {}) as { id?: string }
	const ofMeetings = request.routeOptions.url?.startsWith('/api/v1/meetings/')
	if (principal.kind === 'meeting' && ofMeetings && principal.meeting !== id) {
		throw new Refusal('not-allowed', 'this link is of another meeting')
	}
}

function bearerOf(request: FastifyRequest): string | null {
	return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

/** Whether its token was found good before, or it has a session: tells nothing of what it may do. */
export function isKnown(request: FastifyRequest, identity: Identity): boolean {
	const bearer = bearerOf(request) ?? tokenInQuery(request)
	return bearer ? identity.knows(bearer) : sessionOf(request, identity) !== null
}

/** Players of films know no headers: where a route says so, the address may carry it. */
function tokenInQuery({ routeOptions, query }: FastifyRequest): string | null {
	if (!routeOptions.config.tokenInQuery) return null
	const { token } = query as { token?: unknown }
	return typeof token === 'string' && token !== '' ? token : null
}

/** Of several sessions of one browser the first that may; where none may, the first. */
export function sessionOf(request: FastifyRequest, identity: Identity, roles?: readonly Role[]): Principal | null {
	const names = [accountCookieName(request), cookieName(request), viewerCookieName(request)]
	const found = names.flatMap((name) => sessionIn(request.cookies[name], identity) ?? [])
	return found.find((principal) => roles === undefined || allowed(principal, roles)) ?? found[0] ?? null
}

/** Who watches this meeting by the session of a frame; null: nobody, or nobody knows who. */
export function viewerOfSession(request: FastifyRequest, identity: Identity, meeting: string) {
	const by = sessionIn(request.cookies[viewerCookieName(request)], identity)
	if (by?.kind !== 'meeting' || by.meeting !== meeting || by.person === null || by.name === null) return null
	return { person: by.person, name: by.name }
}

const sessionIn = (cookie: string | undefined, identity: Identity) => (cookie ? identity.findSession(cookie) : null)

/** Machines send no Origin; loopback pages are on this very machine. */
export function ownOrigin(origin: string | undefined, own: readonly string[]): boolean {
	if (origin === undefined) return true
	return own.includes(origin) || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(origin)
}

declare module 'fastify' {
	interface FastifySchema {
		'x-roles'?: 'open' | readonly Role[]
	}
}
