import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { ConfigError, loadConfig } from '../config.ts'
import { loopbackOrigin, placePorts } from '../config-ports.ts'
import { type Config, defaultConfig } from '../config-schema.ts'
import { bufferBytes } from '../media/listen.ts'
import { workerPath } from '../setup/worker-path.mjs'

/** What `maru doctor` looks at: whether everything that the appliance needs is on this machine. */

export interface Finding {
	what: string
	ok: boolean
	/** What was found, or what to do. */
	detail: string
}

const run = promisify(execFile)
const patienceMs = 10_000

/** Looks at all of it, also when something fails. Changes nothing but making the data folder where it is missing. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
	const { config, port, findings } = readAll(env)
	const placed = await placePorts(config, port)
	return [
		nodeFinding(process.versions.node),
		...findings,
		await programFinding('chromium', ['/usr/bin/chromium', '--version'], 'apt-get install chromium'),
		await programFinding('ffmpeg', ['ffmpeg', '-version'], 'apt-get install ffmpeg'),
		workerFinding(),
		bufferFinding(mostBytes('rmem_max')),
		...(await portFindings(placed)),
	]
}

/** Whether a service with this configuration runs here. */
export async function serviceRuns(env: NodeJS.ProcessEnv): Promise<boolean> {
	const { config, port } = readAll(env)
	return answers(`${loopbackOrigin(await placePorts(config, port))}/api/v1/health`)
}

function readAll(env: NodeJS.ProcessEnv) {
	try {
		const { config, dataDir, port } = loadConfig(env)
		const found = config ? 'no faults' : 'there is none: the demo room would run'
		const findings = [{ what: 'configuration', ok: true, detail: found }, dataFinding(dataDir)]
		return { config: config ?? defaultConfig('demo'), port, findings }
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error
		const findings = [{ what: 'configuration', ok: false, detail: error.message }]
		return { config: defaultConfig('demo'), port: null, findings }
	}
}

export function nodeFinding(version: string): Finding {
	const ok = Number.parseInt(version, 10) >= 24
	return { what: 'node', ok, detail: ok ? version : `${version} is too old: 24 is needed, which 'npm start' installs` }
}

function dataFinding(dir: string): Finding {
	try {
		mkdirSync(dir, { recursive: true, mode: 0o700 })
		accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
		return { what: 'data', ok: true, detail: dir }
	} catch (error) {
		const detail = `${dir} cannot be written (${reasonOf(error)}): give it to this user, or set MARU_DATA`
		return { what: 'data', ok: false, detail }
	}
}

async function programFinding(what: string, [program = '', ...args]: string[], install: string): Promise<Finding> {
	try {
		const { stdout } = await run(program, args, { timeout: patienceMs })
		return { what, ok: true, detail: stdout.split('\n')[0]?.trim() ?? '' }
	} catch (error) {
		return { what, ok: false, detail: `does not run (${reasonOf(error)}): ${install}` }
	}
}

function workerFinding(): Finding {
	try {
		const path = workerPath()
		accessSync(path, constants.X_OK)
		return { what: 'sfu worker', ok: true, detail: path }
	} catch (error) {
		return { what: 'sfu worker', ok: false, detail: reasonOf(error) }
	}
}

/** How much the system lets one socket keep (socket(7), /proc/sys/net/core); null: it does not say. */
function mostBytes(name: string): number | null {
	try {
		return Number(readFileSync(`/proc/sys/net/core/${name}`, 'utf8'))
	} catch {
		return null
	}
}

/** Too little is no fault: small meetings do with it. */
export function bufferFinding(bytes: number | null): Finding {
	const advice = `sysctl -w net.core.rmem_max=${bufferBytes}, for good by systemd/maru.sysctl.conf`
	const detail =
		bytes === null || bytes >= bufferBytes ? `${bytes ?? '?'} bytes` : `${bytes} bytes: with eighty people, ${advice}`
	return { what: 'socket buffers', ok: true, detail }
}

/** The listeners' ports: free, or held by a Maru that runs. */
async function portFindings(config: Config): Promise<Finding[]> {
	const { http, https, media } = config.listen
	if (await answers(`${loopbackOrigin(config)}/api/v1/health`)) {
		return [{ what: 'ports', ok: true, detail: `the service runs, and answers at port ${http.port}` }]
	}
	return [
		await portFinding('http', http, tcpFree),
		await portFinding('https', https, tcpFree),
		await portFinding('media', media, async (host, port) => {
			await tcpFree(host, port)
			await udpFree(host, port)
		}),
	]
}

async function portFinding(
	name: string,
	{ host, port }: { host: string; port: number },
	free: (host: string, port: number) => Promise<void>,
): Promise<Finding> {
	const what = `port of ${name}`
	try {
		await free(host, port)
		return { what, ok: true, detail: port === 0 ? 'any that is free' : `${host}:${port} is free` }
	} catch (error) {
		return { what, ok: false, detail: `${host}:${port} cannot be opened (${reasonOf(error)}): see listen in maru.yaml` }
	}
}

async function tcpFree(host: string, port: number) {
	const server = createServer().listen(port, host)
	await once(server, 'listening')
	server.close()
	await once(server, 'close')
}

async function udpFree(host: string, port: number) {
	const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
	try {
		socket.bind(port, host)
		await once(socket, 'listening')
	} finally {
		socket.close()
	}
}

async function answers(address: string): Promise<boolean> {
	try {
		const response = await fetch(address, { signal: AbortSignal.timeout(2_000) })
		return 'build' in ((await response.json()) as object)
	} catch {
		return false
	}
}

const reasonOf = (error: unknown) =>
	error instanceof Error ? ((error as { code?: string }).code ?? error.message) : String(error)
