import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NEEDED, NEEDED_FOR_DEMO, NEEDED_FOR_DISPLAYS } from '../../appliance/setup/debian-packages.mjs'
import { workerPackages } from '../../appliance/setup/machine.mjs'
import type { Lock } from './contents.ts'
import { controlOf, debVersion } from './control.ts'
import { collectOffline } from './offline.ts'
import { sbomOf } from './sbom.ts'
import { stageControl, stageFiles } from './stage.ts'
import { acceptedKeys, makeUpdate } from './update.ts'

/**
 * `npm run package [-- --offline] [-- --update --sign KEY] [-- --to FOLDER]`: the .deb, its list of parts (CycloneDX), and
 * where asked the archive that installs it on a plain Debian without any network, and the signed file that `maru update` takes
 * (with both, Debian's packages come along in it). `--sign` may be said more than once, `--accept KEY.pub` names whose updates
 * this version takes besides, `--from VERSION` the oldest that it may be put over. Prints the paths of what it made.
 */

/** Older ones have no `maru update`. */
const leastVersion = '0.1.0'
const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
	options: {
		...{ offline: { type: 'boolean' }, update: { type: 'boolean' }, to: { type: 'string' }, from: { type: 'string' } },
		...{ sign: { type: 'string', multiple: true }, accept: { type: 'string', multiple: true } },
	},
})
const { sign = [], accept = [] } = values
if (values.update && sign.length === 0) throw new Error('--update needs --sign KEY (maru update keygen KEY makes one)')
const folder = values.to ?? join(root, 'packages')

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
const { version: stated } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
const at = new Date(Number(git('show', '-s', '--format=%ct', 'HEAD')) * 1_000)
const dirty = git('status', '--porcelain') !== ''
const version = debVersion(stated, { at, commit: git('rev-parse', 'HEAD'), dirty })

const tools = ['init-system-helpers', 'perl-base', 'systemd', 'udev', 'procps', 'util-linux']
const depends = [...new Set([...Object.keys(NEEDED), ...workerPackages(root), ...tools])].sort()
const recommends = Object.keys({ ...NEEDED_FOR_DEMO, ...NEEDED_FOR_DISPLAYS })
const stage = mkdtempSync(join(tmpdir(), 'maru-deb-'))
try {
	mkdirSync(folder, { recursive: true })
	const files = join(stage, 'files')
	const sbom = `${JSON.stringify(sbomOf({ version, at, lock, debian: installed(depends) }), null, '\t')}\n`
	const { installedKb } = stageFiles(root, files)
	writeFileSync(join(files, 'usr/share/doc/maru/sbom.cdx.json'), sbom)
	writeFileSync(join(files, 'opt/maru/VERSION'), `${version}\n`)
	const keys = acceptedKeys(sign, accept)
	if (keys !== '') {
		mkdirSync(join(files, 'usr/share/maru'), { recursive: true })
		writeFileSync(join(files, 'usr/share/maru/update.pub'), keys)
	}
	stageControl(root, files, controlOf({ version, depends, recommends, installedKb }))
	const deb = join(folder, `maru_${version}_amd64.deb`)
	// The same commit makes the same bytes, whoever builds it and when.
	const env = { ...process.env, SOURCE_DATE_EPOCH: String(at.getTime() / 1_000) }
	execFileSync('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z10', '--build', files, deb], { stdio: 'pipe', env })
	writeFileSync(join(folder, `maru_${version}.cdx.json`), sbom)
	tell(deb)
	const all = join(stage, `maru_${version}_offline`)
	if (values.offline) {
		collectOffline(root, all, deb, [...depends, ...Object.keys(NEEDED_FOR_DISPLAYS)])
		const archive = join(folder, `maru_${version}_offline.tar`)
		execFileSync('tar', ['--owner=0', '--group=0', '-cf', archive, '-C', stage, `maru_${version}_offline`])
		tell(archive)
	}
	if (values.update) {
		const path = join(folder, `maru-${version}.maru-update`)
		await makeUpdate(path, {
			...{ version, at, deb, depends, installedKb, keys: sign, least: values.from ?? leastVersion },
			debian: values.offline ? join(all, 'packages') : null,
		})
		tell(path)
	}
} finally {
	rmSync(stage, { recursive: true, force: true })
}

function tell(path: string) {
	console.log(`${path}  ${(statSync(path).size / 1_048_576).toFixed(0)} MiB`)
}

/** Those of Debian's packages as they are here. */
function installed(names: readonly string[]) {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
	const lines = execFileSync('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', ...names], { encoding: 'utf8' })
	return lines
		.trim()
		.split('\n')
		.map((line) => line.split(' '))
		.map(([name = '', version = '']) => ({ name, version }))
}
