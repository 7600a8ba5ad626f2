import { randomBytes } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type Provider, SsoFault } from '../identity/sso-provider.ts'
import { isWayBack, type WaysIn } from '../protocol/accounts.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Principal } from '../protocol/roles.ts'
import { cookieName } from './access.ts'
import { keepAccount, visitorOf } from './accounts.ts'
import type { Limits } from './limits.ts'
import type { Parts } from './parts.ts'

/** The way to the city's sign-in and back. What went wrong stands in the address of our own page, which says it in words. */

export interface SsoPart {
	provider: Provider
	button: { ko: string; en: string }
	/** Of our pages, as the provider knows it. */
	readonly origin: string
	/** For signing out there as well, of those who are in now: `null` after a restart, and the provider asks once more. */
	idTokens: Map<string, string>
}

interface Attempt {
	/** What the provider is shown is made of it. */
	secret: string
	/** The page that one came from; null: none of ours. */
	back: string | null
}

const attemptMinutes = 10
const mostIdTokens = 500
/** It comes back by a link of another site's, to which no cookie of a session is sent. */
const attemptCookieName = (request: FastifyRequest) => `${cookieName(request)}-sso`

const waysIn = ({ sso }: Pick<Parts, 'sso'>): WaysIn => ({ sso: sso?.button ?? null })

export const ssoRoutes: FastifyPluginAsync<
	Pick<Parts, 'sso' | 'accounts'> & { secure: boolean; limits: Limits }
> = async (app, { sso, accounts, secure, limits }) => {
	app.addHook('onRequest', async (_request, reply) => {
		reply.header('cache-control', 'no-store')
	})
	const cookieOf = (request: FastifyRequest) => ({
		...{ path: '/', httpOnly: true, sameSite: 'lax' as const },
		secure: secure || request.protocol === 'https', // before a proxy it was
	})

	app.get('/api/v1/sign-in', async () => waysIn({ sso }))

	app.get('/sign-in/sso', async (request, reply) => {
		const back = backIn(request.query)
		if (!sso) return reply.redirect(pageWith({ back }))
		// The cookie is of the host that the provider leads back to, by whatever address one came.
		const { at } = request.query as { at?: unknown }
		if (`${request.protocol}://${request.host}` !== sso.origin && at !== 'public') {
			return reply.redirect(`${sso.origin}/sign-in/sso?${new URLSearchParams({ at: 'public', ...(back && { back }) })}`)
		}
		return answer(request, reply, back, async () => {
			const secret = randomBytes(32).toString('base64url')
			const address = await sso.provider.begin(secret)
			const value = [secret, ...(back === null ? [] : [Buffer.from(back).toString('base64url')])].join('.')
			reply.setCookie(attemptCookieName(request), value, { ...cookieOf(request), maxAge: attemptMinutes * 60 })
			return address
		})
	})

	app.get('/sign-in/sso/callback', async (request, reply) => {
		const attempt = attemptOf(request.cookies[attemptCookieName(request)])
		const back = attempt?.back ?? null
		if (!sso) return reply.redirect(pageWith({ back }))
		reply.clearCookie(attemptCookieName(request), cookieOf(request))
		return answer(request, reply, back, async () => {
			if (!attempt) throw new SsoFault('sso-failed', 'this browser has begun nothing, or too long ago')
			await limits.countReturn(request)
			const query = request.url.split('?').slice(1).join('?')
			const { named, idToken } = await sso.provider.finish(attempt.secret, query)
			const opened = accounts.admit(named, visitorOf(request))
			if (!opened) throw new SsoFault('sso-unknown', 'nothing that is said of this person has a role here')
			keepIdToken(sso, opened.principal, idToken)
			keepAccount(request, reply, opened, secure)
			// By way of our own page: a browser sends the session's cookie along only with what our pages ask for.
			return pageWith({ back, done: '1' })
		})
	})

	/** Leads to where `find` says, or to our page with what is wrong. */
	async function answer(
		request: FastifyRequest,
		reply: FastifyReply,
		back: string | null,
		find: () => Promise<string>,
	): Promise<FastifyReply> {
		try {
			return reply.redirect(await find())
		} catch (error) {
			if (!(error instanceof SsoFault || error instanceof Refusal)) throw error
			const { code, message } = error
			if (code === 'sso-away') request.log.warn({ reason: message }, 'the sign-in of the city is away')
			if (code === 'sso-failed') request.log.info({ reason: message }, 'a sign-in by the city came to nothing')
			if (code === 'sso-unknown' || code === 'sso-failed') app.trail.turnedAway(request, code)
			return reply.redirect(pageWith({ back, fault: code }))
		}
	}
}

/** Where one signs out who was in by it; null: nowhere else. */
export async function signOutElsewhere(sso: SsoPart | null, { jti }: Principal): Promise<string | null> {
	const idToken = sso?.idTokens.get(jti) ?? null
	sso?.idTokens.delete(jti)
	return sso ? sso.provider.signOutAddress(idToken) : null
}

function keepIdToken({ idTokens }: SsoPart, { jti }: Principal, idToken: string) {
	const [oldest] = idTokens.keys()
	if (idTokens.size >= mostIdTokens && oldest !== undefined) idTokens.delete(oldest)
	idTokens.set(jti, idToken)
}

function pageWith(words: { back: string | null; fault?: string; done?: string }): string {
	const query = new URLSearchParams(Object.entries(words).filter((entry): entry is [string, string] => !!entry[1]))
	return query.size === 0 ? '/sign-in' : `/sign-in?${query}`
}

function backIn(query: unknown): string | null {
	const { back } = query as { back?: unknown }
	return typeof back === 'string' && isWayBack(back) ? back : null
}

/** Null: no cookie that we gave. */
function attemptOf(cookie: string | undefined): Attempt | null {
	const [, secret, path = ''] = /^([\w-]{43})(?:\.([\w-]{1,400}))?$/.exec(cookie ?? '') ?? []
	if (secret === undefined) return null
	return { secret, back: backIn({ back: Buffer.from(path, 'base64url').toString() }) }
}
