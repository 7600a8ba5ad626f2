import { join } from 'node:path'
import { ConfigError, dataDirOf, loadConfig } from '../../config.ts'
import { loopbackOrigin, placePorts, publicOrigin } from '../../config-ports.ts'
import { type Config, defaultConfig } from '../../config-schema.ts'
import type { Said } from '../../protocol/diagnosis.ts'
import { type Backup, judgeBackup, readBackup } from './backup.ts'
import {
	type Camera,
	judgeCameras,
	judgeMicrophones,
	type Microphones,
	readCameras,
	readMicrophones,
} from './cameras.ts'
import { type Certificates, judgeCertificates, readCertificates } from './certificate.ts'
import { type Clock, judgeClock, readClock } from './clock.ts'
import { type Data, judgeData, readData } from './data.ts'
import { type Database, judgeDatabase, readDatabase } from './database.ts'
import { type Finding, fault, isUnread, ok, type Read } from './finding.ts'
import { judgeMachine, type Machine, readMachine } from './machine.ts'
import { judgeNetwork, type Network, readNetwork } from './network.ts'
import { judgeNginx, type Nginx, readNginx } from './nginx.ts'
import { readBrowsers, readWho, type Who } from './permission.ts'
import { judgePrograms, type Programs, readPrograms } from './programs.ts'
import { answers, judgeService, readService, type Service } from './service.ts'
import { type Display, judgeDisplay, judgeSound, readDisplay, readSound, type Sound } from './sound.ts'
import { judgePhone, type Phone, readPhone } from './speakerphone.ts'
import { judgeUnits, readUnits, type Units } from './units.ts'

/**
 * `maru doctor`: whether everything is here that the appliance needs. What is read is one value, and what is said of it is
 * a function of that value alone, so that each fault can be tried without the machine that has it.
 */

export interface Readings {
	/** What stands in maru.yaml; or every fault of it. */
	configuration: Read<Said>
	who: Who
	/** Whose the sound is. */
	browsers: Who
	machine: Machine
	programs: Programs
	data: Data
	database: Database | null
	backup: Backup | null
	clock: Clock
	network: Network
	certificates: Certificates
	nginx: Nginx | null
	running: boolean
	service: Service | null
	units: Units
	cameras: readonly Camera[]
	microphones: Microphones | null
	phone: Phone | null
	sound: Sound | null
	display: Display | null
}

export interface Report {
	language: 'ko' | 'en'
	findings: Finding[]
}

/** All of it, also where something fails. Changes nothing but making the data folder where it is missing. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Report> {
	const { language, readings } = await readAll(env)
	return { language, findings: judge(readings) }
}

/** Whether a service with this configuration runs here. */
export async function serviceRuns(env: NodeJS.ProcessEnv): Promise<boolean> {
	const { config, port } = load(env)
	return answers(loopbackOrigin(await placePorts(config, port)))
}

export function judge(read: Readings): Finding[] {
	const { who } = read
	return [
		configurationFinding(read.configuration),
		...judgeMachine(read.machine),
		...judgePrograms(read.programs),
		...judgeData(read.data),
		...judgeDatabase(read.database),
		...(read.backup ? judgeBackup(read.backup) : []),
		...judgeClock(read.clock),
		...judgeNetwork(read.network),
		...judgeCertificates(read.certificates),
		...judgeNginx(read.nginx),
		...judgeService(read.service, read.running),
		...judgeUnits(read.units),
		...judgeCameras(read.cameras, who),
		...judgeMicrophones(read.microphones, who),
		...judgePhone(read.phone, who),
		...judgeSound(read.sound, read.browsers),
		...judgeDisplay(read.display),
	]
}

function configurationFinding(read: Readings['configuration']): Finding {
	if (!isUnread(read)) return ok('configuration', read)
	return fault('configuration', read.unread, {
		ko: '적힌 줄을 고치고 maru check-config로 확인하십시오',
		en: 'mend the lines that are named; maru check-config looks again',
	})
}

function load(env: NodeJS.ProcessEnv) {
	try {
		const { config, port } = loadConfig(env)
		const found: Said = config
			? { ko: '이상 없음', en: 'no faults' }
			: { ko: '없습니다. 체험용 방으로 실행됩니다', en: 'there is none: the demo room would run' }
		return { config: config ?? demo(), port, configuration: found, given: config !== null }
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error
		return { config: demo(), port: null, configuration: { unread: error.message }, given: false }
	}
}

/** The demo's own devices are virtual, and come with it. */
function demo(): Config {
	const config = defaultConfig('demo')
	config.stage.devices = 'virtual'
	config.speakerphone = 'none'
	return config
}

async function readAll(env: NodeJS.ProcessEnv): Promise<{ language: 'ko' | 'en'; readings: Readings }> {
	const { config: written, port, configuration, given } = load(env)
	const config = await placePorts(written, port)
	const dataDir = dataDirOf(env)
	const { language } = config.room
	const origin = loopbackOrigin(config)
	const [who, running] = await Promise.all([readWho(), answers(origin)])
	const browsers = await readBrowsers(who)
	const service = running ? await readService(origin, dataDir) : null
	const data = await readData(dataDir, config.relay.segmentsDir)
	const database = data.refusal === null ? readDatabase(dataDir) : null
	const nginx = readNginx(config)
	const [programs, clock, network, certificates, units, cameras, microphones, phone] = await Promise.all([
		readPrograms(database?.unconverted ?? null),
		readClock(language, database?.lastEventAt ?? null),
		readNetwork(config, running),
		readCertificates(
			join(dataDir, 'certificates'),
			publicOrigin(config),
			running ? config.listen.https.port : null,
			config.certificate ?? null,
		),
		readUnits(nginx?.here ? ['nginx.service'] : []),
		readCameras(config, dataDir, service?.cameras ?? null, who),
		readMicrophones(config, running, who),
		readPhone(config, who),
	])
	const readings = {
		...{ configuration, who, machine: readMachine(), programs, data, database, clock, network, certificates, nginx },
		...{ backup: given ? readBackup(dataDir) : null, running, service, units, cameras, microphones, phone },
		...{ browsers, sound: readSound(config, browsers), display: readDisplay(config) },
	}
	return { language, readings }
}
