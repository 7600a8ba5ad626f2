import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
	chmodSync,
	chownSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nginxPath } from '../../appliance/setup/nginx.mjs'
import { descendants } from './processes.ts'
import { until } from './wait.ts'

const root = join(import.meta.dirname, '../..')
const shipped = join(root, 'nginx/maru-relay.conf')
/** Debian's 'nobody': a root that tests does not serve as root. */
const nobody = 65_534

/** Null: none is to be had on this machine. */
export const nginxProgram = nginxPath(root)

export interface NginxOptions {
	/** Where the appliance listens: '127.0.0.1:8080'. */
	upstream: string
	/** Default: plain HTTP. */
	tls?: { key: string; cert: string } | null
	/** Default: 1. */
	workers?: number
	/** Where segments are files. Default: nowhere. */
	segments?: string
	/** Its log in blocks, as it is shipped. Default: at once, to be read. */
	buffered?: boolean
	/** What stands beside the shipped configuration, in `http`. Default: nothing. */
	beside?: string
}

export interface Nginx {
	readonly origin: string
	/** Of its workers: they do what costs. */
	readonly workers: number[]
	/** What it has written by this name: 'access.log', 'error.log', 'said'. */
	log(name: string): string
	stop(): Promise<void>
	/** Again, at the same place and with what it has cached. */
	start(): Promise<void>
	/** Stops it and removes what it left. */
	close(): Promise<void>
}

/** nginx with the configuration that is shipped, but for what that says is each house's own; by nobody's rights. */
export async function openNginx(options: NginxOptions): Promise<Nginx> {
	const { upstream, tls = null, workers = 1, beside = '', segments = '/nowhere', buffered = false } = options
	if (nginxProgram === null) throw new Error('there is no nginx: npm test gets one from Debian')
	const dir = mkdtempSync(join(tmpdir(), 'maru-nginx-'))
	// What the shipped configuration keeps in memory is in memory here, where there is such a folder.
	const memory = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/maru-nginx-') : join(dir, 'memory')
	const port = await freePort()
	// Where everybody may run it: a home is its owner's.
	const program = join(dir, 'nginx')
	copyFileSync(nginxProgram, program)
	chmodSync(program, 0o755)
	for (const name of ['temp', 'segments', 'logs']) mkdirSync(join(dir, name))
	mkdirSync(join(memory, 'lists'), { recursive: true })
	if (tls) writeFileSync(join(dir, 'key.pem'), tls.key)
	if (tls) writeFileSync(join(dir, 'cert.pem'), tls.cert)
	const ours = asHere(readFileSync(shipped, 'utf8'), {
		...{ dir, memory, port, upstream, segments, buffered },
		tls: tls !== null,
	})
	writeFileSync(join(dir, 'maru-relay.conf'), ours)
	const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temp/${name};`)
	writeFileSync(
		join(dir, 'nginx.conf'),
		`daemon off; pcre_jit on; worker_processes ${workers}; worker_rlimit_nofile 16384; pid nginx.pid;
		events { worker_connections 8192; }
		http { default_type application/octet-stream; ${temps.join(' ')}
		include maru-relay.conf;
		${beside} }`,
	)
	const others = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
	if (others.uid !== undefined) {
		for (const name of ['', 'temp', 'segments', 'logs', 'key.pem', 'cert.pem']) {
			if (tls || !name.endsWith('.pem')) chownSync(join(dir, name), nobody, nobody)
		}
		for (const name of ['', 'lists']) chownSync(join(memory, name), nobody, nobody)
	}
	let child: ReturnType<typeof spawn> | null = null
	let said = ''

	async function start() {
		const started = spawn(program, ['-p', dir, '-c', join(dir, 'nginx.conf'), '-e', 'stderr'], {
			...others,
			stdio: ['ignore', 'ignore', 'pipe'],
		})
		child = started
		started.stderr.on('data', (text) => {
			said += text
		})
		await until('nginx to listen', async () => {
			if (started.exitCode !== null) throw new Error(`nginx ended: ${said}`)
			return listens(port)
		})
	}

	async function stop() {
		if (child === null || child.exitCode !== null || child.signalCode !== null) return
		child.kill('SIGTERM')
		await once(child, 'exit')
	}

	await start()
	return {
		origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
		get workers() {
			const all = descendants(child?.pid ?? 0)
			return all.filter(({ command }) => command.includes('worker process')).map(({ pid }) => pid)
		},
		log: (name) => (name === 'said' ? said : readFileSync(join(dir, 'logs', name), 'utf8')),
		start,
		stop,
		async close() {
			await stop()
			for (const folder of [dir, memory]) rmSync(folder, { recursive: true, force: true })
		},
	}
}

/** An empty folder for segments, in memory where there is some: what is written there nginx reads by its group. */
export function makeSegmentsFolder(): string {
	const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'maru-segments-'))
	if (process.getuid?.() === 0) chownSync(folder, 0, nobody)
	chmodSync(folder, 0o2750)
	return folder
}

interface Here {
	dir: string
	memory: string
	port: number
	upstream: string
	segments: string
	buffered: boolean
	tls: boolean
}

/** Each house's own lines, and no others: every one of them has to be known here, and each once. */
function asHere(conf: string, { dir, memory, port, upstream, segments, buffered, tls }: Here): string {
	const own: [RegExp, string | null][] = [
		[/^\tserver 127\.0\.0\.1:8080;$/, `server ${upstream};`],
		[/^proxy_cache_path \/var\/cache\/maru-relay (.*)$/, `proxy_cache_path ${dir}/segments $1`],
		[/^proxy_cache_path \/run\/maru-relay (.*)$/, `proxy_cache_path ${memory}/lists $1`],
		[/^\tdefault \/run\/maru\/segments;$/, `default ${segments};`],
		[/^\tlisten 443 (ssl http2) (.*);$/, tls ? `listen 127.0.0.1:${port} $1 $2;` : `listen 127.0.0.1:${port} $2;`],
		[/^\tserver_name .*$/, 'server_name localhost;'],
		[/^\tssl_certificate .*$/, tls ? `ssl_certificate ${dir}/cert.pem;` : null],
		[/^\tssl_certificate_key .*$/, tls ? `ssl_certificate_key ${dir}/key.pem;` : null],
		[
			/^\taccess_log \S+ maru (buffer=64k flush=5s);$/,
			`access_log ${dir}/logs/access.log maru${buffered ? ' $1' : ''};`,
		],
		[/^\terror_log \S+ (\w+);$/, `error_log ${dir}/logs/error.log $1;`],
	]
	const left = new Set(own)
	const written = conf.split('\n').flatMap((line) => {
		if (!line.endsWith(' # yours')) return [line]
		const bare = line.slice(0, -' # yours'.length)
		const rule = [...left].find(([pattern]) => pattern.test(bare))
		if (!rule) throw new Error(`nobody here knows what to put in the place of: ${line}`)
		left.delete(rule)
		return rule[1] === null ? [] : [bare.replace(rule[0], rule[1])]
	})
	if (left.size > 0)
		throw new Error(`the configuration has no line ${[...left].map(([pattern]) => pattern).join(', ')}`)
	return written.join('\n')
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as { port: number }
	server.close()
	await once(server, 'close')
	return port
}

function listens(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1')
	return new Promise((resolve) => {
		socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
	}).finally(() => socket.destroy()) as Promise<boolean>
}
