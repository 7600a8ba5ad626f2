import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Browser } from 'puppeteer-core'
import { hostedChromium } from './hosted.ts'
import { type OpenPage, openPage, type PageOptions } from './page.ts'

/**
 * Debian's Chromium, as a part of the appliance: it dies with us, keeps its sandbox, and plays sound.
 *
 * - It is started by `setpriv --pdeathsig KILL`, so the kernel ends it when this process is killed, even when Chromium
 *   hangs at that moment; the debugging pipe (`pipe: true`) ends it too. setpriv execs, so the pid is Chromium's own.
 * - Chromium refuses its sandbox to root. As root we therefore run it as `maru-stage` (or `nobody`), by the same setpriv;
 *   `--no-sandbox` is never used.
 * - Where $MARU_BROWSERS names a socket, as on an installed appliance, systemd starts it instead (hosted.ts).
 */
const chromium = '/usr/bin/chromium'
const setpriv = '/usr/bin/setpriv'
const closeGraceMs = 2000
const startMs = 20_000
/**
 * No answer from the browser's own protocol for so long: the call fails. A hung browser is found by its beat, sooner; one that
 * starts on full cores may need more than half of it for the first answer.
 */
const protocolMs = 20_000
/** Only when a browser is to start: it is a tenth of what the service loads, and the panel waits for none of it. */
const library = async () => (await import('puppeteer-core')).default

export interface LaunchOptions {
	/** Names the browser in logs and its folder under the system's temporary folder: 'stage'. */
	name: string
	/** Where the profile is kept. Without it, and for systemd's: a folder of its own, removed when the browser closes. */
	profileDir?: string
	headless: boolean
	/** Chromium's own moving picture and beep instead of devices, or files (.y4m, .mjpeg; .wav) played as such. */
	fakeDevices: boolean | { video?: string; audio?: string }
	/** SHA-256 of public keys (base64) whose certificates are accepted, whoever signed them: our own authority's. */
	trustedSpki?: readonly string[]
	args?: readonly string[]
	/** Instead of twenty seconds for each call of the browser's own protocol: a test waits within one for what it wants to see. */
	protocolMs?: number
	log: Logger
}

export interface LaunchedBrowser {
	readonly pid: number
	/** The library's own object, for those who need more than a page. Of systemd's it knows no process. */
	readonly puppeteer: Browser
	/** Settles when the process has ended, however that came. */
	readonly gone: Promise<void>
	openPage(options: PageOptions): Promise<OpenPage>
	/** Ends every process of this browser at once. Works on a hung one. */
	kill(): void
	/** Asks it to end, and kills what is left after two seconds. Removes the profile if it was a temporary one. */
	close(): Promise<void>
}

/** Starts a browser. Rejects when Chromium is missing or does not start within 20 s. */
export async function launchBrowser(options: LaunchOptions): Promise<LaunchedBrowser> {
	const socket = process.env.MARU_BROWSERS
	const { browser, pid, gone, kill, remove } = socket ? await askFor(socket, options) : await spawnOwn(options)
	options.log.debug({ browser: options.name, pid }, 'browser started')
	return {
		pid,
		puppeteer: browser,
		gone,
		openPage: (page) => openPage(browser, page),
		kill,
		async close() {
			const asked = browser.close().catch(() => {})
			await Promise.race([Promise.all([asked, gone]), sleep(closeGraceMs, undefined, { ref: false })])
			kill()
			await gone
			await remove()
		},
	}
}

interface Started {
	browser: Browser
	pid: number
	gone: Promise<void>
	kill(): void
	/** Of what it leaves on the disk. */
	remove(): Promise<void>
}

const protocol = ({ protocolMs: limit = protocolMs }: LaunchOptions) => ({
	protocolTimeout: limit,
	defaultViewport: null,
	acceptInsecureCerts: false,
})
const patience = ({ protocolMs: limit = 0 }: LaunchOptions) => Math.max(startMs, limit)

/** The displays of an installed appliance are Wayland's, and know by this name which is whose (systemd/maru-display.conf). */
const onDisplay = ['--ozone-platform=wayland', '--class=maru-stage']

/** From systemd, as another user. */
async function askFor(path: string, options: LaunchOptions): Promise<Started> {
	const timeout = patience(options)
	const args = ['--remote-debugging-pipe', ...(options.headless ? [] : onDisplay), ...(await chromiumArgs(options))]
	const { pid, gone, transport, kill } = await hostedChromium(path, args, timeout)
	try {
		const browser = await (await library()).connect({ transport, ...protocol(options) })
		// Its first tab: another would hide behind it, or it behind another.
		await browser.waitForTarget((target) => target.type() === 'page', { timeout })
		return { browser, pid, gone, kill, async remove() {} }
	} catch (error) {
		kill()
		throw error
	}
}

/** As a child of our own. */
async function spawnOwn(options: LaunchOptions): Promise<Started> {
	const user = process.getuid?.() === 0 ? unprivilegedUser() : null
	// Meanwhile: it is a thousand small files, and nobody waits for them.
	if (!options.profileDir) void removeOrphans(options.name)
	const home = prepareHome(options, user)
	const args = [
		...(user === null
			? []
			: ['--reuid', `${user.uid}`, '--regid', `${user.gid}`, ...(user.own ? ['--init-groups'] : ['--clear-groups'])]),
		...['--pdeathsig', 'KILL', '--', chromium],
		...(await chromiumArgs(options)),
		`--user-data-dir=${home.profile}`,
	]
	let browser: Browser
	try {
		browser = await (await library()).launch({
			executablePath: setpriv,
			args,
			ignoreDefaultArgs: true, // they are in `args` already, behind setpriv's own
			pipe: true,
			timeout: patience(options),
			...protocol(options),
			// Ending is the composition root's affair; the library would end our process itself.
			handleSIGINT: false,
			handleSIGTERM: false,
			handleSIGHUP: false,
			env: environment(home.profile),
		})
	} catch (error) {
		await home.remove()
		throw error
	}
	const child = browser.process()
	const pid = child?.pid
	if (!child || pid === undefined) throw new Error('Chromium started without a process')
	let alive = child.exitCode === null && child.signalCode === null
	const gone = new Promise<void>((resolve) => {
		const end = () => {
			alive = false
			resolve()
		}
		if (alive) child.once('exit', end)
		else end()
	})
	const kill = () => {
		// The library starts Chromium as leader of a process group: its renderers and helpers go with it.
		if (alive) killGroup(pid)
	}

	return { browser, pid, gone, kill, remove: home.remove }
}

