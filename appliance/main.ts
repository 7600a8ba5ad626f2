import { flushCompileCache } from 'node:module'
import { join } from 'node:path'
import { createReach } from '../drivers/reach.ts'
import { type LaunchOptions, launchBrowser } from './browser/launch.ts'
import type { Loaded } from './config.ts'
import { demoConfig, startDemoDevices } from './config-demo.ts'
import { networksOf } from './config-networks.ts'
import { loopbackOrigin, ownOrigins, placePorts, publicOrigin } from './config-ports.ts'
import { startDevices } from './devices/client.ts'
import { openDocuments } from './documents/documents.ts'
import { Listeners } from './http/listeners.ts'
import { readPages } from './http/pages.ts'
import { createHub } from './hub/hub.ts'
import { openAccounts } from './identity/accounts.ts'
import { openIdentity } from './identity/identity.ts'
import { openPanels } from './identity/panels.ts'
import { openSfu } from './media/sfu.ts'
import { configurationDigest, keepChanges } from './ops/audit-entries.ts'
import { openDatabase } from './ops/database.ts'
import { createDiagnosis } from './ops/diagnosis.ts'
import { openLog, openLogRing, ringFolder } from './ops/logs/ring.ts'
import { type Notify, openNotify } from './ops/notify.ts'
import { startWatchdog } from './ops/watchdog.ts'
import { createRoom } from './room/room.ts'
import { openCertificate } from './wiring/certificate.ts'
import { conditionOf } from './wiring/condition.ts'
import { openCounter } from './wiring/counter.ts'
import { enterDemo, seedPresets } from './wiring/demo.ts'
import { type Ends, endAll, endOnSignal } from './wiring/ends.ts'
import { devicesOptions, openCameras, roomConfig } from './wiring/equipment.ts'
import { hostingOf, openSegmentFiles, sfuOptions } from './wiring/hosting.ts'
import type { House } from './wiring/house.ts'
import { openHouseRehearsal } from './wiring/rehearsing.ts'
import { served } from './wiring/served.ts'
import { createStartOrder } from './wiring/start-order.ts'

/**
 * The composition root: the only file that wires. It hands each part its piece, and ends all of it. What a piece is made of,
 * where that takes more than a line, is beside it in wiring/, which only this file uses.
 */

/** What Node has made of the code is kept this long after the start, where it is not yet: that takes it 0.2 s. */
const cacheMs = 5_000
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
	const logOf = (module: string) => log.child({ module })
	const now = () => Date.now()

	const demo = given === null ? await startDemoDevices(join(dataDir, 'virtual')) : null
	if (demo) ends.push(demo.close)
	const config = await placePorts(given ?? demoConfig(demo as NonNullable<typeof demo>), port)
	const pages = readPages(dist)
	const db = openDatabase(join(dataDir, 'maru.db'))
	ends.push(() => db.close())
	const [loopback, outside] = [loopbackOrigin(config), publicOrigin(config)]
	const hubUrl = `${loopback.replace('http', 'ws')}/ws/meeting`
	const { build } = pages
	const house: House = { config, demo: demo !== null, dataDir, db, now, log, build, loopback, hubUrl, outside }

	const identity = await openIdentity({ db, dir: join(dataDir, 'identity'), now })
	keepChanges(identity.trail, { build, configuration: configurationDigest(process.env) })
	log.info(identity.trail.head(), 'the audit stands here')
	const accounts = openAccounts({ db, identity, now })
	ends.push(accounts.attend())
	const panels = openPanels({ db, identity, now, log: logOf('panels') })
	ends.push(() => panels.close())
	const certificate = await openCertificate(house)
	if (demo) seedPresets(db)

	const sfu = await openSfu(sfuOptions(house))
	ends.push(() => sfu.close())
	const documents = openDocuments({ dir: join(dataDir, 'documents'), db, now, log: logOf('documents') })
	ends.push(() => documents.close())
	const segmentFiles = openSegmentFiles(house)
	ends.push(() => segmentFiles?.close())

	const order = createStartOrder()
	async function launchProgramme() {
		await order.stageFirst
		return launchBrowser({ name: 'programme', headless: true, fakeDevices: false, log: logOf('programme') })
	}
	async function launchStage(options: LaunchOptions) {
		await order.listening
		return launchBrowser(options)
	}

	const hosting = hostingOf(house, { sfu, identity, documents, launch: launchProgramme, segmentFiles })
	const hub = createHub(hosting)
	ends.push(() => hub.close())
	const cameras = openCameras(house)
	const devices = startDevices(devicesOptions(house, cameras))
	ends.push(() => devices.close())
	const room = createRoom({
		...{ config: roomConfig(house), setups: cameras, devices, reach: createReach(networksOf(config)) },
		hubUrl,
		hubToken: () => order.listening.then(() => identity.issue({ role: 'panel', seconds: 3_600 })),
		hubOrigins: () => ownOrigins(config),
		ca: {
			pem: certificate.current.authority?.pem,
			get spki() {
				return certificate.current.spki
			},
		},
		...{ stageUrl: `${loopback}/stage`, launch: launchStage },
		...{ db, now, log: logOf('room'), build },
	})
	ends.push(() => room.close())
	order.follow(room)
	const counsel = openCounter(house, { hub, documents, room })
	if (counsel) ends.push(() => counsel.close())
	const rehearsal = openHouseRehearsal(house, { hosting, room, cameras, certificate })
	ends.push(() => rehearsal.close())
	const diagnosis = createDiagnosis({ dataDir, log: logOf('diagnosis') })
	ends.push(() => diagnosis.close())

	const condition = conditionOf({ build, hub, sfu, room, devices, segmentFiles })
	// The meeting of a rehearsal is found where every other is, and listed nowhere.
	const connect: typeof hub.connect = (who, peer) => (rehearsal.hubOf(who) ?? hub).connect(who, peer)
	const parts = { hub: { ...hub, connect }, room, documents, counsel, identity, accounts, panels, diagnosis, pages }
	const listeners = new Listeners(served(house, parts, { certificate, condition }))
	ends.push(() => listeners.close())
	await listeners.openPlain(config.listen.http)
	await order.opened()
	const putInForce = await listeners.openSecure(certificate.current, config.listen.https)
	room.setAttendAddress(`${outside}/attend`)
	ends.push(certificate.keepRenewed(putInForce))
	notify('READY=1')
	const caching = setTimeout(flushCompileCache, cacheMs)
	ends.push(() => clearTimeout(caching))
	if (notify.watchdogMs !== null) {
		ends.push(startWatchdog({ notify, read: condition.readings, log: logOf('watchdog') }))
	}

	const panel = await identity.issue({ role: 'panel' })
	const lines = [`panel   ${loopback}/panel#${panel}`]
	if (demo) lines.push(...(await enterDemo(house, { room, hub, identity })))
	console.log(`Maru · ${config.room.name}${demo ? ' (demo room)' : ''}\n${lines.map((line) => `  ${line}`).join('\n')}`)
}
