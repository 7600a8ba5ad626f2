import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** The package with everything of Debian's that it needs, as a folder that apt reads without any network. */

/** Fills `folder`, which is empty. `deb`: our package; `depends`: what it names. */
export function collectOffline(root: string, folder: string, deb: string, depends: readonly string[]): void {
	const packages = join(folder, 'packages')
	mkdirSync(join(packages, 'partial'), { recursive: true })
	// As on a machine that has nothing yet: whatever a plain Debian lacks of it is there.
	const empty = join(folder, 'nothing-installed')
	writeFileSync(empty, '')
	const options = [`Dir::State::status=${empty}`, `Dir::Cache::archives=${packages}`, 'APT::Sandbox::User=root']
	execFileSync(
		'apt-get',
		[
			...options.flatMap((option) => ['-o', option]),
			...['-q', '-y', '--no-install-recommends', '--download-only', 'install', ...depends],
		],
		{ stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
	)
	const left = [empty, ...['lock', 'lock-frontend'].map((name) => join(folder, name))]
	for (const rest of [...left, join(packages, 'partial'), join(packages, 'lock')])
		rmSync(rest, { recursive: true, force: true })
	copyFileSync(deb, join(packages, basename(deb)))
	writeFileSync(join(packages, 'Packages'), indexOf(packages))
	copyFileSync(join(root, 'systemd/deb/install.sh'), join(folder, 'install.sh'))
}

/** apt's index of a folder (Debian's repository format: deb822 stanzas with Filename, Size and SHA256). */
function indexOf(folder: string): string {
	const stanzas = readdirSync(folder)
		.filter((name) => name.endsWith('.deb'))
		.map((name) => {
			const path = join(folder, name)
			const fields = execFileSync('dpkg-deb', ['--field', path], { encoding: 'utf8' }).trimEnd()
			const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
			return `${fields}\nFilename: ./${name}\nSize: ${statSync(path).size}\nSHA256: ${sha256}\n`
		})
	return stanzas.join('\n')
}
