import { createHmac } from 'node:crypto'
import * as client from 'openid-client'
import type { SsoFaultCode } from '../protocol/accounts.ts'
import { type Mapping, type Named, nameOf, roleOf, valuesOf } from './sso-claims.ts'
import { openSsoFetch, ProviderAway } from './sso-fetch.ts'

/**
 * The city's sign-in by OpenID Connect: the authorization code flow with PKCE, state and nonce. openid-client, which is
 * certified, checks what comes back (issuer, audience, times, nonce, and of the answer its state and issuer); jose alone would
 * have saved two packages of one author and left those checks, and each new one, to us.
 *
 * What a sign-in is known by is made of one secret that the browser keeps in a cookie: nothing is remembered here, so nobody fills
 * our memory by beginning, and a restart in between costs nothing. That a code works once is the provider's to see to.
 */

export interface ProviderOptions extends Mapping {
	issuer: string
	clientId: string
	clientSecret: string
	/** Beside `openid`. */
	scopes: readonly string[]
	/** PEM of an authority that is believed besides those of browsers. */
	ca?: string | undefined
	/** Of our pages, as the provider knows it. */
	readonly origin: string
	now: () => number
}

export interface Provider {
	/** Where the browser goes that keeps this secret. Rejects with an SsoFault: 'sso-away'. */
	begin(secret: string): Promise<string>
	/** Who came back with this query. Rejects with an SsoFault. */
	finish(secret: string, query: string): Promise<{ named: Named; idToken: string }>
	/** Where the browser signs out of the provider too; null: it offers no such thing, or is away. */
	signOutAddress(idToken: string | null): Promise<string | null>
}

/** `message`: for the log. Without anything of the person, the code or a token. */
export class SsoFault extends Error {
	override readonly name = 'SsoFault'
	readonly code: SsoFaultCode

	constructor(code: SsoFaultCode, message: string) {
		super(message)
		this.code = code
	}
}

export const callbackPath = '/sign-in/sso/callback'

/** What the provider says of itself (and its keys) holds for so long; an older word is used where it is away. */
const knownMs = 3_600_000
/** One that was away is not asked at once by everybody who tries. */
const awayMs = 3_000
const timeoutSeconds = 8
/** Clocks of a city hall. */
const skewSeconds = 60

