import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { workerPath } from '../../appliance/setup/worker-path.mjs'

/** The working copy as a machine gets it, below /opt/maru: what runs there, and the programs of these tests. */

const root = join(import.meta.dirname, '../..')
const sources = ['package.json', 'appliance', 'drivers', 'control-panel/dist', 'systemd', 'test/vm']

/** Copies it into a folder of this name, which anybody may read. */
export function copyCheckout(folder: string): void {
	mkdirSync(folder, { recursive: true })
	execFileSync('cp', ['-a', '--no-preserve=ownership', '--parents', ...sources, ...packages(), folder], { cwd: root })
	copyFileSync(workerPath(), join(folder, 'mediasoup-worker'))
	execFileSync('chmod', ['-R', 'a+rX', folder])
}

/** The same as a disk: an ext4 image with holes. */
export function imageOf(folder: string, image: string): void {
	const options = ['-q', '-F', '-O', '^has_journal', '-E', 'lazy_itable_init=1,root_owner=0:0']
	execFileSync('/usr/sbin/mkfs.ext4', [...options, '-d', folder, image, '2G'])
}

/** What npm installed of what the lockfile names and the product needs, Node itself among it. */
function packages(): string[] {
	const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
	const top = Object.entries(lock.packages).filter(([path]) => path.lastIndexOf('node_modules/') === 0)
	return top.filter(([, { dev, optional }]) => !dev && !optional).map(([path]) => path)
}

interface Lock {
	packages: Record<string, { dev?: boolean; optional?: boolean }>
}
