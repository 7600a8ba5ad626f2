import type { AgendaItem, DocumentView, Readiness } from './floor.ts'

/** Whether what somebody is to present next can be shown; 'unknown' for those who present nothing. */
export function slidesOf(
	id: string,
	agenda: readonly (Pick<AgendaItem, 'presenters' | 'documents'> & { status: string })[],
	documents: readonly Pick<DocumentView, 'id' | 'state'>[],
): Readiness {
	const item = agenda.find(({ status, presenters }) => {
		return (status === 'pending' || status === 'current') && presenters.includes(id)
	})
	if (!item) return 'unknown'
	const given = documents.filter((one) => item.documents.includes(one.id))
	if (given.length === 0) return 'none'
	if (given.some(({ state }) => state === 'failed' || state === 'download')) return 'bad'
	return given.every(({ state }) => state === 'ready') ? 'ok' : 'weak'
}
