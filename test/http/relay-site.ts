import { pino } from 'pino'
import type { MeetingFiles } from '../../appliance/relay/segment-files.ts'
import { Station } from '../../appliance/relay/station.ts'
import { until } from '../scene/wait.ts'
import { openSite, type Site } from './site.ts'

/** The real server behind a proxy on this machine, with a real station that is on air. */
export interface RelaySite {
	readonly site: Site
	readonly station: Station
	close(): Promise<void>
}

/** What tells of its RTP, in two sizes. */
interface Source {
	sdp: string
	ended: Promise<unknown>
	stop(): void
}

/** `files`: of the meeting 'm1'. Default: none. */
export async function openRelaySite(source: Source, files: MeetingFiles | null = null): Promise<RelaySite> {
	const site = await openSite({ proxies: ['127.0.0.1'] })
	let again: NodeJS.Timeout | undefined
	const station = new Station({
		...{ window: { dvrS: 900, maxBytes: 400 * 1024 * 1024 }, log: pino({ level: 'silent' }), now: Date.now },
		...{ since: null, files, onRead() {} },
		// As the hub does it: a machine that was busy for some seconds has starved what sends, and the run is over.
		onEnd: () => {
			again = setTimeout(() => station.begin(source.sdp, 2), 500)
		},
	})
	station.air(true)
	station.begin(source.sdp, 2)
	// As the hub does it.
	site.hub.relayFile = (id, name, ask) => {
		site.hub.get(id)
		return station.playlist(name, { chapters: [], ...ask }) as ReturnType<Site['hub']['relayFile']>
	}
	site.hub.relaySegment = (_, name) => station.segment(name) as ReturnType<Site['hub']['relaySegment']>
	await until('three segments', () => station.seconds >= 3)
	return {
		site,
		station,
		async close() {
			clearTimeout(again)
			station.end()
			source.stop()
			await source.ended
			await site.close()
		},
	}
}
