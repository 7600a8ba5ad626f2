import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { builtIn, type Lock, productFolders, productPackages } from '../../systemd/deb/contents.ts'
import { controlOf, debVersion } from '../../systemd/deb/control.ts'
import { sbomOf } from '../../systemd/deb/sbom.ts'

/** What the package says of itself. That it installs is tested by `npm run test:systemd`. */

const root = join(import.meta.dirname, '../..')
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock

describe('The package', () => {
	it('is made of what runs, and of nothing that only builds or tests', () => {
		const folders = productFolders(lock)
		for (const name of ['node', 'mediasoup', 'fastify', 'serialport', 'node-hid', 'puppeteer-core']) {
			expect(folders).toContain(`node_modules/${name}`)
		}
		for (const name of ['vitest', 'vite', 'svelte', 'typescript', '@biomejs/biome']) {
			expect(folders).not.toContain(`node_modules/${name}`)
		}
	})

	it('counts what lies nested in another package as well', () => {
		const nested = { 'node_modules/a': { version: '1' }, 'node_modules/a/node_modules/@b/c': { version: '2' } }
		const developers = {
			'node_modules/d': { version: '3', dev: true },
			'node_modules/d/node_modules/e': { version: '4' },
		}
		const found = productPackages({ packages: { '': { version: '0' }, ...nested, ...developers } })
		expect(found.map(({ name, version }) => `${name} ${version}`)).toEqual(['@b/c 2', 'a 1'])
	})

	it('counts one that lies in several folders once: a part’s name in the list is its own', () => {
		const { components } = sbomOf({ version: '1', at: new Date(7), lock, debian: [] }) as { components: object[] }
		const names = components.map((one) => (one as { 'bom-ref': string })['bom-ref'])
		expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
	})

	it('counts what the pages are built of, and no more', () => {
		const sources = globSync('control-panel/**/*.{ts,svelte}', { cwd: root, exclude: ['**/dist/**'] })
		const text = sources.map((path) => readFileSync(join(root, path), 'utf8')).join('\n')
		const imported = [...text.matchAll(/(?:from|import) ?\(?'((?:@[\w-]+\/)?[\w-][\w.-]*)(?:\/[^']*)?'/g)].map(
			([, name]) => name ?? '',
		)
		const named = new Set(productPackages(lock).map(({ name }) => name))
		expect([...new Set(imported)].filter((name) => !named.has(name))).toEqual([])
		// svelte itself brings the other two.
		const own = ['clsx', 'esm-env']
		expect(builtIn.filter((name) => !own.includes(name) && !imported.includes(name))).toEqual([])
	})

	it('names a licence for all of npm’s that come along', () => {
		const unnamed = productPackages(lock).filter(({ license }) => !license)
		expect(unnamed.map(({ name }) => name)).toEqual([])
	})

	it.each([
		['0.1.0', '2026-11-29T08:00:00Z', '0.1.0', '2026-11-29T08:00:01Z'],
		['0.1.0', '2026-11-29T08:00:00Z', '0.1.0', '2026-12-01T07:00:00Z'],
		['0.9.0', '2026-11-29T08:00:00Z', '0.10.0', '2026-11-28T08:00:00Z'],
	])('made from %s at %s is older to dpkg than from %s at %s', (one, at, other, then) => {
		const version = (stated: string, at: string, commit: string) =>
			debVersion(stated, { at: new Date(at), commit, dirty: false })
		const [older, newer] = [version(one, at, 'ffffffffff'), version(other, then, '0000000000')]
		const { status } = spawnSync('dpkg', ['--compare-versions', older, 'lt', newer])
		expect(status, `${older} lt ${newer}`).toBe(0)
	})

	it('tells dpkg what it is in fields that dpkg reads', () => {
		const control = controlOf({ version: '1+2', depends: ['ffmpeg', 'chromium'], recommends: [], installedKb: 7.2 })
		expect(control).toMatch(/^Package: maru\nVersion: 1\+2\n/)
		expect(control).toMatch(/^Depends: chromium, ffmpeg$/m)
		expect(control).toMatch(/^Installed-Size: 8$/m)
		expect(control).not.toMatch(/^Recommends/m)
	})

	it('has scripts that a shell understands', () => {
		for (const name of ['postinst', 'prerm', 'postrm', 'maru', 'install.sh', 'package.sh']) {
			execFileSync('sh', ['-n', join(root, 'systemd/deb', name)])
		}
	})
})

describe('The list of its parts', () => {
	it('is CycloneDX: each with its version, where it comes from, its licence and what npm has pinned it to', () => {
		const packages = {
			'node_modules/@a/b': {
				version: '1.2.3',
				license: 'MIT',
				integrity: `sha512-${Buffer.from('x').toString('base64')}`,
			},
		}
		const debian = [{ name: 'libuv1', version: '1.44.2-1+deb12u1' }]
		expect(sbomOf({ version: '1', at: new Date(7), lock: { packages }, debian })).toMatchObject({
			bomFormat: 'CycloneDX',
			specVersion: '1.5',
			components: [
				{
					purl: 'pkg:npm/%40a/b@1.2.3',
					licenses: [{ expression: 'MIT' }],
					hashes: [{ alg: 'SHA-512', content: '78' }],
				},
				{ purl: 'pkg:deb/debian/libuv1@1.44.2-1%2Bdeb12u1' },
				{ name: 'Pretendard GOV', licenses: [{ expression: 'OFL-1.1' }] },
			],
			dependencies: [{ ref: 'maru', dependsOn: expect.arrayContaining(['pkg:npm/%40a/b@1.2.3']) }],
		})
	})
})