function killGroup(pid: number) {
	try {
		process.kill(-pid, 'SIGKILL')
	} catch {
		// It ended between our look and our kill.
	}
}

/**
 * Chromium asks its maker for updates, hints, forms and who is signed in, which on a network of its own is noise at best and
 * elsewhere tells that there is a room. Each of these is switched off where there is a switch; what a later version thinks
 * of is not, so that the maker's names mean nothing to it either (test/long/outside.test.ts counts).
 */
const makersDomains = ['google.com', 'googleapis.com', 'gstatic.com', 'gvt1.com', 'googleusercontent.com', 'dns.google']
const askingFeatures = [
	...['OptimizationGuideModelDownloading', 'OptimizationHintsFetching', 'OptimizationTargetPrediction'],
	...[
		'AutofillServerCommunication',
		'NetworkTimeServiceQuerying',
		'DnsOverHttpsUpgrade',
		'CertificateTransparencyComponentUpdater',
	],
	// A page without a microphone calls its own address by a name, and asks the whole network for it. Only our hub hears of it.
	'WebRtcHideLocalIpsWithMdns',
]
const silent = [
	...['--disable-component-update', '--disable-domain-reliability', '--disable-extensions'],
	`--disable-features=${askingFeatures.join(',')}`,
	`--host-resolver-rules=${makersDomains.flatMap((name) => [`MAP ${name} ~NOTFOUND`, `MAP *.${name} ~NOTFOUND`]).join(',')}`,
]

async function chromiumArgs(options: LaunchOptions): Promise<string[]> {
	const fake = options.fakeDevices
	const flags = [
		'--autoplay-policy=no-user-gesture-required',
		...silent,
		'--noerrdialogs',
		...(options.headless ? ['--disable-gpu'] : ['--kiosk', '--start-fullscreen']),
		...(fake ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] : []),
		...(typeof fake === 'object' && fake.video ? [`--use-file-for-fake-video-capture=${fake.video}`] : []),
		...(typeof fake === 'object' && fake.audio ? [`--use-file-for-fake-audio-capture=${fake.audio}`] : []),
		...(options.trustedSpki?.length ? [`--ignore-certificate-errors-spki-list=${options.trustedSpki.join(',')}`] : []),
		...(options.args ?? []),
	]
	const quiet = new Set(['--mute-audio', '--enable-automation'])
	const all = await (await library()).defaultArgs({ headless: options.headless, args: flags })
	return all.filter((flag) => !quiet.has(flag))
}

/** What Chromium may know of our environment: the way to display and sound, and the language. No secrets. */
function environment(home: string): Record<string, string> {
	const passed =
		/^(PATH|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|DISPLAY|XAUTHORITY|WAYLAND_DISPLAY|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS|PULSE_\w+|PIPEWIRE_\w+)$/
	const env: Record<string, string> = { HOME: home }
	for (const [name, value] of Object.entries(process.env)) {
		if (value !== undefined && passed.test(name)) env[name] = value
	}
	return env
}

interface User {
	uid: number
	gid: number
	/** Made for this, so that its groups (audio, video) count. */
	own: boolean
}

function unprivilegedUser(): User {
	// Both are the system's own users, never a directory's.
	const users = readFileSync('/etc/passwd', 'utf8').split('\n')
	const find = (name: string) => users.find((line) => line.startsWith(`${name}:`))?.split(':')
	const own = find('maru-stage')
	const entry = own ?? find('nobody')
	if (!entry) throw new Error('Chromium needs an unprivileged user: neither maru-stage nor nobody exists')
	return { uid: Number(entry[2]), gid: Number(entry[3]), own: own !== undefined }
}

/** The profile's folder, where the user who runs Chromium can reach it. */
function prepareHome(options: LaunchOptions, user: User | null) {
	const given = options.profileDir
	const profile = given ?? mkdtempSync(join(tmpdir(), `maru-${options.name}-${process.pid}-`))
	mkdirSync(profile, { recursive: true })
	if (user) {
		chownSync(profile, user.uid, user.gid)
		chmodSync(profile, 0o700)
	}
	// A killed Chromium leaves its lock behind, and the next one would ask it to open a window. One profile, one browser.
	for (const file of readdirSync(profile))
		if (file.startsWith('Singleton')) rmSync(join(profile, file), { force: true })
	return {
		profile,
		async remove() {
			// Helpers of a killed browser may still be writing for a moment.
			if (!given) await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
		},
	}
}

/** Profiles of browsers whose service was killed: nobody else will remove them. What cannot be removed does no harm. */
async function removeOrphans(name: string): Promise<void> {
	const ours = new RegExp(`^maru-${name}-(\\d+)-`)
	const files = await readdir(tmpdir()).catch(() => [])
	for (const file of files) {
		const pid = ours.exec(file)?.[1]
		if (pid === undefined || existsSync(`/proc/${pid}`)) continue
		await rm(join(tmpdir(), file), { recursive: true, force: true }).catch(() => {})
	}
}
