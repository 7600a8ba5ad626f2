import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { asRoot } from './debian-packages.mjs'
import { StepError, Unavailable } from './step-error.mjs'
import { cachedWorker, cacheFolder } from './worker-path.mjs'

/**
 * The Debian that `npm run test:vm` boots under QEMU and `npm run test:systemd` under systemd-nspawn: plain, with Debian's
 * own kernel, and with nothing of Maru in it. It is made once and kept in the cache; what a test writes there is lost
 * when its machine ends.
 */

/** What runs in it, besides what the SFU worker's libraries bring. */
const PACKAGES = [
	...['systemd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'procps', 'iproute2', 'login', 'passwd', 'netbase'],
	...['linux-image-amd64', 'initramfs-tools', 'busybox', 'zstd'],
	'qemu-guest-agent', // runs what a test wants to be run
	'curl', // speaks to the service as any client on this machine
	'libusb-1.0-0', // node-hid is linked against it
	'alsa-utils', // sound cards, listed and played to
	'v4l-utils', // a camera, looked at
]

/** Would start in the midst of a test, and nobody misses them. */
const MASKED = [
	'apt-daily.timer',
	'apt-daily-upgrade.timer',
	'e2scrub_all.timer',
	'e2scrub_reap.service',
	'fstrim.timer',
]

/** The drivers that the kernel needs to find its disk. */
const BOOT_MODULES = ['virtio_pci', 'virtio_blk', 'ext4', 'crc32c_generic']

/** Run by mmdebstrap with the new system's folder as $1, before the kernel's package makes its initrd. */
const BEFORE_KERNEL = `
mkdir -p "$1/etc/initramfs-tools/conf.d"
echo MODULES=list >"$1/etc/initramfs-tools/conf.d/maru"
printf '%s\\n' ${BOOT_MODULES.join(' ')} >"$1/etc/initramfs-tools/modules"`

/** The same, when all is installed. */
const AT_THE_END = `
echo machine >"$1/etc/hostname"
echo '/dev/vda / ext4 defaults,noatime 0 0' >"$1/etc/fstab"
chroot "$1" passwd -d root
for unit in ${MASKED.join(' ')}; do ln -sf /dev/null "$1/etc/systemd/system/$unit"; done`

/** Its disk has no journal: what is written to it is not kept. The file has holes; the size is what a test may add. */
const MKFS = ['/usr/sbin/mkfs.ext4', '-q', '-F', '-O', '^has_journal', '-E', 'lazy_itable_init=1,root_owner=0:0']

/** Where it lies: `root`, the system as a folder; `disk`, the same as an ext4 image. */
export function machinePaths(root) {
	const folder = join(cacheFolder(root), 'machine')
	return { folder, root: join(folder, 'root'), disk: join(folder, 'disk.img'), stamp: join(folder, 'recipe') }
}

/** Makes it, as root. */
export function machineStep(root) {
	const paths = machinePaths(root)
	return {
		name: 'Debian for the tests in a machine of their own',
		mayTake: '3 min',
		isDone: () => existsSync(paths.stamp) && readFileSync(paths.stamp, 'utf8') === recipe(root),
		async perform(run) {
			const prefix = asRoot()
			if (!prefix) {
				throw new Unavailable(
					'only root can make a Debian to test in',
					'Run it once as root, or where sudo asks for no password: from then on the Debian is in the cache',
				)
			}
			const advice = `See that this machine reaches Debian's packages and has 2 GB free at ${paths.folder}, then run it again`
			mkdirSync(paths.folder, { recursive: true })
			const sources = join(paths.folder, 'sources.list')
			writeFileSync(sources, ownSources())
			await run([...prefix, 'rm', '-rf', paths.stamp, paths.root, paths.disk], { advice })
			await fetched(
				run(
					[
						...[...prefix, 'mmdebstrap', '--mode=root', '--variant=minbase'],
						'--aptopt=APT::Install-Recommends "false"',
						'--aptopt=Acquire::Languages "none"',
						...['man', 'doc', 'locale'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
						'--dpkgopt=force-unsafe-io', // of no use after a power cut, and then it is made anew
						`--essential-hook=${BEFORE_KERNEL}`,
						`--customize-hook=${AT_THE_END}`,
						`--include=${[...PACKAGES, ...workerPackages(root)].join(',')}`,
						...[codename(), paths.root, sources],
					],
					{ advice },
				),
			)
			await run([...prefix, ...MKFS, '-d', paths.root, paths.disk, '4G'], { advice })
			writeFileSync(paths.stamp, recipe(root))
		},
	}
}

/** What it is made of: another recipe, another Debian or another worker make it anew. */
function recipe(root) {
	const parts = [PACKAGES, BEFORE_KERNEL, AT_THE_END, MKFS, codename(), basename(cachedWorker(root))]
	return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Without what only a network or a mirror can lack, this is no fault of Maru's. */
async function fetched(running) {
	try {
		await running
	} catch (error) {
		if (!/Failed to fetch|Could not resolve|Unable to connect|Unable to locate package/.test(error.output)) throw error
		throw new Unavailable(error.message, error.advice)
	}
}

/** This machine's own Debian: a city has its mirror, and the worker runs on this release's libraries. */
function ownSources() {
	const format = '$(ORIGIN) deb $(SITE) $(RELEASE) $(COMPONENT)'
	const list = output('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'])
	const lines = list.split('\n').filter((line) => line.startsWith('Debian deb '))
	return `${[...new Set(lines)].map((line) => line.slice('Debian '.length)).join('\n')}\n`
}

function codename() {
	return /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable'
}

/** The packages that the SFU worker's libraries come from. */
export function workerPackages(root) {
	const worker = process.env.MEDIASOUP_WORKER_BIN || cachedWorker(root)
	const libraries = output('ldd', [worker]).match(/\/lib\S+/g) ?? []
	// dpkg knows some files with and others without /usr.
	const files = libraries.flatMap((file) => [file, file.startsWith('/usr/') ? file.slice(4) : `/usr${file}`])
	const owners = output('dpkg-query', ['-S', ...files]).split('\n')
	return [...new Set(owners.map((line) => line.split(':')[0]).filter(Boolean))]
}

function output(command, args) {
	const { stdout, error } = spawnSync(command, args, { encoding: 'utf8' })
	if (error) throw new StepError(`${command} could not be started: ${error.message}`, 'Maru runs on Debian 12 or newer')
	return stdout
}
