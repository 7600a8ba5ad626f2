import type { SecureContextOptions } from 'node:tls'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { isKnown, useAccess } from './access.ts'
import { accountRoutes } from './accounts.ts'
import { auditRoutes } from './audit.ts'
import { useBodies } from './bodies.ts'
import { cameraRoutes } from './cameras.ts'
import { captionRoutes } from './captions.ts'
import { checkInRoutes } from './check-ins.ts'
import { counselRoutes } from './counsel.ts'
import { describeRoutes } from './describe.ts'
import { diagnosisRoutes } from './diagnosis.ts'
import { documentRoutes } from './documents.ts'
import { facilitiesRoutes } from './facilities.ts'
import { floorRoutes } from './floor.ts'
import { lessonRoutes } from './lessons.ts'
import { useLimits } from './limits.ts'
import { meetingSocket } from './meeting-socket.ts'
import { meetingRoutes } from './meetings.ts'
import { minutesRoutes } from './minutes.ts'
import { pageRoutes } from './page-routes.ts'
import type { Pages } from './pages.ts'
import { pairingRoutes } from './pairing.ts'
import { panelSocket } from './panel-socket.ts'
import type { Parts } from './parts.ts'
import { bareHeaders, policy } from './policy.ts'
import { createPortal, type PortalOptions, portalRoutes } from './portal.ts'
import { problem, useProblems } from './problems.ts'
import { recordingRoutes } from './recordings.ts'
import { rehearsalRoutes } from './rehearsals.ts'
import { relayRoutes } from './relay.ts'
import { roomRoutes } from './room.ts'
import { useSegments } from './segments.ts'
import { sessionRoutes } from './session.ts'
import { ssoRoutes } from './sso.ts'
import { useTrail } from './trail.ts'
import { buildLazily } from './validators.ts'
import { viewerRoutes } from './viewers.ts'

export interface ServerOptions extends Parts {
	/** Null: plain HTTP, for loopback. */
	tls: { key: string; cert: string } | null
	/** Whether a proxy at this address is believed whom it speaks for. */
	isProxy: (address: string) => boolean
	/** Sites whose pages may show the watch page in a frame. */
	embed: readonly string[]
	/** Null: nobody says for others who they are. */
	portal: PortalOptions | null
	pages: Pages
	log: Logger
}

const bodyLimit = 64 * 1024
/** A socket's largest message: the media parameters of a join are about 20 kB. */
const messageLimit = 256 * 1024

const headersTimeout = 30_000

/** How long a client has to answer the closing of its socket. */
const closingMs = 500

/** Nobody shows a certificate to us: the hundred authorities that Node would read for that stay unread. */
export const secureContext = ({ key, cert }: NonNullable<ServerOptions['tls']>) => {
	return { key, cert, ca: [], minVersion: 'TLSv1.2' } satisfies SecureContextOptions
}

/** One listener's server, ready to listen. Called once for loopback and once for everyone else. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
	const { tls, isProxy, embed, portal, pages, log, ...parts } = options
	const app = Fastify({
		// A narrower type than the default's; the routes don't care which of the two servers carries them.
		...((tls ? { https: { ...secureContext(tls), headersTimeout } } : { http: { headersTimeout } }) as object),
		loggerInstance: log as FastifyBaseLogger,
		trustProxy: isProxy,
		// A line a request would drown what matters, and addresses of links are nobody's business.
		logController: new LogController({ disableRequestLogging: true }),
		bodyLimit,
		// The default is to wait for ever. A document of 100 MiB takes a quarter of an hour at 1 Mbit/s; bodies.ts waits
		// less for all else.
		requestTimeout: 15 * 60_000,
		// Addresses that cannot be read don't reach the error handler.
		frameworkErrors: (error, _request, reply) =>
			void problem(reply.headers(bareHeaders), 400, 'bad-message', error.message),
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		// Fastify's default drops unknown fields and says nothing.
		ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
		schemaController: { compilersFactory: { buildValidator: buildLazily } },
	})
	useProblems(app)
	useSegments(app, parts.hub)
	useBodies(app)
	await app.register(cookie)
	useTrail(app, parts.identity)
	const limits = await useLimits(
		app,
		(request) => isKnown(request, parts.identity),
		(request, code) => app.trail.refused(request, code),
	)
	await app.register(helmet, {
		hsts: false, // our certificate may not be installed yet, and then nobody could get past the warning
		contentSecurityPolicy: policy(["'none'"]),
	})
	await app.register(swagger, {
		openapi: {
			info: { title: 'Maru', version: parts.build },
			components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
			security: [{ bearer: [] }],
		},
	})
	await app.register(websocket, { options: { maxPayload: messageLimit } })
	// A page that hangs never answers the closing; the end of the service does not wait for it.
	app.addHook('preClose', async () => {
		setTimeout(() => {
			for (const client of app.websocketServer.clients) client.terminate()
		}, closingMs).unref()
	})
	useAccess(app, { ...parts, limits })
	await app.register(describeRoutes)
	const known = createPortal({ identity: parts.identity, options: portal, log })
	await app.register(pageRoutes, { pages, ca: parts.ca, origins: parts.origins, embed, portal: known })
	await app.register(portalRoutes, { ...parts, portal: known })
	await app.register(sessionRoutes, { ...parts, limits, secure: tls !== null })
	await app.register(accountRoutes, { ...parts, secure: tls !== null })
	await app.register(ssoRoutes, { ...parts, limits, secure: tls !== null })
	await app.register(roomRoutes, parts)
	await app.register(cameraRoutes, parts)
	await app.register(facilitiesRoutes, parts)
	await app.register(diagnosisRoutes, parts)
	await app.register(meetingRoutes, parts)
	await app.register(rehearsalRoutes, parts)
	await app.register(floorRoutes, parts)
	await app.register(lessonRoutes, parts)
	await app.register(checkInRoutes, { ...parts, limits })
	await app.register(minutesRoutes, parts)
	await app.register(captionRoutes, parts)
	await app.register(documentRoutes, parts)
	await app.register(relayRoutes, parts)
	await app.register(recordingRoutes, parts)
	await app.register(viewerRoutes, parts)
	await app.register(counselRoutes, parts)
	await app.register(auditRoutes, parts)
	await app.register(pairingRoutes, parts)
	await app.register(panelSocket, parts)
	await app.register(meetingSocket, parts)
	return app
}
