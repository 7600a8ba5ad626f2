import { join } from 'node:path'
import { printPdf } from '../browser/print.ts'
import { ownOrigins } from '../config-ports.ts'
import { addressList } from '../config-relay.ts'
import type { PortalOptions } from '../http/portal.ts'
import type { ServerOptions } from '../http/server.ts'
import type { SsoPart } from '../http/sso.ts'
import { openPin } from '../identity/pin.ts'
import { openProvider } from '../identity/sso-provider.ts'
import type { Writing } from '../minutes/blocks.ts'
import { machineFacts } from '../ops/machine.ts'
import { createMetrics } from '../ops/metrics.ts'
import type { ShownCertificate } from './certificate.ts'
import type { Condition } from './condition.ts'
import type { House } from './house.ts'

type Served = Omit<ServerOptions, 'tls'>
type Parts = Pick<
	Served,
	'hub' | 'room' | 'documents' | 'counsel' | 'identity' | 'accounts' | 'panels' | 'diagnosis' | 'pages'
>
interface Shown {
	certificate: ShownCertificate
	condition: Condition
}

/** What every server of this house is given. */
export function served(house: House, parts: Parts, { certificate, condition }: Shown): Served {
	const { config, dataDir, db, now, log, build, outside } = house
	return {
		...parts,
		sso: ssoOf(house),
		pin: openPin({ db, dir: join(dataDir, 'identity'), now }),
		build,
		ca: certificate.current.authority,
		origins: () => ownOrigins(config),
		machine: machineFacts({ dataDir, outside, startedAt: now() }),
		health: condition.health,
		metrics: createMetrics(condition.figures),
		printPdf: (page) => printPdf(page, log.child({ module: 'print' })),
		writing: writingOf(config.room.language),
		issuing: config.class.certificate,
		isProxy: addressList(config.listen.proxies),
		embed: config.relay.embed,
		portal: portalOf(house),
		log: log.child({ module: 'http' }),
	}
}

/** To ask for the clock reads all that is known of dates in the world, which the first page that is written waits for. */
function writingOf(language: Writing['language']): Writing {
	return {
		language,
		get timeZone() {
			return Intl.DateTimeFormat().resolvedOptions().timeZone
		},
	}
}

function ssoOf({ config, outside: origin, now }: House): SsoPart | null {
	if (!config.sso) return null
	const { button, ...settings } = config.sso
	return { provider: openProvider({ ...settings, origin, now }), button, origin, idTokens: new Map() }
}

/** Node has the names of headers in small letters. */
function portalOf({ config: { relay } }: House): PortalOptions | null {
	if (!relay.identity) return null
	const { header, name, from } = relay.identity
	return { header: header.toLowerCase(), name: name?.toLowerCase() ?? null, isPortal: addressList(from) }
}
