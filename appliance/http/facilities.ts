import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { CameraSetup, PresetFile, SeatAim } from '../protocol/facilities.ts'
import { Id } from '../protocol/text.ts'
import type { Parts } from './parts.ts'
import { originOf } from './room.ts'

const byId = Type.Object({ id: Id })
/** A hundred views with a picture of some 100 kB each, in base64. */
const presetFileBytes = 24 * 1024 * 1024

/** What facilities staff do: cameras found, set up, tested; their views carried to another; seats aimed at. */
export const facilitiesRoutes: FastifyPluginAsyncTypebox<Parts> = async (app, { room }) => {
	app.get(
		'/api/v1/facilities/cameras',
		{ schema: { summary: 'The cameras of the room as they are set up, without passwords' } },
		async () => room.cameraSetups(),
	)
	app.put(
		'/api/v1/facilities/cameras/:id',
		{
			schema: {
				summary: 'Sets a camera up, or changes how it is set up; holds at once',
				params: byId,
				body: CameraSetup,
			},
		},
		async ({ params, body }) => room.setUpCamera(params.id, body),
	)
	app.delete(
		'/api/v1/facilities/cameras/:id',
		{ schema: { summary: 'Removes a camera that was set up here; its presets are kept for its return', params: byId } },
		async ({ params }) => {
			room.removeCamera(params.id)
			return { ok: true }
		},
	)
	app.post(
		'/api/v1/facilities/discover',
		{ schema: { summary: 'Searches networks and serial lines for cameras; takes some four seconds' } },
		async () => room.discover(),
	)
	app.put(
		'/api/v1/seats/:id',
		{ schema: { summary: 'Says by which camera and preset a seat is seen', params: byId, body: SeatAim } },
		async ({ params, body }) => {
			room.aimSeat({ id: params.id, ...body })
			return { ok: true }
		},
	)

	app.get(
		'/api/v1/cameras/:id/health',
		{ schema: { summary: 'How the connection to a camera is, and what was said last', params: byId } },
		async ({ params }) => room.cameraHealth(params.id),
	)
	app.post(
		'/api/v1/cameras/:id/test',
		{ schema: { summary: 'Moves a camera a little left and back, and tells what it saw', params: byId } },
		async (request) => room.testCamera(request.params.id, originOf(request)),
	)
	app.get(
		'/api/v1/cameras/:id/presets',
		{ schema: { summary: 'All views of a camera as a file', params: byId } },
		async ({ params }) => room.presetFile(params.id),
	)
	app.put(
		'/api/v1/cameras/:id/presets',
		{
			schema: {
				summary: 'These views and no others: all of them or, when one does not fit, none',
				params: byId,
				body: PresetFile,
			},
			bodyLimit: presetFileBytes,
		},
		async ({ params, body }) => {
			room.setPresets(params.id, body)
			return { ok: true }
		},
	)
}
