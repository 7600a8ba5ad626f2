import type { FastifyPluginAsync } from 'fastify'
import { captionCommands } from '../protocol/captions.ts'
import { meetingCommands } from '../protocol/meeting-commands.ts'
import { roomCommands, settingsCommands } from '../protocol/room-commands.ts'

type Table = (typeof roomCommands & typeof settingsCommands) | typeof meetingCommands | typeof captionCommands

/** What machines may ask, described by the tables themselves. */
export const describeRoutes: FastifyPluginAsync = async (app) => {
	const sockets = asyncApi()
	app.get('/api/v1/openapi.json', async () => app.swagger())
	app.get('/api/v1/asyncapi.json', async () => sockets)
}

function asyncApi() {
	return {
		asyncapi: '3.0.0',
		info: { title: 'Maru', version: '1' },
		channels: {
			panel: channel('/ws/panel', { ...roomCommands, ...settingsCommands }),
			meeting: channel('/ws/meeting', meetingCommands),
			captions: channel('/ws/captions', captionCommands),
		},
		operations: {
			panel: { action: 'receive', channel: { $ref: '#/channels/panel' } },
			meeting: { action: 'receive', channel: { $ref: '#/channels/meeting' } },
			captions: { action: 'receive', channel: { $ref: '#/channels/captions' } },
		},
	}
}

function channel(address: string, table: Table) {
	const messages = Object.entries(table).map(([type, { roles, body }]) => {
		const payload = {
			type: 'object',
			required: ['type', 'id', 'command'],
			properties: {
				type: { const: 'command' },
				id: { type: 'integer' },
				command: {
					...body,
					required: ['type', ...(body.required ?? [])],
					properties: { type: { const: type }, ...body.properties },
				},
			},
		}
		return [type, { name: type, payload, 'x-roles': roles }]
	})
	return { address, messages: Object.fromEntries(messages) }
}
