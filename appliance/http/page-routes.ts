import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { isLoopback } from '../media/listen.ts'
import { hostOf } from '../protocol/host.ts'
import { policyJson, policyReg } from './browser-policy.ts'
import { embedScript, type Pages, pageNames, type StoredFile, stored } from './pages.ts'
import { framedBy } from './policy.ts'
import type { Portal } from './portal.ts'
import { problem } from './problems.ts'
import { homePage, pageStyle, trustPage } from './trust.ts'

const year = 'public, max-age=31536000, immutable'

interface PageOptions {
	pages: Pages
	/** Null: browsers know who signed our certificate. */
	ca: { pem: string; fingerprint: string } | null
	/** Origins of our own pages. */
	origins: () => readonly string[]
	/** Sites whose pages may show the watch page in a frame. */
	embed: readonly string[]
	portal: Portal
}

/** The pages, their files, and how to trust this machine. */
export const pageRoutes: FastifyPluginAsync<PageOptions> = async (app, { pages, ca, origins, embed, portal }) => {
	const send = (request: FastifyRequest, reply: FastifyReply, file: StoredFile | null, caching: string) => {
		if (!file) return problem(reply, 404, 'bad-message', 'there is no such file')
		reply.header('cache-control', caching).header('etag', file.etag).header('vary', 'accept-encoding').type(file.type)
		if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
		const accepted = request.headers['accept-encoding'] ?? ''
		if (file.brotli && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(file.brotli)
		if (file.gzip && /\bgzip\b/.test(accepted)) return reply.header('content-encoding', 'gzip').send(file.gzip)
		return reply.send(file.plain)
	}

	for (const name of pageNames) {
		if (name === 'watch' || name === 'attend') continue
		app.get(`/${name}`, async (request, reply) => send(request, reply, pages.page(name), 'no-cache'))
	}
	// A kiosk shows the session within its own page, which takes it away as a whole when it is over.
	app.get('/attend', { helmet: framedBy(["'self'"]) }, async (request, reply) =>
		send(request, reply, pages.page('attend'), 'no-cache'),
	)
	app.get('/watch', { helmet: framedBy(embed) }, async (request, reply) => {
		const caching = (await portal.greet(request, reply)) ? 'private, no-store' : 'no-cache'
		return send(request, reply, pages.page('watch'), caching)
	})
	app.get(`/${embedScript}`, async (request, reply) => {
		reply.header('cross-origin-resource-policy', 'cross-origin') // it is for pages of other sites
		return send(request, reply, pages.page(embedScript), 'no-cache')
	})
	const style = stored(Buffer.from(pageStyle), '.css')
	app.get('/assets/*', async (request, reply) => {
		const name = (request.params as { '*': string })['*']
		return name === 'plain.css'
			? send(request, reply, style, 'no-cache')
			: send(request, reply, pages.asset(name), year)
	})

	const home = stored(Buffer.from(homePage()), '.html')
	const trust = stored(Buffer.from(trustPage(ca?.fingerprint ?? null)), '.html')
	app.get('/', async (request, reply) => send(request, reply, home, 'no-cache'))
	app.get('/trust', async (request, reply) => send(request, reply, trust, 'no-cache'))
	if (ca) {
		app.get('/trust/ca.crt', async (_request, reply) =>
			give(reply, 'maru-ca.crt', 'application/x-x509-ca-cert', ca.pem),
		)
	}
	const wish = () => ({
		origins: origins().filter((origin) => origin.startsWith('https:') && !isLoopback(hostOf(origin))),
		ca: ca?.pem ?? null,
	})
	app.get('/trust/policy.json', async (_request, reply) =>
		give(reply, 'maru.json', 'application/json', policyJson(wish())),
	)
	app.get('/trust/policy.reg', async (_request, reply) =>
		give(reply, 'maru.reg', 'text/plain; charset=utf-8', policyReg(wish())),
	)
}

const give = (reply: FastifyReply, name: string, type: string, content: string) =>
	reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(content)
