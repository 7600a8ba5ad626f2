import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { AuditQuery } from '../identity/audit.ts'
import type { Identity } from '../identity/identity.ts'
import { csv } from '../minutes/csv.ts'
import { type AuditEntry, auditKinds } from '../protocol/audit.ts'
import { Refusal } from '../protocol/errors.ts'
import { oneOf } from '../protocol/text.ts'

/** The audit, for the role of that name. That it was read is an entry of it (trail.ts). */

const mostAtOnce = 1_000
const usualAtOnce = 200

const Count = Type.String({ pattern: '^\\d{1,15}$' })
/** Milliseconds since 1970, or a date and time as ISO 8601 writes it. */
const Moment = Type.String({ minLength: 1, maxLength: 40 })
const Span = { from: Type.Optional(Moment), to: Type.Optional(Moment), kind: Type.Optional(oneOf(auditKinds)) }
const columns = ['seq', 'at', 'kind', 'role', 'jti', 'person', 'place', 'action', 'hash'] as const

export const auditRoutes: FastifyPluginAsyncTypebox<{ identity: Pick<Identity, 'trail'> }> = async (
	app,
	{ identity: { trail } },
) => {
	app.addHook('onRequest', async (_request, reply) => {
		reply.header('cache-control', 'private, no-store')
	})

	const paged = { after: Type.Optional(Count), before: Type.Optional(Count), limit: Type.Optional(Count) }
	const querystring = Type.Object({ ...Span, ...paged }, { additionalProperties: false })
	app.get('/api/v1/audit', { schema: { querystring } }, async ({ query }) => {
		const limit = Math.min(Math.max(numberIn(query.limit) ?? usualAtOnce, 1), mostAtOnce)
		return trail.page({ ...spanIn(query), after: numberIn(query.after), before: numberIn(query.before), limit })
	})

	app.get('/api/v1/audit/chain', { schema: { querystring: Type.Object({}, { additionalProperties: false }) } }, () =>
		trail.verify(),
	)

	const spanOnly = Type.Object(Span, { additionalProperties: false })
	app.get('/api/v1/audit.csv', { schema: { querystring: spanOnly } }, async ({ query }, reply) => {
		reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="audit.csv"')
		return Readable.from(linesOf(spanIn(query)))
	})

	/** All of it, however much: a thousand at a time. */
	function* linesOf(span: Omit<AuditQuery, 'limit'>): Generator<string> {
		yield csv([columns])
		for (let after: number | null = 0; after !== null; ) {
			const { entries, next } = trail.page({ ...span, after, limit: mostAtOnce })
			if (entries.length > 0) yield csv(entries.map(rowOf)).slice(1)
			after = next
		}
	}
}

function rowOf(entry: AuditEntry): string[] {
	return columns.map((column) => (column === 'at' ? new Date(entry.at).toISOString() : String(entry[column] ?? '')))
}

const numberIn = (text: string | undefined) => (text === undefined ? undefined : Number(text))

function spanIn({ from, to, kind }: { from?: string; to?: string; kind?: AuditEntry['kind'] }) {
	return { from: momentIn(from), to: momentIn(to), kind }
}

function momentIn(text: string | undefined): number | undefined {
	if (text === undefined) return undefined
	const at = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)
	if (!Number.isFinite(at)) throw new Refusal('bad-message', `${text} is no moment: 2026-11-30T09:00:00+09:00`)
	return at
}
