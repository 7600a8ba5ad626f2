import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Cameras } from './cameras.ts'
import { alive, descendants } from './processes.ts'
import { until } from './wait.ts'

/** The real appliance, started as its user starts it, with cameras that live outside of it. */

const root = join(import.meta.dirname, '../..')
const cli = join(root, 'appliance/ops/cli.ts')

export interface Appliance {
	readonly pid: number
	/** http://127.0.0.1:PORT */
	readonly origin: string
	/** Everything it printed. */
	readonly output: () => string
	/** The last part of the links that it printed: panel, attend. */
	link(name: string): string
	/** The same one each time: it takes a process that blocks this one to make it. */
	token(role: string): string
	kill(signal: NodeJS.Signals): void
	/** The exit code, null when a signal ended it. */
	readonly ended: Promise<number | null>
}

/**
 * The hundred ports from `port`. Choose them below those that the kernel gives to whoever connects
 * (ip_local_port_range, from 32768): another program's connection could hold one of them.
 */
export const listenFrom = (port: number) => ({
	http: { port },
	https: { port: port + 1 },
	media: { host: '127.0.0.1', port: port + 2, announce: ['127.0.0.1'] },
	feeds: { portRange: [port + 20, port + 99] },
})

export interface Site {
	readonly dir: string
	readonly port: number
	start(): Promise<Appliance>
	/** Ends what still runs and removes the data. */
	close(): Promise<void>
}

/**
 * A data folder with a configuration; `start` may be called again after a kill. Ports stay the same: see `listenFrom`.
 * `namespace`: the network that it runs in, as of network.ts.
 */
export async function openSite(
	cameras: Pick<Cameras, 'addresses'>,
	port: number,
	extra: object = {},
	namespace: string | null = null,
): Promise<Site> {
	const dir = mkdtempSync(join(tmpdir(), 'maru-scene-'))
	const config = {
		room: { name: '대회의실', language: 'ko' },
		listen: listenFrom(port),
		stage: { display: 'headless', devices: 'virtual', standBy: false },
		cameras: [
			...cameras.addresses.map(({ id, visca, rtsp }) => ({
				id,
				name: id,
				driver: 'visca-ip',
				...visca,
				...(rtsp === '' ? {} : { video: { rtsp } }),
			})),
			// Chromium's own moving picture stands for a camera at the PC.
			{ id: 'table', name: 'table', driver: 'fixed', video: { usb: 'fake_device_0' } },
		],
		...extra,
	}
	writeFileSync(join(dir, 'maru.yaml'), stringify(config))
	const env = {
		...process.env,
		MARU_CONFIG: join(dir, 'maru.yaml'),
		MARU_DATA: join(dir, 'data'),
		MARU_PORT: '',
	}
	const running = new Set<ChildProcess>()
	const tokens = new Map<string, string>()
	const create = [cli, 'token', 'create', '--role']

	async function start(): Promise<Appliance> {
		const program = [...(namespace ? ['ip', 'netns', 'exec', namespace] : []), process.execPath, cli, 'run']
		const child = spawn(program[0] ?? '', program.slice(1), { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
		running.add(child)
		let output = ''
		child.stdout.on('data', (chunk) => (output += chunk))
		child.stderr.on('data', (chunk) => (output += chunk))
		const ended = new Promise<number | null>((resolve) =>
			child.once('exit', (code) => {
				running.delete(child)
				resolve(code)
			}),
		)
		const link = (name: string) => new RegExp(`^\\s*${name}\\s+(\\S+)$`, 'm').exec(output)?.[1]
		const printed = () => {
			if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${output}`)
			return link('panel')
		}
		// It is imported from its sources: on a busy machine that alone may take a minute.
		await until('the appliance to print its addresses', printed, 180_000).catch((error: Error) => {
			throw new Error(`${error.message}\n${output}`)
		})
		return {
			pid: child.pid ?? 0,
			origin: `http://127.0.0.1:${port}`,
			output: () => output,
			link: (name) => link(name) ?? '',
			token: (role) => {
				const token =
					tokens.get(role) ?? execFileSync(process.execPath, [...create, role], { env, encoding: 'utf8' }).trim()
				tokens.set(role, token)
				return token
			},
			kill: (signal) => void child.kill(signal),
			ended,
		}
	}

	return {
		dir,
		port,
		start,
		async close() {
			for (const child of running) {
				const below = descendants(child.pid ?? 0)
				child.kill('SIGCONT')
				child.kill('SIGTERM')
				await until('the appliance to end', () => child.exitCode !== null || child.signalCode !== null)
				await until('its processes to end', () => alive(below).length === 0)
			}
			rmSync(dir, { recursive: true, force: true })
		},
	}
}
