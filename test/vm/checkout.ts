import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { workerPath } from '../../appliance/setup/worker-path.mjs'
import { type Lock, productFolders } from '../../systemd/deb/contents.ts'

/** The working copy as a machine gets it, below /opt/maru: what runs there, and the programs of these tests. */

const root = join(import.meta.dirname, '../..')
/** What is compiled here for the machine, below the checkout's folder; and by loading what. */
const compiled = '.compiled'
/** Whom systemd-sysusers may give a new user's number. */
const systemUsers = Array.from({ length: 10 }, (_, at) => 990 + at)
const loaded = [
	...['appliance/main.ts', 'appliance/room/cards.ts', 'drivers/virtual/phone.ts', 'node_modules/node-hid/nodehid.js'],
	...['drivers/hid-telephony/driver.ts', 'drivers/visca/serial-driver.ts', 'drivers/transport/hidraw.ts'],
]
const sources = ['package.json', 'appliance', 'drivers', 'control-panel/dist', 'systemd', 'test/vm']

/** Copies it into a folder of this name, which anybody may read. */
export function copyCheckout(folder: string): void {
	mkdirSync(folder, { recursive: true })
	const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
	execFileSync('cp', ['-a', '--no-preserve=ownership', '--parents', ...sources, ...productFolders(lock), folder], {
		cwd: root,
	})
	copyFileSync(workerPath(), join(folder, 'mediasoup-worker'))
	const node = (args: string[]) =>
		execFileSync(join(folder, 'node_modules/node/bin/node'), ['--disable-warning=ExperimentalWarning', ...args], {
			cwd: folder,
			env: { ...process.env, NODE_COMPILE_CACHE: join(folder, compiled), NODE_COMPILE_CACHE_PORTABLE: '1' },
		})
	// Minutes of work for a processor that is itself a program; what does not fit there, Node compiles anew.
	node(['--eval', loaded.map((file) => `import('./${file}')`).join('\n')])
	for (const name of readdirSync(join(folder, compiled))) {
		// Node has a cache for each user, and does not know who will be whose.
		const ofUser = (uid: number) => join(folder, compiled, name.replace(/-\d+$/, `-${uid}`))
		for (const uid of [0, ...systemUsers]) if (!existsSync(ofUser(uid))) symlinkSync(name, ofUser(uid))
	}
	writeFileSync(join(folder, 'maru.rules'), node(['appliance/ops/cli.ts', 'udev-rules', '--group', 'maru']))
	execFileSync('chmod', ['-R', 'a+rX', folder])
}

/** The same as a disk: an ext4 image with holes. */
export function imageOf(folder: string, image: string): void {
	const options = ['-q', '-F', '-O', '^has_journal', '-E', 'lazy_itable_init=1,root_owner=0:0']
	execFileSync('/usr/sbin/mkfs.ext4', [...options, '-d', folder, image, '2G'])
}
