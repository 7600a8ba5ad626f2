import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { repack, withoutDpkgs } from '../../../appliance/ops/update/repack.ts'

const dir = mkdtempSync(join(tmpdir(), 'maru-repack-'))
const umask = process.umask()
afterEach(() => {
	process.umask(umask)
	rmSync(dir, { recursive: true, force: true })
})

const output = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' })

describe('The installed version as a package again', () => {
	it('has the same files, to whom they may be read, but for its configuration', async () => {
		// Maru's own command creates files for its owner alone; what others may read is no less readable in the package.
		process.umask(0o077)
		const deb = join(dir, 'procps.deb')
		await repack('procps', join(dir, 'tree'), deb)
		expect(output('dpkg-deb', '-f', deb, 'Package', 'Version', 'Status')).toBe(
			`Package: procps\nVersion: ${output('dpkg-query', '-W', '-f', '$' + '{Version}', 'procps')}\n`,
		)
		const lines = output('dpkg-deb', '-c', deb).trim().split('\n')
		const paths = lines.map((line) => `/${line.split(/\s+/)[5]?.slice(2)}`.replace(/\/$/, ''))
		const installed = output('dpkg-query', '-L', 'procps')
			.trim()
			.split('\n')
			.filter((path) => path !== '/.')
		const missing = installed.filter((path) => !paths.includes(path))
		expect(paths).toContain('/bin/ps')
		expect(missing).toContain('/etc/sysctl.conf')
		expect(missing.filter((path) => !path.startsWith('/etc/'))).toEqual([])
		expect(lines.filter((line) => line.startsWith('d') && !line.startsWith('drwxr-xr-x'))).toEqual([])
		expect(output('dpkg-deb', '-I', deb)).toMatch(/\* +postinst/)
	})

	it('says what the package said, without what dpkg has added', () => {
		const status = `Package: maru
Status: install ok installed
Version: 1.0
Conffiles:
 /etc/maru/maru.yaml 0123456789abcdef0123456789abcdef
Description: meeting room
 Joins calls.
`
		expect(withoutDpkgs(status)).toBe('Package: maru\nVersion: 1.0\nDescription: meeting room\n Joins calls.\n')
	})
})
