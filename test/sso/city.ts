import 'reflect-metadata' // before @peculiar/x509, which needs it
import { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as x509 from '@peculiar/x509'
import { exportJWK, generateKeyPair } from 'jose'
import { type Context, Provider } from 'oidc-provider'
import type { SsoPart } from '../../appliance/http/sso.ts'
import { callbackPath, openProvider, type ProviderOptions } from '../../appliance/identity/sso-provider.ts'

/** The city's sign-in: a real, certified provider of OpenID Connect on loopback, by TLS of an authority of its own. */

export const clientSecret = 'a secret of the city'

export interface City {
	readonly issuer: string
	/** Of its certificate. */
	readonly ca: string
	/** What it signs with. */
	readonly key: CryptoKey
	/** By how they are called: what it says of them. */
	readonly people: Map<string, object>
	/** Paths that were asked for. */
	readonly asked: string[]
	/** What becomes of an ID token on its way. */
	tamper: ((token: string) => Promise<string | undefined> | string | undefined) | null
	/** It lets people into this one from now on. */
	serve(origin: string): void
	/** What our server takes. `origin`: where people come back to. */
	part(origin: () => string, more?: Partial<ProviderOptions>): SsoPart
	die(): Promise<void>
	revive(): Promise<void>
	close(): Promise<void>
}

export async function openCity(): Promise<City> {
	const certificate = await makeCertificate()
	const { privateKey } = await generateKeyPair('ES256', { extractable: true })
	const jwk = { ...(await exportJWK(privateKey)), kid: 'city', use: 'sig', alg: 'ES256' }
	let provider: Provider | null = null
	let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}

	const server = createServer(certificate, (request, response) => {
		const path = new URL(request.url ?? '/', city.issuer).pathname
		city.asked.push(path)
		if (path.startsWith('/interaction/') && provider) return void interact(provider, request, response)
		answer(request, response)
	})
	const listen = async (port: number) => {
		server.listen(port, '127.0.0.1')
		await once(server, 'listening')
	}
	await listen(0)
	const { port } = server.address() as AddressInfo

	const city: City = {
		issuer: `https://localhost:${port}`,
		ca: certificate.cert,
		key: privateKey,
		people: new Map(),
		asked: [],
		tamper: null,
		serve(origin) {
			provider = new Provider(city.issuer, configuration(city, jwk, origin))
			provider.use(async (context, next) => {
				await next()
				const { body } = context
				if (context.path !== '/token' || !city.tamper || !hasIdToken(body)) return
				const changed = await city.tamper(body.id_token)
				context.body = { ...body, id_token: changed }
			})
			answer = provider.callback()
		},
		part(origin, more) {
			const settings = {
				...{ issuer: city.issuer, clientId: 'maru', clientSecret, ca: city.ca, now: Date.now },
				...{ scopes: ['profile', 'groups'], claim: 'groups', nameClaim: 'name' },
				roles: [
					{ role: 'admin' as const, values: ['maru-admins'] },
					{ role: 'facilities' as const, values: ['maru-facilities', 'building'] },
					{ role: 'audit' as const, values: ['inspectors'] },
					{ role: 'official' as const, values: ['counter'] },
				],
				...more,
			}
			return {
				provider: openProvider(
					Object.defineProperty(settings, 'origin', { get: origin }) as typeof settings & { origin: string },
				),
				button: { ko: '시청 통합 로그인', en: 'City sign-in' },
				get origin() {
					return origin()
				},
				idTokens: new Map(),
			}
		},
		async die() {
			const closed = once(server, 'close')
			server.close()
			server.closeAllConnections()
			await closed
		},
		revive: () => listen(port),
		async close() {
			if (server.listening) await city.die()
		},
	}
	return city
}

/** Signed by itself. */
async function makeCertificate() {
	x509.cryptoProvider.set(webcrypto as Crypto)
	const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
	const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
	const names = [
		{ type: 'dns' as const, value: 'localhost' },
		{ type: 'ip' as const, value: '127.0.0.1' },
	]
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		...{ serialNumber: '01', name: 'CN=localhost', keys: keys as CryptoKeyPair, signingAlgorithm: algorithm },
		...{ notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) },
		extensions: [new x509.SubjectAlternativeNameExtension(names), new x509.BasicConstraintsExtension(true)],
	})
	const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
	return { key, cert: certificate.toString('pem') }
}

const hasIdToken = (body: unknown): body is { id_token: string } =>
	typeof body === 'object' && body !== null && 'id_token' in body

function configuration(city: City, jwk: object, origin: string) {
	return {
		clients: [
			{
				...{ client_id: 'maru', client_secret: clientSecret, id_token_signed_response_alg: 'ES256' },
				...{ redirect_uris: [`${origin}${callbackPath}`], post_logout_redirect_uris: [`${origin}/sign-in`] },
			},
		],
		jwks: { keys: [jwk] },
		cookies: { keys: ['of a test'] },
		scopes: ['openid', 'profile', 'groups'],
		claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
		findAccount: (_: Context, accountId: string) => {
			const said = city.people.get(accountId)
			return said && { accountId, claims: () => ({ sub: accountId, ...said }) }
		},
		// People of the house are not asked whether the house may know them.
		async loadExistingGrant({ oidc }: Context) {
			const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
			grant.addOIDCScope('openid profile groups')
			await grant.save()
			return grant
		},
		interactions: { url: (_: Context, { uid }: { uid: string }) => `/interaction/${uid}` },
		features: {
			devInteractions: { enabled: false },
			rpInitiatedLogout: {
				logoutSource(context: Context, form: string) {
					context.body = `<!doctype html><title>로그아웃</title>${form}
						<button form="op.logoutForm" name="logout" value="yes" autofocus>로그아웃</button>`
				},
			},
		},
		ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
		renderError(context: Context, { error }: { error: string }) {
			context.body = `error ${error}`
		},
	}
}

/** Its own page: whoever one says that one is, one is. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse) {
	if (request.method === 'GET') {
		response.setHeader('content-type', 'text/html; charset=utf-8')
		return response.end(
			'<!doctype html><html lang="ko"><title>시청 통합 로그인</title><body><h1>시청 통합 로그인</h1>' +
				'<form method="post"><input name="login" aria-label="사번" autofocus><button>확인</button></form></body></html>',
		)
	}
	const login = new URLSearchParams(await text(request)).get('login')
	const result = login ? { login: { accountId: login } } : { error: 'access_denied', error_description: 'gave up' }
	await provider.interactionFinished(request, response, result)
}
