import { join } from 'node:path'
import { createHub } from '../hub/hub.ts'
import { machineOf } from '../ops/rehearse/machine.ts'
import { createOwnHubs, type OwnHubs } from '../ops/rehearse/own-hub.ts'
import { openRehearsal, type Rehearsal } from '../ops/rehearse/rehearsal.ts'
import { openReports } from '../ops/rehearse/reports.ts'
import { openWebhook } from '../ops/rehearse/webhook.ts'
import type { Room } from '../room/room.ts'
import type { Setups } from '../room/setup.ts'
import type { ShownCertificate } from './certificate.ts'
import { type Hosting, hostingApart } from './hosting.ts'
import type { House } from './house.ts'

interface Around {
	hosting: Hosting
	room: Room
	cameras: Setups
	certificate: ShownCertificate
}

/** The morning check of this room, in a meeting of its own that a hub of its own has. */
export function openHouseRehearsal(
	{ config, dataDir, db, now, log, outside }: House,
	{ hosting, room, cameras, certificate }: Around,
): Rehearsal & Pick<OwnHubs, 'hubOf'> {
	const { rehearsal: settings, speakerphone, audio, stage } = config
	const { language, name } = config.room
	const rehearsing = log.child({ module: 'rehearsal' })
	const dir = join(dataDir, 'rehearsal')
	const own = createOwnHubs((memory) => createHub(hostingApart(hosting, memory, dir)), dir)
	const rehearsal = openRehearsal({
		...{ config: settings, room, openMeeting: own.openMeeting, reports: openReports(db) },
		...{ now, log: rehearsing },
		has: {
			...{ relay: true, recording: settings.recording, speakerphone: speakerphone !== 'none' },
			sound: audio.input === 'none' ? 'none' : stage.devices,
			captures: () => cameras.cameras.flatMap(({ id, video }) => (video && 'usb' in video ? [id] : [])),
		},
		machine: machineOf({
			...{ dir: dataDir, certificate: () => certificate.current.cert, host: () => new URL(outside).hostname },
			...{ backupDays: settings.backupDays, now },
		}),
		webhook: settings.webhook ? openWebhook({ ...settings.webhook, room: name, language, now, log: rehearsing }) : null,
	})
	return { ...rehearsal, hubOf: own.hubOf }
}
