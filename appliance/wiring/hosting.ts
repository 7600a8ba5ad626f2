import { join } from 'node:path'
import { localAddresses, publicOrigin } from '../config-ports.ts'
import type { HubOptions } from '../hub/hub.ts'
import type { Broadcasting } from '../hub/on-air.ts'
import type { SfuOptions } from '../media/sfu.ts'
import { SegmentFiles } from '../relay/segment-files.ts'
import type { House } from './house.ts'

/** What a hub of this house is made of: its media, its programme, its recordings. */

/** Of the disk, left to everything but recordings: the journal needs it more. */
const recordingReserveBytes = 1024 ** 3
/** The same where segments are files: in memory, where others keep their locks and sockets. */
const segmentReserveBytes = 64 * 1024 ** 2

export function sfuOptions({ config, log }: House): SfuOptions {
	const { media, feeds } = config.listen
	const announce = media.announce.flatMap((address) =>
		address === 'auto' ? [...localAddresses(), '127.0.0.1'] : [address],
	)
	return { workers: 0, listen: { ...media, announce }, feeds, log: log.child({ module: 'sfu' }) }
}

/** Null: segments are files nowhere. */
export function openSegmentFiles({ config, log }: House): SegmentFiles | null {
	const { segmentsDir: dir } = config.relay
	if (dir === undefined) return null
	return new SegmentFiles({ dir, reserveBytes: segmentReserveBytes, log: log.child({ module: 'relay' }) })
}

export type Hosting = HubOptions & { broadcasting: Broadcasting }
type Parts = Required<
	Pick<HubOptions, 'sfu' | 'identity' | 'documents'> & Pick<Broadcasting, 'launch' | 'segmentFiles'>
>

export function hostingOf(
	{ config, dataDir, db, now, log, loopback, hubUrl }: House,
	{ sfu, identity, documents, launch, segmentFiles }: Parts,
): Hosting {
	const { relay, room, stage, turn = null } = config
	return {
		...{ db, sfu, turn, identity, documents, now },
		log: log.child({ module: 'hub' }),
		linkBase: () => publicOrigin(config),
		audience: relay.audience,
		broadcasting: {
			...{ launch, standBy: stage.standBy, url: `${loopback}/programme`, hubUrl, segmentFiles },
			...{ language: room.language, mark: room.name },
			dir: join(dataDir, 'recordings'),
			reserveBytes: recordingReserveBytes,
			keepDays: relay.recordings.keepDays,
		},
	}
}

/** For a meeting that nobody hears of: with this database, in this folder, and nothing of it is kept. */
export function hostingApart(hosting: Hosting, db: HubOptions['db'], dir: string): Hosting {
	const broadcasting = { ...hosting.broadcasting, standBy: false, dir, keepDays: null, segmentFiles: null }
	return { ...hosting, db, broadcasting }
}
