import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { cleaned } from '../minutes/clean.ts'
import { csv } from '../minutes/csv.ts'
import { Id, oneOf } from '../protocol/text.ts'
import type { HubPart, Parts } from './parts.ts'
import { userOf } from './portal.ts'

/** Who watched the relay of a meeting, and for how long. Names are of people who only watched: for those who run it, and audit. */
export const viewerRoutes: FastifyPluginAsyncTypebox<Pick<Parts, 'hub' | 'writing'>> = async (
	app,
	{ hub, writing },
) => {
	const path = '/api/v1/meetings/:id/relay/viewers'
	const params = Type.Object({ id: Id })

	app.get(path, { schema: { params } }, async ({ params: { id } }, reply) => {
		reply.header('cache-control', 'private, no-store')
		return { viewers: viewersOf(hub, id) }
	})

	const querystring = Type.Object({ language: Type.Optional(oneOf(['ko', 'en'])) }, { additionalProperties: false })
	app.get(`${path}.csv`, { schema: { params, querystring } }, async ({ params: { id }, query }, reply) => {
		reply.type('text/csv; charset=utf-8').header('cache-control', 'private, no-store')
		reply.header('content-disposition', `attachment; filename="viewers-${id}.csv"`)
		return viewersCsv(viewersOf(hub, id), query.language ?? writing.language)
	})
}

interface ViewerRow {
	/** Null: shared link, or erased since. */
	name: string | null
	/** As the portal has it, or the id of a personal link; null: a shared link, whose viewers are told apart by address alone. */
	id: string | null
	firstAt: number
	lastAt: number
	watchedS: number
	ways: readonly ('webrtc' | 'http')[]
}

function viewersOf(hub: Pick<HubPart, 'viewers'>, meeting: string): ViewerRow[] {
	return hub.viewers(meeting).map(({ person, name, firstAt, lastAt, watchedMs, ways }) => {
		const id = person === null ? null : (userOf(person) ?? person)
		return { name, id, firstAt, lastAt, watchedS: Math.round(watchedMs / 1_000), ways }
	})
}

const words = {
	ko: {
		head: ['이름', '아이디', '처음 본 시각', '마지막으로 본 시각', '본 시간(초)', '방식'],
		shared: '(공유 링크)',
		erased: '(삭제된 사람)',
	},
	en: {
		head: ['Name', 'Id', 'First seen', 'Last seen', 'Seconds watched', 'Way'],
		shared: '(shared link)',
		erased: '(erased)',
	},
}
const wayNames = { webrtc: 'WebRTC', http: 'HTTP' }

function viewersCsv(rows: readonly ViewerRow[], language: 'ko' | 'en'): string {
	const { head, shared, erased } = words[language]
	const clock = (at: number) => new Date(at).toISOString()
	const cells = cleaned(rows).map(({ name, id, firstAt, lastAt, watchedS, ways }) => [
		name ?? (id === null ? shared : erased),
		id ?? '',
		...[clock(firstAt), clock(lastAt), String(watchedS)],
		ways.map((way) => wayNames[way]).join(' '),
	])
	return csv([head, ...cells])
}