export function openProvider(options: ProviderOptions): Provider {
	const { issuer, clientId, clientSecret, claim, nameClaim, now } = options
	const fetch = openSsoFetch(options.ca ?? null)
	let known: { configuration: client.Configuration; at: number } | null = null
	let asking: Promise<client.Configuration> | null = null
	let away = { at: Number.NEGATIVE_INFINITY, reason: '' }

	async function discover(): Promise<client.Configuration> {
		const found = await client.discovery(new URL(issuer), clientId, undefined, undefined, {
			timeout: timeoutSeconds,
			[client.customFetch]: fetch as client.CustomFetch,
		})
		const { supportsPKCE: _, ...metadata } = found.serverMetadata()
		const ways = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
		const proof = ways.includes('client_secret_basic') ? client.ClientSecretBasic : client.ClientSecretPost
		const configuration = new client.Configuration(
			{ ...metadata, id_token_signing_alg_values_supported: signaturesOf(metadata) },
			clientId,
			{ [client.clockTolerance]: skewSeconds },
			proof(clientSecret),
		)
		configuration.timeout = timeoutSeconds
		configuration[client.customFetch] = fetch as client.CustomFetch
		// The signature as well, though the token comes straight from the provider by TLS.
		client.enableNonRepudiationChecks(configuration)
		known = { configuration, at: now() }
		return configuration
	}

	/** Rejects with an SsoFault: 'sso-away'. */
	async function provider(): Promise<client.Configuration> {
		if (known && now() - known.at < knownMs) return known.configuration
		if (now() - away.at < awayMs) {
			if (known) return known.configuration
			throw new SsoFault('sso-away', away.reason)
		}
		asking ??= discover().finally(() => {
			asking = null
		})
		try {
			return await asking
		} catch (error) {
			away = { at: now(), reason: reasonOf(error) }
			if (known) return known.configuration
			throw new SsoFault('sso-away', away.reason)
		}
	}

	return {
		async begin(secret) {
			const { state, nonce, verifier } = derived(secret)
			const address = client.buildAuthorizationUrl(await provider(), {
				redirect_uri: `${options.origin}${callbackPath}`,
				scope: [...new Set(['openid', ...options.scopes])].join(' '),
				code_challenge: await client.calculatePKCECodeChallenge(verifier),
				code_challenge_method: 'S256',
				...{ state, nonce },
			})
			return address.href
		},
		async finish(secret, query) {
			const { state, nonce, verifier } = derived(secret)
			const configuration = await provider()
			try {
				const tokens = await client.authorizationCodeGrant(
					configuration,
					new URL(`${options.origin}${callbackPath}?${query}`),
					{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
				)
				const said = tokens.claims()
				if (!said || !tokens.id_token) throw new Error('no ID token')
				const whole = { ...(await moreOf(configuration, tokens.access_token, said)), ...said }
				const named: Named = {
					...{ issuer: said.iss, subject: said.sub },
					...{ name: nameOf(whole, nameClaim, said.sub), role: roleOf(whole, options) },
				}
				return { named, idToken: tokens.id_token }
			} catch (error) {
				throw faultOf(error)
			}
		},
		async signOutAddress(idToken) {
			try {
				const configuration = await provider()
				if (!configuration.serverMetadata().end_session_endpoint) return null
				return client.buildEndSessionUrl(configuration, {
					post_logout_redirect_uri: `${options.origin}/sign-in`,
					...(idToken === null ? {} : { id_token_hint: idToken }),
				}).href
			} catch {
				return null
			}
		},
	}

	/** Many providers say groups and names where they are asked for them, and not in the token. */
	async function moreOf(configuration: client.Configuration, accessToken: string, said: client.IDToken) {
		const isWhole = valuesOf(said, claim) !== null && valuesOf(said, nameClaim) !== null
		if (isWhole || !configuration.serverMetadata().userinfo_endpoint) return {}
		return client.fetchUserInfo(configuration, accessToken, said.sub)
	}
}

/** Three words that tell nothing of each other, nor of the secret. */
function derived(secret: string) {
	const word = (what: string) => createHmac('sha256', secret).update(what).digest('base64url')
	return { state: word('state'), nonce: word('nonce'), verifier: word('verifier') }
}

/** No word of the provider's makes us take a token that is signed by nobody, or by the secret that clients share with it. */
function signaturesOf({
	id_token_signing_alg_values_supported: said = ['RS256'],
}: Partial<client.ServerMetadata>): string[] {
	return said.filter((algorithm) => /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/.test(algorithm))
}

function faultOf(error: unknown): SsoFault {
	if (error instanceof SsoFault) return error
	const denied = error instanceof client.AuthorizationResponseError && error.error === 'access_denied'
	return new SsoFault(denied ? 'sso-refused' : awayOf(error) ? 'sso-away' : 'sso-failed', reasonOf(error))
}

/** The library wraps what the way there has thrown. */
function awayOf(error: unknown): ProviderAway | null {
	if (error instanceof ProviderAway) return error
	return error instanceof Error && error.cause !== error && error.cause ? awayOf(error.cause) : null
}

/** Of the library's errors the code alone: their messages and causes quote what came. */
function reasonOf(error: unknown): string {
	const away = awayOf(error)
	if (away) return away.message
	const { code, name } = error as { code?: unknown; name?: unknown }
	const plain = typeof code === 'string' ? code : typeof name === 'string' ? name : 'unknown'
	const word = wordOf(error)
	return word !== null && /^\w{1,64}$/.test(word) ? `${plain} ${word}` : plain
}

/** 'invalid_client': the standard's own word, where the provider says one. */
function wordOf(error: unknown): string | null {
	if (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError)
		return error.error
	if (error instanceof client.WWWAuthenticateChallengeError) return error.cause[0]?.parameters.error ?? null
	return null
}
