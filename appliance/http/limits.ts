import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type ErrorCode, Refusal } from '../protocol/errors.ts'

/** How much one address may ask of us. It comes before everything else, so that refusals count as well. */

/** Eighty people behind one address open their pages in the same minute. */
const requests = { max: 6_000, timeWindow: 60_000 }
/**
 * Tokens that opened nothing; who shows more is told to stop asking. Signatures are not guessed, and a good token is taken
 * all the same: a machine that repeats a dead one may share its address with the whole office.
 */
const failures = { max: 120, timeWindow: 60_000 }

/** Each who comes back from the city's sign-in has us ask there. */
const returns = { max: 240, timeWindow: 60_000 }

export interface Limits {
	/** Of those who come back from the city's sign-in. Rejects with a Refusal: 'too-many'. */
	countReturn(request: FastifyRequest): Promise<void>
	/** Tries a token. One that is refused counts against the address that showed it. */
	trial<T>(request: FastifyRequest, verify: () => Promise<T>): Promise<T>
}

/** `isKnown`: the request shows a token that was tried before and found good, or a session. `refused` hears of the others. */
export async function useLimits(
	app: FastifyInstance,
	isKnown: (request: FastifyRequest) => boolean,
	refused: (request: FastifyRequest, code: ErrorCode) => void,
): Promise<Limits> {
	await app.register(rateLimit, { global: false })
	const countRequest = app.createRateLimit(requests)
	const countFailure = app.createRateLimit(failures)
	const countReturn = app.createRateLimit(returns)

	app.addHook('onRequest', async (request, reply) => {
		// Viewers of a whole building ask for playlists each second, by one address.
		const { counted } = request.routeOptions.config
		if (counted === 'nobody' || (counted === 'strangers' && isKnown(request))) return
		const count = await countRequest(request)
		if (count.isAllowed || !count.isExceeded) return
		reply.header('retry-after', count.ttlInSeconds)
		throw new Refusal('too-many', 'too many requests from this address')
	})

	return {
		async countReturn(request) {
			const count = await countReturn(request)
			if (count.isAllowed || !count.isExceeded) return
			throw new Refusal('too-many', 'too many come back from the sign-in of the city by this address')
		},
		async trial(request, verify) {
			try {
				return await verify()
			} catch (error) {
				if (error instanceof Refusal) refused(request, error.code)
				const count = await countFailure(request)
				if (count.isAllowed || !count.isExceeded) throw error
				throw new Refusal('too-many', 'too many tokens from this address that open nothing')
			}
		},
	}
}
