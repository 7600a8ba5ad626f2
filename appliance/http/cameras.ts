import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Refusal } from '../protocol/errors.ts'
import { Id, Line } from '../protocol/text.ts'
import { type Parts, principalOf } from './parts.ts'
import { dataOf } from './problems.ts'
import { originOf } from './room.ts'

const camera = Type.Object({ id: Id })
const preset = Type.Object({ id: Id, slot: Type.String({ pattern: '^\\d{1,2}$' }) })
const fraction = Type.Number({ minimum: -1, maximum: 1 })
const boundary = 'maru-frame'

/** Cameras over HTTP: for machines, and the pictures that pages show. */
export const cameraRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { room, identity }) => {
	const known = (id: string) => {
		const view = room.state().state.cameras.find((one) => one.id === id)
		if (!view) throw new Refusal('no-camera', `there is no camera ${id}`)
		return view
	}

	app.get('/api/v1/cameras', async () => room.state().state.cameras)

	app.post(
		'/api/v1/cameras/:id/move',
		{
			schema: {
				params: camera,
				body: Type.Object(
					{
						pan: fraction,
						tilt: fraction,
						zoom: fraction,
						/** Milliseconds until it stops without renewal. */
						forMs: Type.Optional(Type.Integer({ minimum: 50, maximum: 10_000 })),
					},
					{ additionalProperties: false },
				),
			},
		},
		async (request) => {
			const { pan, tilt, zoom, forMs = 400 } = request.body
			known(request.params.id)
			return dataOf(await room.moveFor(request.params.id, { pan, tilt, zoom }, forMs, originOf(request)))
		},
	)
	app.post('/api/v1/cameras/:id/stop', { schema: { params: camera } }, async (request) =>
		dataOf(await room.dispatch({ type: 'camera.stop', camera: request.params.id }, originOf(request))),
	)
	app.post('/api/v1/cameras/:id/home', { schema: { params: camera } }, async (request) =>
		dataOf(await room.dispatch({ type: 'camera.home', camera: request.params.id }, originOf(request))),
	)
	app.get('/api/v1/cameras/:id/position', { schema: { params: camera } }, async (request) => {
		const position = await room.position(request.params.id)
		if (!position) throw new Refusal('unsupported', 'this camera cannot tell where it looks')
		return position
	})

	app.put(
		'/api/v1/cameras/:id/presets/:slot',
		{ schema: { params: preset, body: Type.Object({ name: Line }, { additionalProperties: false }) } },
		async (request) => {
			const { id, slot } = request.params
			const command = { type: 'preset.save', camera: id, slot: Number(slot), name: request.body.name } as const
			return dataOf(await room.dispatch(command, originOf(request)))
		},
	)
	app.delete('/api/v1/cameras/:id/presets/:slot', { schema: { params: preset } }, async (request) => {
		const { id, slot } = request.params
		return dataOf(await room.dispatch({ type: 'preset.remove', camera: id, slot: Number(slot) }, originOf(request)))
	})
	app.post('/api/v1/cameras/:id/presets/:slot/recall', { schema: { params: preset } }, async (request) => {
		const { id, slot } = request.params
		return dataOf(await room.dispatch({ type: 'preset.recall', camera: id, slot: Number(slot) }, originOf(request)))
	})
	app.get('/api/v1/cameras/:id/presets/:slot/thumbnail.jpg', { schema: { params: preset } }, async (request, reply) => {
		const picture = room.thumbnail(request.params.id, Number(request.params.slot))
		if (!picture) throw new Refusal('no-preset', 'there is no picture of this preset')
		return reply.type('image/jpeg').header('cache-control', 'private, no-cache').send(picture)
	})

	app.get('/api/v1/cameras/:id/snapshot.jpg', { schema: { params: camera } }, async (request, reply) => {
		const picture = await room.snapshot(request.params.id)
		return reply.type('image/jpeg').header('cache-control', 'no-store').send(picture)
	})

	/** Pictures one after the other for as long as somebody looks; a slow reader gets fewer, never older ones. */
	app.get('/api/v1/cameras/:id/live.mjpeg', { schema: { params: camera } }, async (request, reply) => {
		const frames = room.live(request.params.id)[Symbol.asyncIterator]()
		reply.hijack()
		const { raw } = reply
		raw.writeHead(200, {
			...(reply.getHeaders() as OutgoingHttpHeaders),
			'content-type': `multipart/x-mixed-replace; boundary=${boundary}`,
			'cache-control': 'no-store',
		})
		raw.flushHeaders() // the first picture may take a while; that it was allowed is known now
		const { jti } = principalOf(request)
		const stopHearing = identity.onRevoked((revoked) => {
			if (revoked === jti) raw.destroy()
		})
		// One listener for all waits: a slow reader waits ten times a second.
		let goOn = () => {}
		raw.on('drain', () => goOn())
		raw.once('close', () => {
			goOn()
			stopHearing()
			void frames.return?.()
		})
		try {
			for (let next = await frames.next(); !next.done && !raw.destroyed; next = await frames.next()) {
				raw.write(`--${boundary}\r\ncontent-type: image/jpeg\r\ncontent-length: ${next.value.length}\r\n\r\n`)
				raw.write(next.value)
				if (raw.write('\r\n') || raw.destroyed) continue
				await new Promise<void>((resolve) => {
					goOn = resolve
				})
			}
		} catch (error) {
			request.log.debug({ err: error }, 'the live picture ended')
		}
		raw.end()
	})
}
