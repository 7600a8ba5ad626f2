import type { MeetingClient } from '../lib/meeting/client.svelte.ts'
import { type Counts, type Flow, flowsOf } from '../lib/meeting/flows.ts'
import { countInbound, type PageStats, pageStats } from '../lib/meeting/stats.ts'

/** Every stream of this page, with what came and went since `before`. */
export async function flowsOfPage({ call }: MeetingClient, before: Counts): Promise<ReturnType<typeof flowsOf>> {
	const reports = call ? await Promise.all([call.getSendStats(), call.getStats()]) : []
	return flowsOf(
		reports.flatMap((report) => (report ? [...report.values()] : [])),
		before,
		performance.now(),
	)
}

/** What this page sends and receives, as tests and the console of a browser ask for it. */
export async function statsOfPage(client: MeetingClient): Promise<PageStats & { sent: Flow[] }> {
	const { call } = client
	const report = call ? [...(await call.getStats()).values()] : []
	const sending = (['microphone', 'camera', 'screen'] as const).filter((use) => call?.sources(use).length)
	const page = pageStats(countInbound(report), client.incoming.values(), client.people, {
		sending,
		ice: client.ice,
	})
	const { flows } = await flowsOfPage(client, new Map())
	return { ...page, sent: flows.filter(({ way }) => way === 'sent') }
}
