import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
	chmodSync,
	copyFileSync,
	globSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { workerPath } from '../../appliance/setup/worker-path.mjs'
import { font, type Lock, productFolders, productPackages } from './contents.ts'
import { parts, programs, units } from './units.ts'

/** The package's files as they will lie on the machine, below a folder of their own. */

const sources = [
	'package.json',
	'package-lock.json',
	'LICENSE',
	'README.md',
	'appliance',
	'drivers',
	'control-panel/dist',
]
/** Sources of what is compiled already, and what npm packages bring for their own developers. */
const leftOut = ['node_modules/mediasoup/worker', 'node_modules/*/{test,tests,docs,example,examples,benchmark,.github}']

/** Whatever an administrator has changed of them stays. */
const conffiles = [
	'etc/chromium/policies/managed/maru.json',
	...['etc/default/maru-backup', 'etc/maru/display.conf', 'etc/maru/maru.yaml', 'etc/pam.d/maru-display'],
]

export interface Staged {
	installedKb: number
}

/** Fills `stage`, which is empty. `root`: the checkout, with everything built. */
export function stageFiles(root: string, stage: string): Staged {
	const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
	const opt = join(stage, 'opt/maru')
	mkdirSync(opt, { recursive: true })
	const copied = [...sources, ...productFolders(lock)]
	execFileSync('cp', ['-a', '--no-preserve=ownership', '--parents', ...copied, opt], { cwd: root })
	for (const path of globSync(leftOut, { cwd: opt })) rmSync(join(opt, path), { recursive: true })
	copyFileSync(workerPath(), join(opt, 'mediasoup-worker'))

	const put = (from: string, to: string) => {
		mkdirSync(dirname(join(stage, to)), { recursive: true })
		copyFileSync(join(root, from), join(stage, to))
	}
	const write = (to: string, content: string | Buffer) => {
		mkdirSync(dirname(join(stage, to)), { recursive: true })
		writeFileSync(join(stage, to), content)
	}
	for (const name of units) put(`systemd/${name}`, `usr/lib/systemd/system/${name}`)
	// Nobody has to enable it: it does nothing where no update was cut off.
	const wants = join(stage, 'usr/lib/systemd/system/multi-user.target.wants')
	mkdirSync(wants, { recursive: true })
	symlinkSync('../maru-update-recover.service', join(wants, 'maru-update-recover.service'))
	for (const name of [...programs, ...parts]) put(`systemd/${name}`, `opt/maru/systemd/${name}`)
	put('systemd/maru-backup.default', 'etc/default/maru-backup')
	put('systemd/maru.sysusers.conf', 'usr/lib/sysusers.d/maru.conf')
	put('systemd/maru.modules-load.conf', 'usr/lib/modules-load.d/maru.conf')
	put('systemd/maru.sysctl.conf', 'usr/lib/sysctl.d/60-maru.conf')
	put('systemd/maru-display.conf', 'etc/maru/display.conf')
	put('systemd/maru-chromium.json', 'etc/chromium/policies/managed/maru.json')
	put('systemd/maru-display.pam', 'etc/pam.d/maru-display')
	put('systemd/deb/maru', 'usr/bin/maru')
	put('systemd/deb/maru.yaml', 'etc/maru/maru.yaml')
	write('usr/lib/udev/rules.d/70-maru.rules', udevRules(root))
	for (const name of ['service', 'sysusers', 'tmpfiles']) {
		put(`systemd/maru-relay.${name}.conf`, `usr/share/doc/maru/examples/maru-relay.${name}.conf`)
	}
	put('nginx/maru-relay.conf', 'usr/share/doc/maru/examples/nginx-maru-relay.conf')
	write('usr/share/doc/maru/copyright', licences(root, lock))
	write('usr/share/doc/maru/changelog.gz', gzipSync(readFileSync(join(root, 'CHANGELOG.md')), { level: 9 }))

	execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', stage])
	return { installedKb: Number(execFileSync('du', ['-sk', stage], { encoding: 'utf8' }).split('\t')[0]) }
}

/** dpkg's own folder: what the package is, what runs when it comes and goes, and what its files were. */
export function stageControl(root: string, stage: string, control: string): void {
	const folder = join(stage, 'DEBIAN')
	mkdirSync(folder)
	writeFileSync(join(folder, 'control'), control)
	writeFileSync(join(folder, 'conffiles'), conffiles.map((path) => `/${path}\n`).join(''))
	for (const script of ['postinst', 'prerm', 'postrm']) {
		copyFileSync(join(root, 'systemd/deb', script), join(folder, script))
		chmodSync(join(folder, script), 0o755)
	}
	// A link has no sum: dpkg would find it changed.
	const files = globSync('{etc,opt,usr}/**', { cwd: stage }).filter((path) => {
		return lstatSync(join(stage, path)).isFile() && !path.startsWith('etc/')
	})
	const sums = files.map((path) => `${md5(readFileSync(join(stage, path)))}  ${path}\n`)
	writeFileSync(join(folder, 'md5sums'), sums.join(''))
}

const md5 = (content: Buffer) => createHash('md5').update(content).digest('hex')

function udevRules(root: string): Buffer {
	const node = join(root, 'node_modules/node/bin/node')
	const rules = ['appliance/ops/cli.ts', 'udev-rules', '--group', 'maru']
	return execFileSync(node, ['--disable-warning=ExperimentalWarning', ...rules], { cwd: root })
}

/** `copyright` (Debian Policy, chapter 12.5): our licence whole, and whose work comes along under which. */
function licences(root: string, lock: Lock): string {
	const others = productPackages(lock).map(({ name, version, license = 'see the package' }) => {
		return `${name} ${version}: ${license}`
	})
	const where = 'Each brings its licence in whole, in its folder below /opt/maru/node_modules.'
	return `Maru is under the following licence.\n\n${readFileSync(join(root, 'LICENSE'), 'utf8')}
With it come, from npm:\n\n${others.join('\n')}\n\n${where}
The code of those that have none there is in the pages, as is the font ${font.name} (${font.license}):\n
${readFileSync(join(root, font.folder, 'LICENSE.txt'), 'utf8')}`
}
