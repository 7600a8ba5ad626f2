import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { browserKind } from '../identity/browser-kind.ts'
import { PairingApproval, PairingLook, PairingProof, PairingRequest, PanelId, PinBody } from '../protocol/pairing.ts'
import type { Parts } from './parts.ts'

/** Tablets that ask to be let in, those who let them, and the PIN before a panel's settings. No address carries digits. */
export const pairingRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { panels, pin, writing }) => {
	app.addHook('onRequest', async (_request, reply) => {
		reply.header('cache-control', 'no-store')
	})

	app.post(
		'/api/v1/pairing/codes',
		{ schema: { summary: 'A code for a screen to show, of the browser that has this key', body: PairingRequest } },
		async (request, reply) => {
			const from = { address: request.ip, browser: browserKind(request.headers['user-agent']) }
			const shown = panels.ask(request.body, from)
			reply.code(201)
			return { ...shown, language: writing.language }
		},
	)
	app.get(
		'/api/v1/pairing/codes/:id',
		{ schema: { summary: 'Whether a code was let in', params: PanelId } },
		async ({ params }) => panels.standing(params.id),
	)
	app.post(
		'/api/v1/pairing/codes/:id/token',
		{ schema: { summary: 'The token, for the browser that asked', params: PanelId, body: PairingProof } },
		async ({ params, body }) => ({ token: await panels.claim(params.id, body.proof) }),
	)
	app.post('/api/v1/pairing/look', { schema: { summary: 'Who shows this code', body: PairingLook } }, async (request) =>
		panels.look(request.body.code, request.ip),
	)

	app.get('/api/v1/panels', { schema: { summary: 'Panels and tablets that were let in' } }, async () => panels.list())
	app.put(
		'/api/v1/panels/:id',
		{ schema: { summary: 'Lets in who shows the code that was looked at', params: PanelId, body: PairingApproval } },
		async ({ params, body }) => {
			panels.approve(params.id, body)
			return { ok: true }
		},
	)
	app.delete(
		'/api/v1/panels/:id',
		{ schema: { summary: 'Shuts a panel out, at once', params: PanelId } },
		async ({ params }) => {
			panels.revoke(params.id)
			return { ok: true }
		},
	)
	app.post(
		'/api/v1/panels/:id/restore',
		{ schema: { summary: 'Takes that back, for ten minutes', params: PanelId } },
		async ({ params }) => {
			panels.restore(params.id)
			return { ok: true }
		},
	)

	app.get('/api/v1/settings/pin', { schema: { summary: 'Whether there is a PIN' } }, async () => pin.view())
	app.put('/api/v1/settings/pin', { schema: { summary: 'Sets the PIN', body: PinBody } }, async ({ body }) => {
		await pin.set(body.pin)
		return pin.view()
	})
	app.delete('/api/v1/settings/pin', { schema: { summary: 'Takes the PIN away' } }, async () => {
		pin.clear()
		return pin.view()
	})
}
