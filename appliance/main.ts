import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createReach } from '../drivers/reach.ts'
import { type LaunchOptions, launchBrowser } from './browser/launch.ts'
import { printPdf } from './browser/print.ts'
import type { Loaded } from './config.ts'
import { checkCamera } from './config-camera.ts'
import { type CounselConfig, departmentsOf } from './config-counsel.ts'
import { demoConfig, demoPresets, startDemoDevices } from './config-demo.ts'
import { networksOf } from './config-networks.ts'
import {
	certificateNames,
	localAddresses,
	loopbackOrigin,
	ownOrigins,
	placePorts,
	publicOrigin,
} from './config-ports.ts'
import { addressList } from './config-relay.ts'
import type { Config } from './config-schema.ts'
import type { SsoConfig } from './config-sso.ts'
import { createCounsel } from './counsel/counsel.ts'
import { smsBy } from './counsel/sms.ts'
import { startDevices } from './devices/client.ts'
import { openDocuments } from './documents/documents.ts'
import { Listeners } from './http/listeners.ts'
import { readPages } from './http/pages.ts'
import { createHub, type Hub } from './hub/hub.ts'
import { openVault } from './hub/vault.ts'
import { openAccounts } from './identity/accounts.ts'
import { type Certificates, openCertificates } from './identity/certificates.ts'
import { openIdentity } from './identity/identity.ts'
import { readOwnCertificate } from './identity/own-certificate.ts'
import { openPanels } from './identity/panels.ts'
import { openPin } from './identity/pin.ts'
import { keepRenewed } from './identity/renewal.ts'
import { readSecret, replaceSecret } from './identity/secret-file.ts'
import { openProvider } from './identity/sso-provider.ts'
import { openSfu } from './media/sfu.ts'
import { configurationDigest, keepChanges } from './ops/audit-entries.ts'
import { openDatabase } from './ops/database.ts'
import { createDiagnosis } from './ops/diagnosis.ts'
import { openLog, openLogRing, ringFolder } from './ops/logs/ring.ts'
import { machineFacts } from './ops/machine.ts'
import { createMetrics } from './ops/metrics.ts'
import { type Notify, openNotify } from './ops/notify.ts'
import { machineOf } from './ops/rehearse/machine.ts'
import { createOwnHubs } from './ops/rehearse/own-hub.ts'
import { openRehearsal } from './ops/rehearse/rehearsal.ts'
import { openReports } from './ops/rehearse/reports.ts'
import { openWebhook } from './ops/rehearse/webhook.ts'
import { runningVersion } from './ops/version.ts'
import { startWatchdog } from './ops/watchdog.ts'
import type { RoomState } from './protocol/room-state.ts'
import { SegmentFiles } from './relay/segment-files.ts'
import { openPresets } from './room/presets.ts'
import { createRoom } from './room/room.ts'
import { deviceOf, openSetups } from './room/setup.ts'
import { type Ends, endAll, endOnSignal } from './wiring/ends.ts'
import { createStartOrder } from './wiring/start-order.ts'

/**
 * The composition root: the only file that wires. It hands each part its piece, and ends all of it. What a piece is made of,
 * where that takes more than a line, is beside it in wiring/, which only this file uses.
 */

/** Whoever renews a certificate of the city's does so days before: this is soon enough. */
const ownCertificateMs = 3_600_000
/** What Node has made of the code is kept this long after the start, where it is not yet: that takes it 0.2 s. */
const cacheMs = 5_000
/** Of the disk, left to everything but recordings: the journal needs it more. */
const recordingReserveBytes = 1024 ** 3
/** The same where segments are files: in memory, where others keep their locks and sockets. */
const segmentReserveBytes = 64 * 1024 ** 2
const dist = join(import.meta.dirname, '../control-panel/dist')

