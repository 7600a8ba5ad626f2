import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Identity } from '../identity/identity.ts'
import { isHouseRole } from '../identity/tokens.ts'
import { SignIn } from '../protocol/accounts.ts'
import { Refusal } from '../protocol/errors.ts'
import { counterRoles, houseRoles } from '../protocol/roles.ts'
import { oneOf } from '../protocol/text.ts'
import { accountCookieName, cookieName, ownOrigin } from './access.ts'
import { keepAccount, visitorOf } from './accounts.ts'
import type { Limits } from './limits.ts'
import { type Parts, principalOf } from './parts.ts'
import { signOutElsewhere } from './sso.ts'

const token = Type.String({ minLength: 1, maxLength: 4096 })
const hour = 3_600

/** Sessions of browsers, and tokens for machines. */
export const sessionRoutes: FastifyPluginAsyncTypebox<Parts & { secure: boolean; limits: Limits }> = async (
	app,
	options,
) => {
	const { identity, accounts, sso, origins, secure, limits } = options

	app.post(
		'/api/v1/session',
		{
			schema: { body: Type.Union([Type.Object({ token }, { additionalProperties: false }), SignIn]) },
		},
		async (request, reply) => {
			// A foreign page could otherwise put its own session into our user's browser.
			if (!ownOrigin(request.headers.origin, origins()))
				throw new Refusal('not-allowed', 'a page of another origin may not do this')
			const { body } = request
			if ('name' in body) {
				const opened = await accounts.signIn(body.name, body.password, visitorOf(request))
				keepAccount(request, reply, opened, secure)
				return { role: opened.principal.role }
			}
			const { principal, value, maxAgeSeconds } = await limits.trial(request, () => identity.startSession(body.token))
			reply.setCookie(cookieName(request), value, {
				path: '/',
				httpOnly: true,
				sameSite: 'strict',
				secure: secure || request.protocol === 'https', // before a proxy it was
				maxAge: maxAgeSeconds,
			})
			request.server.trail.cameIn(principal, request)
			return { role: principal.role }
		},
	)

	app.delete('/api/v1/session', async (request, reply) => {
		const account = request.cookies[accountCookieName(request)]
		const signedIn = account ? identity.findSession(account) : null
		const elsewhere = signedIn && accounts.isBySso(signedIn) ? await signOutElsewhere(sso, signedIn) : null
		if (signedIn) accounts.signOut(signedIn)
		for (const name of [accountCookieName(request), cookieName(request)]) {
			const value = request.cookies[name]
			if (value) identity.endSession(value)
			reply.clearCookie(name, { path: '/', secure: secure || request.protocol === 'https' })
		}
		return elsewhere === null ? { ok: true } : { ok: true, elsewhere }
	})

	app.post(
		'/api/v1/tokens',
		{
			schema: {
				body: Type.Object(
					{
						role: oneOf([...houseRoles, ...counterRoles]),
						hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 * 3_660 })),
					},
					{ additionalProperties: false },
				),
			},
		},
		async (request) => {
			const { role, hours } = request.body
			const token = await identity.issue({ role, ...(hours === undefined ? {} : { seconds: hours * hour }) })
			request.noted = await jtiOf(identity, token)
			return { token }
		},
	)

	app.post(
		'/api/v1/tokens/revoke',
		{
			schema: {
				body: Type.Union([
					Type.Object({ jti: Type.String({ format: 'uuid' }) }, { additionalProperties: false }),
					Type.Object({ token }, { additionalProperties: false }),
				]),
			},
		},
		async (request) => {
			const { body } = request
			const jti = 'jti' in body ? body.jti : await jtiOf(identity, body.token)
			if (jti === principalOf(request).jti && isHouseRole(principalOf(request).role)) {
				throw new Refusal('not-allowed', 'this would revoke the very token that asks')
			}
			identity.revoke(jti)
			request.noted = jti
			return { jti }
		},
	)
}

/** A fault of the token in the body is not one of the token that asks: no 401, which would send the asker away. */
async function jtiOf(identity: Identity, token: string): Promise<string> {
	try {
		return (await identity.verify(token)).jti
	} catch (error) {
		if (!(error instanceof Refusal)) throw error
		if (error.code === 'forged') throw new Refusal('bad-message', 'the token to revoke was not made here')
		throw new Refusal('already-so', `the token to revoke opens nothing any more: ${error.code}`)
	}
}
