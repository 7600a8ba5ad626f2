import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optional, programs, units } from '../../systemd/deb/units.ts'

/** What systemd's own examiner says of our units. That they work is shown by `npm run test:systemd`. */

const folder = join(import.meta.dirname, '../../systemd')
const system = '/usr/lib/systemd/system'
const missing = spawnSync('systemd-analyze', ['--version']).status !== 0
let root: string

/** A machine as the package leaves it, as far as units go: Debian's own, ours, and what they start as empty programs. */
beforeAll(() => {
	root = mkdtempSync(join(tmpdir(), 'maru-units-'))
	if (missing) return
	cpSync(system, join(root, system), { recursive: true, verbatimSymlinks: true })
	for (const name of units) cpSync(join(folder, name), join(root, system, name))
	const debian = ['perl', 'env', 'chromium'].map((name) => `/usr/bin/${name}`)
	const started = [...debian, '/opt/maru/node_modules/node/bin/node', '/usr/bin/maru']
	for (const path of started) {
		mkdirSync(join(root, dirname(path)), { recursive: true })
		writeFileSync(join(root, path), '', { mode: 0o755 })
	}
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Of a template, one instance. */
const instance = (name: string) => name.replace('@.', '@1.')
const services = units.filter((name) => name.endsWith('.service'))
/** 0 is a unit that may do nothing, 10 one that may do everything. Chromium needs namespaces, and what it draws with. */
const limits: Record<string, number> = {
	'maru-browser@.service': 4.5,
	'maru-panel.service': 4.5,
	// dpkg, which writes all over the system.
	'maru-update-recover.service': 3,
}

describe.skipIf(missing)(`Units${missing ? ' (skipped: there is no systemd-analyze here)' : ''}`, () => {
	it.each(units)('systemd understands every line of %s', (name) => {
		// It ends with 0 also where it does not know a key; it says so.
		const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', `--root=${root}`, instance(name)], {
			encoding: 'utf8',
		})
		expect(stdout + stderr).toBe('')
	})

	it.each(services)('%s may do no more than it needs', (name) => {
		const said = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', join(folder, name)], {
			encoding: 'utf8',
		})
		const exposure = Number(/Overall exposure level for \S+: (\d+\.\d)/.exec(said)?.[1])
		expect(exposure).toBeGreaterThan(0)
		expect(exposure).toBeLessThanOrEqual(limits[name] ?? 2)
	})

	it('an unknown key would be seen', () => {
		writeFileSync(join(root, system, 'maru-wrong.service'), '[Service]\nExecStart=/usr/bin/perl\nWatchdogs=1\n')
		const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', `--root=${root}`, 'maru-wrong.service'], {
			encoding: 'utf8',
		})
		expect(stdout + stderr).toContain("Unknown key 'Watchdogs'")
	})
})

describe('The package', () => {
	it('brings every unit that there is, and every program that they start', () => {
		const all = globSync('*.{service,socket,target,timer}', { cwd: folder })
		const stage = readFileSync(join(folder, 'deb/stage.ts'), 'utf8')
		const brought = (name: string) => units.some((unit) => unit === name) || stage.includes(`'systemd/${name}'`)
		expect(all.filter((name) => !brought(name))).toEqual([])
		const text = units.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n')
		const ours = [...text.matchAll(/\/opt\/maru\/systemd\/(\S+)/g)].map(([, name]) => name ?? '')
		expect([...new Set(ours)].sort()).toEqual([...programs].sort())
	})

	it('enables, masks and purges the same units', () => {
		const enabled = units.filter((name) => {
			return !optional.includes(name) && readFileSync(join(folder, name), 'utf8').includes('\n[Install]\n')
		})
		for (const script of ['postinst', 'postrm']) {
			const [, named = ''] = /^UNITS="(.*)"$/m.exec(readFileSync(join(folder, 'deb', script), 'utf8')) ?? []
			expect(named.split(' ').sort(), script).toEqual([...enabled].sort())
		}
	})

	it.each(programs)('%s is a program that perl understands', (name) => {
		const { status, stderr } = spawnSync('perl', ['-c', join(folder, name)], { encoding: 'utf8' })
		expect(status, stderr).toBe(0)
	})
})
