import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const REPOSITORY = resolve(import.meta.dirname, '../..')
const LOCK = JSON.stringify({ packages: { 'node_modules/mediasoup': { version: '1.2.3' } } })

/** Ends with 41, as the real worker does when it is not started by mediasoup. */
const WORKER = '#!/bin/sh\nexit 41\n'

/** What set-up asks of the machine, by programs of the same name that keep their state in files beside them. */
const PROGRAMS = {
	// Knows a package as installed when it stands in the file `installed`.
	'dpkg-query': 'shift 3; for name; do grep -qx "$name" "$BIN/installed" && echo "$name installed"; done; exit 0',
	dpkg: 'exit 0',
	'apt-get':
		'echo "apt-get $*" >>"$BIN/calls"; case "$*" in *install*) shift 7; printf "%s\\n" "$@" >>"$BIN/installed" ;; esac',
	sudo: 'exit 1',
	tar: 'exec /bin/tar "$@"',
	cmake: 'echo "cmake" >>"$BIN/calls"; while [ "$1" != -B ]; do shift; done; mkdir -p "$2"',
	ninja: `echo "ninja" >>"$BIN/calls"; printf '${WORKER.replaceAll('\n', '\\n')}' >"$2/mediasoup-worker"; chmod +x "$2/mediasoup-worker"`,
	strip: 'exit 0',
}

/** All that Maru takes from Debian, one a line. */
export const INSTALLED = [
	...[
		'chromium',
		'ffmpeg',
		'libusb-1.0-0',
		'poppler-utils',
		'poppler-data',
		'fonts-noto-cjk',
		'librsvg2-bin',
		'python3-gi',
		'gir1.2-gst-rtsp-server-1.0',
	],
	...['gstreamer1.0-plugins-base', 'gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-ugly', 'gstreamer1.0-x', ''],
].join('\n')

const NPM = `
import { appendFileSync, mkdirSync, symlinkSync } from 'node:fs'
const [command] = process.argv.slice(2)
appendFileSync(process.env.BIN + '/calls', 'npm ' + command + ' with ' + process.env.MEDIASOUP_WORKER_BIN + '\\n')
if (command === 'ci' && process.env.NPM_CI_SAYS) {
	console.error(process.env.NPM_CI_SAYS)
	process.exit(1)
}
mkdirSync('node_modules/.bin', { recursive: true })
mkdirSync('node_modules/vite/bin', { recursive: true })
try { symlinkSync(process.execPath, 'node_modules/.bin/node') } catch {}
`

const VITE = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
appendFileSync(process.env.BIN + '/calls', 'vite build\\n')
mkdirSync('control-panel/dist', { recursive: true })
writeFileSync('control-panel/dist/index.html', 'built')
`

/**
 * A checkout with the real set-up in it, on a machine whose apt-get, npm, ninja and Vite are small programs of ours.
 * They stand at the edge of what is ours: what is tested is when they are called, with what, and what comes of it.
 */
export function createCheckout() {
	const root = mkdtempSync(join(tmpdir(), 'maru-setup-'))
	chmodSync(root, 0o755) // a test may run it as another user
	const bin = join(root, 'bin')

	function write(path: string, text: string, mode = 0o644) {
		mkdirSync(dirname(join(root, path)), { recursive: true })
		writeFileSync(join(root, path), text, { mode })
	}

	cpSync(join(REPOSITORY, 'appliance/setup'), join(root, 'appliance/setup'), { recursive: true })
	write('package-lock.json', LOCK)
	write('package.json', '{ "type": "module" }')
	write('control-panel/page.html', 'first')
	write('node_modules/vite/bin/vite.js', VITE)
	write('bin/npm.mjs', NPM)
	write('bin/installed', INSTALLED)
	write('bin/calls', '')
	write('worker', WORKER, 0o755)
	for (const [name, body] of Object.entries(PROGRAMS)) write(`bin/${name}`, `#!/bin/sh\n${body}\n`, 0o755)

	const running = new Set<ChildProcess>()
	const environment: Record<string, string> = {
		PATH: `${bin}:/usr/bin:/bin`,
		HOME: root,
		XDG_CACHE_HOME: join(root, 'cache'),
		BIN: bin,
		npm_node_execpath: process.execPath,
		npm_execpath: join(bin, 'npm.mjs'),
		MEDIASOUP_WORKER_BIN: join(root, 'worker'),
		MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: 'http://127.0.0.1:1',
	}

	return {
		root,
		write,
		/** What of apt-get, npm, cmake, ninja and Vite was called so far. */
		calls: () =>
			execFileSync('cat', [join(bin, 'calls')], { encoding: 'utf8' })
				.split('\n')
				.filter(Boolean),
		/** Hands the checkout to a user who is not root, with a Node of their own; what `run` needs to run as that user. */
		giveToUser() {
			const node = join(root, 'node')
			copyFileSync(process.execPath, node)
			const uid = process.getuid?.() === 0 ? 65534 : process.getuid?.()
			execFileSync('chown', ['-R', `${uid}`, root])
			return { variables: { npm_node_execpath: node }, options: { uid } }
		},
		/** Runs set-up as npm would by start.sh, with these variables besides. */
		run(variables: Record<string, string> = {}, options: { uid?: number | undefined } = {}) {
			const started = run(root, { ...environment, ...variables }, options)
			running.add(started.child)
			started.child.once('exit', () => running.delete(started.child))
			return started
		},
		[Symbol.dispose]() {
			// Only where a test has failed on the way. Each leads a process group.
			for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
			rmSync(root, { recursive: true, force: true })
		},
	}
}

function run(root: string, env: Record<string, string>, { uid }: { uid?: number | undefined }) {
	const child: ChildProcess = spawn('sh', ['-c', '. appliance/setup/set-up.sh'], {
		cwd: root,
		env,
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
		...(uid === undefined ? {} : { uid, gid: uid }),
	})
	let output = ''
	child.stdout?.on('data', (data) => {
		output += data
	})
	child.stderr?.on('data', (data) => {
		output += data
	})
	const ended = new Promise<{ code: number | null; output: string; lines: string[] }>((settle) => {
		child.on('close', (code) => settle({ code, output, lines: output.split('\n').filter(Boolean) }))
	})
	return { child, ended, output: () => output }
}

/** Waits until `met` holds; throws after 50 s. */
export async function until(met: () => boolean, what: string) {
	const deadline = Date.now() + 50_000
	while (!met()) {
		if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`)
		await new Promise((settle) => setTimeout(settle, 20))
	}
}
