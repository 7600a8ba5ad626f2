import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StepError, Unavailable } from './step-error.mjs'
import { cacheFolder } from './worker-path.mjs'

/** What Maru takes from Debian, and why. The package names them as its dependencies. */
export const NEEDED = {
	chromium: 'stage and programme',
	ffmpeg: "the room's RTSP cameras, relay and recording",
	'libusb-1.0-0': "call control of speakerphones: node-hid's own library needs it",
	'poppler-utils': 'pages of slides',
	'poppler-data': 'Korean in slides that bring no fonts of their own',
	'fonts-noto-cjk': 'Korean in what Chromium draws',
}

/** What the demo room takes besides. */
export const NEEDED_FOR_DEMO = {
	'librsvg2-bin': "draws the virtual cameras' council chamber",
	'python3-gi': 'the RTSP server of the virtual cameras',
	'gir1.2-gst-rtsp-server-1.0': 'the same',
	'gstreamer1.0-plugins-base': 'the same: its raw video',
	'gstreamer1.0-plugins-good': 'the same: RTP',
	'gstreamer1.0-plugins-ugly': 'the same: H.264',
	'gstreamer1.0-x': "the same: the camera's name and the clock over the picture",
}

/** What an installed room takes that has displays of its own; a checkout shows its pages in a browser of somebody's. */
export const NEEDED_FOR_DISPLAYS = { sway: 'gives the stage and the touch panel a display each' }

/** What only the machines of `npm run test:vm` and `npm run test:systemd` take: to make their disk, and to run them. */
const NEEDED_FOR_MACHINES = ['mmdebstrap', 'e2fsprogs', 'qemu-system-x86', 'systemd-container']

/**
 * What only the tests take: the other end of serial lines, an office to open the minutes with, and what the load generator
 * is compiled by.
 */
const NEEDED_TO_TEST = [
	'socat',
	'libreoffice-writer-nogui',
	'libreoffice-impress-nogui',
	'gcc',
	'libc6-dev',
	'libssl-dev',
]

/** What only building the SFU worker takes; its -dev packages bring the libraries that the built worker runs on. */
const NEEDED_TO_BUILD = [
	'g++',
	'cmake',
	'ninja-build',
	'pkg-config',
	'libssl-dev',
	'libuv1-dev',
	'libsrtp2-dev',
	'libabsl-dev',
	'libflatbuffers-dev',
	'flatbuffers-compiler',
]

const ADVICE = "See that this machine reaches Debian's packages and has room on its disk, then run it again"

/**
 * Debian's packages; also those that build the SFU worker, when `mustBuild()` says that it has to be built, those of the
 * tests, and those of the machines that some tests run in.
 */
export function packagesStep(root, { mustBuild, forTests = false, forMachines = false }) {
	const needed = () => [
		...Object.keys({ ...NEEDED, ...NEEDED_FOR_DEMO }),
		...(mustBuild() ? NEEDED_TO_BUILD : []),
		...(forTests ? NEEDED_TO_TEST : []),
		...(forMachines ? NEEDED_FOR_MACHINES : []),
	]
	const missing = () => missingOf(needed())
	// There while dpkg works. One that is ended may leave half done what is not ours, and so is not seen to be missing.
	const unfinished = join(cacheFolder(root), 'packages-unfinished')
	return {
		name: "Debian's packages",
		mayTake: '5 min',
		isDone: () => !existsSync(unfinished) && missing().length === 0,
		async perform(run) {
			const names = missing()
			const prefix = asInstaller(names)
			const frontend = ['env', 'DEBIAN_FRONTEND=noninteractive']
			// Without a terminal of its own dpkg stays in the process group that a signal to set-up ends.
			const apt = [...prefix, ...frontend, 'apt-get', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0']
			mkdirSync(cacheFolder(root), { recursive: true })
			writeFileSync(unfinished, '')
			await run([...prefix, ...frontend, 'dpkg', '--configure', '-a'], { advice: ADVICE })
			if (names.length > 0) {
				try {
					await run([...apt, 'update'], { advice: ADVICE })
					await run([...apt, 'install', '--no-install-recommends', ...names], { advice: ADVICE })
				} catch (error) {
					throw new Unavailable(error.message, error.advice)
				}
			}
			rmSync(unfinished)
		},
	}
}

/** What to put before a command to run it as root; null where that is impossible. */
export function asRoot() {
	if (process.getuid() === 0) return []
	// npm runs scripts as the owner of the folder, so this may be a user even after `sudo npm start`.
	return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : null
}

/** The same, to install these. Says what to install by hand where nobody may. */
function asInstaller(names) {
	const prefix = asRoot()
	if (prefix) return prefix
	throw new Unavailable(
		`only root can install what is missing: ${names.join(' ')}`,
		`Run this line, then start again:\nsudo apt-get install -y --no-install-recommends ${names.join(' ')}`,
	)
}

function missingOf(names) {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
	const { stdout, error } = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names], {
		encoding: 'utf8',
	})
	if (error) throw new StepError('dpkg-query is not here', 'Maru runs on Debian 12 or newer')
	const installed = new Set(stdout.split('\n'))
	return names.filter((name) => !installed.has(`${name} installed`))
}