/** Runs the appliance until a signal ends it; its data folder is there. Rejects with a ConfigError or an Error whose message says what to do. */
export async function main(loaded: Loaded): Promise<void> {
	const ends: Ends = []
	const notify = openNotify(process.env)
	const { ended, asked } = endOnSignal(ends, notify)
	try {
		// A signal may come while half of it has started: that half is ended, and what the other half says is no fault.
		await Promise.race([start(loaded, ends, notify), ended])
	} catch (error) {
		if (!asked()) {
			await endAll(ends)
			throw error
		}
	}
	await ended
}

/** Starts everything, in order. `ends` learns how to end what has been started so far. */
async function start({ config: given, dataDir, port }: Loaded, ends: Ends, notify: Notify): Promise<void> {
	// On a terminal the addresses are what counts; a service's log goes to the journal.
	const ring = openLogRing(ringFolder(dataDir))
	process.once('exit', ring.flush)
	const log = openLog(process.env.MARU_LOG || (process.stdout.isTTY ? 'warn' : 'info'), ring)
	const now = () => Date.now()

	const demo = given === null ? await startDemoDevices(join(dataDir, 'virtual')) : null
	if (demo) ends.push(demo.close)
	const config = await placePorts(given ?? demoConfig(demo as NonNullable<typeof demo>), port)
	const { http, https } = config.listen
	const loopback = loopbackOrigin(config)
	const outside = publicOrigin(config)
	const origins = () => ownOrigins(config)

	const version = runningVersion()
	const pages = readPages(dist)
	const db = openDatabase(join(dataDir, 'maru.db'))
	ends.push(() => db.close())
	const identity = await openIdentity({ db, dir: join(dataDir, 'identity'), now })
	keepChanges(identity.trail, { build: pages.build, configuration: configurationDigest(process.env) })
	log.info(identity.trail.head(), 'the audit stands here')
	const accounts = openAccounts({ db, identity, now })
	ends.push(accounts.attend())
	const panels = openPanels({ db, identity, now, log: log.child({ module: 'panels' }) })
	ends.push(() => panels.close())
	const ours = () => openCertificates({ dir: join(dataDir, 'certificates'), ...certificateNames(outside), now })
	const { certificate: files } = config
	const currentCertificates = files ? async () => readOwnCertificate(files) : ours
	let certificates: Certificates = await currentCertificates().catch((error: unknown) => {
		if (!files) throw error
		// Panels and stage need none, and whoever joins is warned of any other as well.
		log.error({ reason: String(error) }, 'the certificate of maru.yaml cannot be used, ours is shown instead')
		return ours()
	})
	if (demo) seedPresets(db)

	const { media, feeds } = config.listen
	const announce = media.announce.flatMap((address) =>
		address === 'auto' ? [...localAddresses(), '127.0.0.1'] : [address],
	)
	const sfu = await openSfu({ workers: 0, listen: { ...media, announce }, feeds, log: log.child({ module: 'sfu' }) })
	ends.push(() => sfu.close())
	const documents = openDocuments({
		dir: join(dataDir, 'documents'),
		db,
		now,
		log: log.child({ module: 'documents' }),
	})
	ends.push(() => documents.close())
	const order = createStartOrder()
	const hubUrl = `${loopback.replace('http', 'ws')}/ws/meeting`
	async function launchProgramme() {
		await order.stageFirst
		return launchBrowser({
			name: 'programme',
			headless: true,
			fakeDevices: false,
			log: log.child({ module: 'programme' }),
		})
	}
	async function launchStage(options: LaunchOptions) {
		await order.listening
		return launchBrowser(options)
	}
	const { segmentsDir } = config.relay
	const segmentFiles =
		segmentsDir === undefined
			? null
			: new SegmentFiles({
					...{ dir: segmentsDir, reserveBytes: segmentReserveBytes },
					log: log.child({ module: 'relay' }),
				})
	ends.push(() => segmentFiles?.close())
	const hosting = {
		db,
		sfu,
		turn: config.turn ?? null,
		identity,
		now,
		log: log.child({ module: 'hub' }),
		linkBase: () => publicOrigin(config),
		documents,
		audience: config.relay.audience,
		broadcasting: {
			launch: launchProgramme,
			standBy: config.stage.standBy,
			url: `${loopback}/programme`,
			hubUrl,
			language: config.room.language,
			mark: config.room.name,
			dir: join(dataDir, 'recordings'),
			reserveBytes: recordingReserveBytes,
			keepDays: config.relay.recordings.keepDays,
			segmentFiles,
		},
	}
	const hub = createHub(hosting)
	ends.push(() => hub.close())
	const secretFile = join(dataDir, 'secrets', 'cameras.json')
	const setups = openSetups({
		// The demo's cameras have other addresses the next time.
		db: demo ? openDatabase(':memory:') : db,
		file: config.cameras,
		secrets: demo
			? { read: () => null, write() {} }
			: { read: () => readSecret(secretFile), write: (text) => replaceSecret(secretFile, text) },
		check: checkCamera,
		log: log.child({ module: 'setup' }),
	})
	const networks = networksOf(config)
	const devices = startDevices({
		cameras: setups.cameras.flatMap(deviceOf),
		microphones:
			config.microphones === 'none' ? null : { system: config.microphones, seats: config.seats.map(({ id }) => id) },
		speakerphone: config.speakerphone === 'none' ? null : config.speakerphone,
		log: log.child({ module: 'devices' }),
		cacheDir: join(dataDir, 'cache', 'devices'),
		pins: join(dataDir, 'camera-certificates.json'),
		networks,
	})
	ends.push(() => devices.close())
	const room = createRoom({
		config: roomConfig(config, demo !== null),
		setups,
		devices,
		reach: createReach(networks),
		hubUrl,
		hubToken: () => order.listening.then(() => identity.issue({ role: 'panel', seconds: 3_600 })),
		hubOrigins: origins,
		ca: {
			pem: certificates.authority?.pem,
			get spki() {
				return certificates.spki
			},
		},
		stageUrl: `${loopback}/stage`,
		launch: launchStage,
		db,
		now,
		log: log.child({ module: 'room' }),
		build: pages.build,
	})
	ends.push(() => room.close())
	order.follow(room)
	const counsel = config.counsel ? openCounter(config, config.counsel, { db, hub, documents, room, now, log }) : null
	if (counsel) ends.push(() => counsel.close())

	const rehearsalDir = join(dataDir, 'rehearsal')
	const own = createOwnHubs((memory) => {
		const broadcasting = {
			...hosting.broadcasting,
			standBy: false,
			dir: rehearsalDir,
			keepDays: null,
			segmentFiles: null,
		}
		return createHub({ ...hosting, db: memory, broadcasting })
	}, rehearsalDir)
	const rehearsing = log.child({ module: 'rehearsal' })
	const rehearsal = openRehearsal({
		...{ config: config.rehearsal, room, openMeeting: own.openMeeting, reports: openReports(db) },
		...{ now, log: rehearsing },
		has: {
			...{ relay: true, recording: config.rehearsal.recording, speakerphone: config.speakerphone !== 'none' },
			sound: config.audio.input === 'none' ? 'none' : config.stage.devices,
			captures: () => setups.cameras.flatMap(({ id, video }) => (video && 'usb' in video ? [id] : [])),
		},
		machine: machineOf({
			...{ dir: dataDir, certificate: () => certificates.cert, host: () => new URL(outside).hostname },
			...{ backupDays: config.rehearsal.backupDays, now },
		}),
		webhook: config.rehearsal.webhook
			? openWebhook({
					...{ ...config.rehearsal.webhook, room: config.room.name, language: config.room.language },
					...{ now, log: rehearsing },
				})
			: null,
	})
	ends.push(() => rehearsal.close())

	const diagnosis = createDiagnosis({ dataDir, log: log.child({ module: 'diagnosis' }) })
	ends.push(() => diagnosis.close())
	const parts = {
		// The meeting of a rehearsal is found where every other is, and listed nowhere.
		hub: {
			...hub,
			connect: (...[who, peer]: Parameters<Hub['connect']>) => (own.hubOf(who) ?? hub).connect(who, peer),
		},
		room,
		documents,
		counsel,
		identity,
		accounts,
		sso: config.sso ? ssoBy(config.sso, outside, now) : null,
		panels,
		pin: openPin({ db, dir: join(dataDir, 'identity'), now }),
		build: pages.build,
		ca: certificates.authority,
		origins,
		machine: machineFacts({ dataDir, outside, startedAt: now() }),
		health: () => ({
			...{ version, stage: room.health(), sfu: sfu.health(), devices: devices.pid !== null },
			...(segmentFiles && { segmentFiles: segmentFiles.fault ?? 'ok' }),
		}),
		diagnosis,
		metrics: createMetrics(async () => {
			const { cameras, call, muted, stage, devices: process } = room.state().state
			return {
				...hub.figures(),
				...{ build: pages.build, workers: await sfu.usage(), cameras: cameras.map(({ status }) => status) },
				...{ inCall: call.phase === 'inCall', muted },
				...{ stageReady: stage.status === 'ready', devicesRun: process.status === 'ready' },
			}
		}),
		pages,
		printPdf: (page: string) => printPdf(page, log.child({ module: 'print' })),
		writing: { language: config.room.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
		issuing: config.class.certificate,
		isProxy: addressList(config.listen.proxies),
		embed: config.relay.embed,
		portal: portalOf(config.relay.identity),
		log: log.child({ module: 'http' }),
	}
	const listeners = new Listeners(parts)
	ends.push(() => listeners.close())
	await listeners.openPlain(http)
	order.opened()
	const putInForce = await listeners.openSecure(certificates, https)
	room.setAttendAddress(`${outside}/attend`)
	const onRenewed = (next: Certificates) => {
		certificates = next
		putInForce(next)
	}
	const renewal = {
		...{ current: certificates, open: currentCertificates, onRenewed },
		...(files && { everyMs: ownCertificateMs }),
	}
	ends.push(keepRenewed({ ...renewal, log: log.child({ module: 'certificates' }) }))
	notify('READY=1')
	const caching = setTimeout(flushCompileCache, cacheMs)
	ends.push(() => clearTimeout(caching))
	if (notify.watchdogMs !== null) {
		const read = () => readings(sfu.health().workers, room.state().state, room.health().running)
		ends.push(startWatchdog({ notify, read, log: log.child({ module: 'watchdog' }) }))
	}

	const panel = await identity.issue({ role: 'panel' })
	const lines = [`panel   ${loopback}/panel#${panel}`]
	if (demo) lines.push(...(await enterDemo(room, hub, loopback)))
	if (demo) lines.push(...(await counterLines(identity, loopback)), `trust   ${outside}/trust`)
	console.log(`Maru · ${config.room.name}${demo ? ' (demo room)' : ''}\n${lines.map((line) => `  ${line}`).join('\n')}`)
}

/** What the watchdog looks at. */
function readings(workers: readonly { pid: number | null }[], { devices, stage }: RoomState, stageRuns: boolean) {
	return {
		workers: { places: workers.length, running: workers.filter(({ pid }) => pid !== null).length },
		devicesUp: devices.status === 'ready',
		stageUp: stage.status === 'ready' && stageRuns,
		stageTurn: stage.since,
	}
}

/** The demo's meeting, which the room joins by itself, and how others come in. */
async function enterDemo(room: ReturnType<typeof createRoom>, hub: Hub, loopback: string): Promise<string[]> {
	const open = hub.list().find(({ phase }) => phase === 'open')
	const id = open?.id ?? (await hub.create({ title: '시연 회의', kind: 'council' })).id
	// Back by itself after a restart; the first time it is told to.
	if (room.state().state.call.phase === 'idle') {
		void room.dispatch({ type: 'room.join', meeting: id }, { id: 'demo', label: 'demo', role: 'panel' })
	}
	const [here, outside] = [await hub.links(id, loopback), await hub.links(id)]
	return [
		`attend  ${here.member}`,
		`chair   ${here.chair}`,
		`desk    ${here.clerk.replace('/attend#', '/console#')}`,
		`watch   ${here.viewer}`,
		`others  ${outside.member}`,
	]
}

async function counterLines(identity: Awaited<ReturnType<typeof openIdentity>>, loopback: string): Promise<string[]> {
	const [kiosk, official] = await Promise.all([identity.issue({ role: 'kiosk' }), identity.issue({ role: 'official' })])
	return [
		`kiosk   ${loopback}/kiosk#${kiosk}`,
		`lobby   ${loopback}/lobby#${kiosk}`,
		`counsel ${loopback}/counsel#${official}`,
	]
}

interface Around {
	db: ReturnType<typeof openDatabase>
	hub: Hub
	documents: ReturnType<typeof openDocuments>
	room: ReturnType<typeof createRoom>
	now: () => number
	log: Logger
}

/** The counter of 민원 상담. A visitor for whom nobody is there yet rings this room, and whoever answers is with them. */
function openCounter(config: Config, settings: CounselConfig, { db, hub, documents, room, now, log }: Around) {
	const { callSeconds, calls, awayMinutes, emptySeconds, minutes, recordDays, ring, sms } = settings
	const rings = new Set<string>()
	const counsel = createCounsel({
		...{ db, vault: openVault(db), hub, now, log: log.child({ module: 'counsel' }) },
		...departmentsOf(settings),
		rules: { callSeconds, calls, awaySeconds: awayMinutes * 60, emptySeconds, minutes },
		...{ recordDays, language: config.room.language, linkBase: () => publicOrigin(config) },
		removeDocuments: (meeting) => documents.removeAll(meeting),
		sms: sms ? smsBy(sms, log.child({ module: 'sms' })) : null,
		onRing(meeting, from) {
			if (!ring) return
			rings.add(meeting)
			room.phone.ring(meeting, from)
		},
		onQuiet(meeting) {
			if (rings.delete(meeting)) room.phone.quiet(meeting)
		},
	})
	const stop = room.phone.onRing(({ type, id }) => {
		if (!rings.delete(id) || type !== 'answered') return
		const origin = { id: 'counsel', label: 'counsel', role: 'panel' } as const
		void room.dispatch({ type: 'room.join', meeting: id }, origin).then((result) => {
			if (!result.ok) room.phone.quiet(id)
		})
	})
	return {
		...counsel,
		close() {
			stop()
			counsel.close()
		},
	}
}

function seedPresets(db: ReturnType<typeof openDatabase>) {
	const presets = openPresets(db)
	if (presets.list('front').length > 0) return
	for (const { slot, seat, pan, tilt, zoom } of demoPresets) {
		presets.save('front', slot, seat, { pan, tilt, zoom, unit: 'degrees', at: 0 })
	}
}

function roomConfig({ room, seats, stage, audio, counsel }: Config, demo: boolean) {
	return {
		...room,
		demo,
		counter: counsel !== undefined,
		seats: seats.map(({ id, name, camera = null, preset = null }) => ({ id, name, camera, preset })),
		stage: {
			display: stage.display,
			fakeDevices: stage.devices === 'virtual',
			standBy: stage.standBy,
		},
		sound: {
			microphone: audio.input === 'default' ? null : audio.input,
			output: audio.output === 'default' ? null : audio.output,
			processing: audio.processing === 'browser',
			delayMs: audio.delayMs,
		},
	}
}

function ssoBy(sso: SsoConfig, origin: string, now: () => number) {
	const { button, ...settings } = sso
	return { provider: openProvider({ ...settings, origin, now }), button, origin, idTokens: new Map<string, string>() }
}

/** Node has the names of headers in small letters. */
function portalOf(identity: Config['relay']['identity']) {
	if (!identity) return null
	const { header, name, from } = identity
	return { header: header.toLowerCase(), name: name?.toLowerCase() ?? null, isPortal: addressList(from) }
}
