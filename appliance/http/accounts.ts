import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { deviceDays, type Opened, type Visitor } from '../identity/account-sessions.ts'
import { PasswordChange, type Standing } from '../protocol/accounts.ts'
import { Refusal } from '../protocol/errors.ts'
import { Id } from '../protocol/text.ts'
import { accountCookieName, cookieName, ownOrigin } from './access.ts'
import { type Parts, principalOf } from './parts.ts'

/** By this a browser is known that its owner has signed in with: others may err as they like, and it is not kept out. */
const deviceCookieName = (request: FastifyRequest) => `${cookieName(request)}-device`
const day = 86_400

/** What people do with their account. Signing in and out stands in session.ts. Answers are of one person, and no cache keeps them. */
export const accountRoutes: FastifyPluginAsyncTypebox<Parts & { secure: boolean }> = async (
	app,
	{ accounts, origins, secure },
) => {
	app.addHook('onRequest', async (_request, reply) => {
		reply.header('cache-control', 'no-store')
	})

	app.get('/api/v1/session', async (request): Promise<Standing> => {
		const principal = principalOf(request)
		const standing = { role: principal.role, name: accounts.nameOf(principal) }
		return accounts.isBySso(principal) ? { ...standing, sso: true } : standing
	})
	app.post('/api/v1/session/password', { schema: { body: PasswordChange } }, async (request, reply) => {
		if (!ownOrigin(request.headers.origin, origins()))
			throw new Refusal('not-allowed', 'a page of another origin may not do this')
		const { name, password, next } = request.body
		const opened = await accounts.changePassword(name, password, next, visitorOf(request))
		keepAccount(request, reply, opened, secure)
		return { role: opened.principal.role }
	})
	app.get('/api/v1/sessions', async (request) => ({ sessions: accounts.sessions(principalOf(request)) }))
	app.delete('/api/v1/sessions/:session', { schema: { params: Type.Object({ session: Id }) } }, async (request) => ({
		ended: accounts.endSession(principalOf(request), request.params.session),
	}))
}

/** Who tries. */
export function visitorOf(request: FastifyRequest): Visitor {
	const device = request.cookies[deviceCookieName(request)] ?? null
	return { address: request.ip, agent: request.headers['user-agent'], device }
}

/** The cookies of one who was let in. */
export function keepAccount(request: FastifyRequest, reply: FastifyReply, opened: Opened, always: boolean) {
	const secure = always || request.protocol === 'https' // before a proxy it was
	const own = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const
	reply.setCookie(accountCookieName(request), opened.value, { ...own, maxAge: opened.maxAgeSeconds })
	reply.setCookie(deviceCookieName(request), opened.device, { ...own, maxAge: deviceDays * day })
}
