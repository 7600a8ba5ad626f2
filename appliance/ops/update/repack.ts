import {
	chmodSync,
	copyFileSync,
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { succeed } from './programs.ts'

/**
 * The installed version as a package again, from its files: nobody has kept the one that it came from. Its configuration is
 * left out. dpkg then leaves the file alone and still knows which one was delivered, whoever has changed it since.
 */

const scripts = ['preinst', 'postinst', 'prerm', 'postrm', 'md5sums', 'triggers']
/** What dpkg itself has added to what the package says. */
const dpkgsOwn = /^(Status|Conffiles|Config-Version):/

/** Writes it to `to`. `work`: an empty folder's place, on the same disk if possible. */
export async function repack(name: string, work: string, to: string): Promise<void> {
	rmSync(work, { recursive: true, force: true })
	const conffiles = (await succeed(['dpkg-query', '-W', '-f', '$' + '{Conffiles}', name]))
		.split('\n')
		.map((line) => line.trim().split(' ')[0] ?? '')
	// What dpkg was told to leave out (documentation, on small systems), or somebody has removed, is not there.
	const files = (await succeed(['dpkg-query', '-L', name]))
		.split('\n')
		.filter((path) => path.startsWith('/') && path !== '/.' && !conffiles.includes(path))
		.filter((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined)
	const folders = new Set(files.map((path) => dirname(path)))
	// Also where the system has a link in a folder's place, as for /bin.
	for (const path of files.filter((path) => folders.has(path))) makeFolder(join(work, path), statSync(path).mode)
	for (const path of files.filter((path) => !folders.has(path))) bring(path, join(work, path))
	makeFolder(work, 0o755)

	const control = join(work, 'DEBIAN')
	makeFolder(control, 0o755)
	writeFileSync(join(control, 'control'), withoutDpkgs(await succeed(['dpkg-query', '-s', name])))
	for (const script of scripts) {
		const [path = ''] = (await succeed(['dpkg-query', '--control-path', name, script])).split('\n')
		if (path !== '' && existsSync(path)) copyFileSync(path, join(control, script))
	}
	await succeed(['dpkg-deb', '--root-owner-group', '-Znone', '--build', work, to])
	await succeed(['sync', to])
	rmSync(work, { recursive: true, force: true })
}

/** Whatever the umask is: dpkg takes it as it stands here. */
function makeFolder(path: string, mode: number) {
	mkdirSync(path, { recursive: true })
	chmodSync(path, mode & 0o7777)
}

/** Under a second name where that can be: nothing here writes into it. */
function bring(from: string, to: string) {
	const stat = lstatSync(from)
	if (stat.isDirectory()) return makeFolder(to, stat.mode)
	if (stat.isSymbolicLink()) return symlinkSync(readlinkSync(from), to)
	try {
		linkSync(from, to)
	} catch {
		copyFileSync(from, to)
		chmodSync(to, stat.mode & 0o7777)
	}
}

/** Pure. */
export function withoutDpkgs(status: string): string {
	let dropped = false
	const kept = status.split('\n').filter((line) => {
		if (!/^\s/.test(line)) dropped = dpkgsOwn.test(line)
		return !dropped && line !== ''
	})
	return `${kept.join('\n')}\n`
}
