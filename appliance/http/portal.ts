import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { Type } from 'typebox'
import type { Identity } from '../identity/identity.ts'
import { Refusal } from '../protocol/errors.ts'
import { Id } from '../protocol/text.ts'
import { ownOrigin, viewerCookieName, viewerOfSession } from './access.ts'
import type { Parts } from './parts.ts'

/**
 * A portal before us that people sign in to (SSO) says by headers who they are. They are believed from its own addresses and
 * from nowhere else: whoever reaches us past the portal could write anything into them.
 */
export interface PortalOptions {
	/** In small letters, as Node has them. */
	header: string
	/** Null: people are shown as `header` says. */
	name: string | null
	isPortal: (address: string) => boolean
}

interface Known {
	/** Of the meeting: what the portal calls them, in letters that an id may have. */
	person: string
	name: string
}

/** As long as a working day with an evening session; whoever stays longer loads the page anew. */
const sessionSeconds = 12 * 3_600
const userPrefix = 'sso-'
const longest = { person: 64, name: 80 }

/** Ids carry no letters that the city may use for its people: 'sso-' and base64url of the word in UTF-8. */
export function personOf(user: string): string | null {
	const person = `${userPrefix}${Buffer.from(user, 'utf8').toString('base64url')}`
	return person.length <= longest.person ? person : null
}

/** What the portal called this person; null: they did not come by it. */
export function userOf(person: string): string | null {
	return person.startsWith(userPrefix)
		? Buffer.from(person.slice(userPrefix.length), 'base64url').toString('utf8')
		: null
}

/** Node reads headers as Latin-1; portals write UTF-8 into them, some as %EA%B9%80. Null: nothing that can be shown in one line. */
export function readHeader(value: string): string | null {
	const bytes = Buffer.from(value, 'latin1')
	const utf8 = decoded(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)) ?? value
	const text = (/%[0-9a-f]{2}/i.test(utf8) ? decoded(() => decodeURIComponent(utf8)) : null) ?? utf8
	const line = text.normalize('NFC').trim()
	return line !== '' && line.length <= longest.name && !/\p{Cc}/u.test(text) ? line : null
}

function decoded(decode: () => string): string | null {
	try {
		return decode()
	} catch {
		return null
	}
}

export type Portal = ReturnType<typeof createPortal>

interface PortalParts {
	identity: Identity
	/** Null: there is no portal, and its headers mean nothing. */
	options: PortalOptions | null
	log: Logger
}

export function createPortal({ identity, options, log }: PortalParts) {
	let told = false

	/** Whom the portal says this is; null: it says nothing, or somebody else does. */
	function knownOf(request: FastifyRequest): Known | null {
		const values = options === null ? [] : (request.raw.headersDistinct[options.header] ?? [])
		if (options === null || values.length === 0) return null
		// Each of these has connected to us, or to a proxy that we believe.
		if (!(request.ips ?? [request.ip]).some(options.isPortal)) {
			if (!told) log.warn({ address: request.ip }, `${options.header} is believed from the portal alone, not from here`)
			told = true
			return null
		}
		const user = values.length === 1 ? readHeader(values[0] ?? '') : null
		const person = user === null ? null : personOf(user)
		if (user === null || person === null) {
			log.warn(`${options.header} is given twice by the portal, cannot be read, or has more than 45 bytes`)
			return null
		}
		const names = options.name === null ? [] : (request.raw.headersDistinct[options.name] ?? [])
		return { person, name: (names.length === 1 ? readHeader(names[0] ?? '') : null) ?? user }
	}

	const tokenOf = (meeting: string, { person, name }: Known) =>
		identity.issue({ role: 'viewer', meeting, person, name, seconds: sessionSeconds })

	async function begin(meeting: string, known: Known, request: FastifyRequest, reply: FastifyReply) {
		const { value, maxAgeSeconds } = await identity.startSession(await tokenOf(meeting, known))
		reply.setCookie(viewerCookieName(request), value, {
			...{ path: '/', httpOnly: true, secure: true, maxAge: maxAgeSeconds },
			// The frame stands in a page of another site: the cookie is this frame's in that site, and no other's.
			...{ sameSite: 'none', partitioned: true },
		})
	}

	return {
		/** A portal may lead pages through itself and nothing else: who opens the page is known from then on. False: nobody is. */
		async greet(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
			const { meeting } = request.query as { meeting?: unknown }
			const known = knownOf(request)
			if (!known || typeof meeting !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(meeting)) return false
			await begin(meeting, known, request, reply)
			return true
		},

		/** A token for the page itself; null: nobody says who this is. */
		async enter(meeting: string, request: FastifyRequest, reply: FastifyReply) {
			const before = viewerOfSession(request, identity, meeting)
			const known = knownOf(request) ?? before
			if (!known) return null
			if (known.person !== before?.person) await begin(meeting, known, request, reply)
			return { token: await tokenOf(meeting, known), name: known.name }
		},
	}
}

/** One who watches, by the portal: a session that frames keep also where the browser shuts out third-party cookies. */
export const portalRoutes: FastifyPluginAsyncTypebox<Pick<Parts, 'hub' | 'origins'> & { portal: Portal }> = async (
	app,
	{ hub, origins, portal },
) => {
	app.post(
		'/api/v1/relay/session',
		{ schema: { body: Type.Object({ meeting: Id }, { additionalProperties: false }) } },
		async (request, reply) => {
			if (!ownOrigin(request.headers.origin, origins()))
				throw new Refusal('not-allowed', 'a page of another origin may not do this')
			const { meeting } = request.body
			reply.header('cache-control', 'private, no-store')
			const entered = await portal.enter(meeting, request, reply)
			if (!entered) throw new Refusal('unauthorized', 'nobody has said who this is: it takes the portal')
			hub.get(meeting)
			return entered
		},
	)
}
