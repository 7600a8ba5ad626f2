import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseSchema } from '../../appliance/ops/database.ts'
import { openUpdate } from '../../appliance/ops/update/file.ts'
import { makeKeys, readKeys } from '../../appliance/ops/update/sign.ts'
import { acceptedKeys, makeUpdate } from '../../systemd/deb/update.ts'

/** What `npm run package -- --update` makes of packages, and who may sign it. */

const [first, second] = [makeKeys(), makeKeys()]
let dir: string
beforeAll(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-update-'))
	for (const [name, { secret, open }] of Object.entries({ first, second })) {
		writeFileSync(join(dir, name), secret)
		writeFileSync(join(dir, `${name}.pub`), open)
	}
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

function packageOf(name: string, version: string, folder = dir): string {
	const tree = join(dir, `${name}-tree`)
	mkdirSync(join(tree, 'DEBIAN'), { recursive: true })
	const fields = {
		Package: name,
		Version: version,
		Architecture: 'amd64',
		Maintainer: 'M <m@localhost>',
		Description: name,
	}
	const text = Object.entries(fields).map(([field, value]) => `${field}: ${value}\n`)
	writeFileSync(join(tree, 'DEBIAN/control'), text.join(''))
	mkdirSync(folder, { recursive: true })
	const deb = join(folder, `${name}_${version.replace(':', '%3a')}_amd64.deb`)
	execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, deb], { stdio: 'pipe' })
	return deb
}

describe('An update that is made', () => {
	it('has the package and what it needs of Debian, as they are, signed by every key', async () => {
		const folder = join(dir, 'packages')
		const deb = packageOf('maru', '0.2.0+1', folder)
		packageOf('ffmpeg', '7:5.1', folder)
		const path = join(dir, 'x.maru-update')
		await makeUpdate(path, {
			...{
				version: '0.2.0+1',
				at: new Date(7),
				deb,
				depends: ['ffmpeg'],
				installedKb: 3,
				debian: folder,
				least: '0.1.0',
			},
			keys: [join(dir, 'first'), join(dir, 'second')],
		})
		for (const key of [first, second]) {
			const opened = await openUpdate(path, readKeys(key.open))
			expect(opened.found.manifest).toMatchObject({
				...{ version: '0.2.0+1', architecture: 'amd64', schema: databaseSchema, madeAt: 7, installedBytes: 3_072 },
				from: { least: '0.1.0' },
				parts: [
					{ name: 'ffmpeg_7%3a5.1_amd64.deb', package: 'ffmpeg', version: '7:5.1' },
					{ name: 'maru_0.2.0+1_amd64.deb', package: 'maru', version: '0.2.0+1' },
				],
			})
			mkdirSync(join(dir, 'out'), { recursive: true })
			expect(await opened.extract(join(dir, 'out'))).toBe('whole')
			await opened.close()
			expect(readFileSync(join(dir, 'out/maru_0.2.0+1_amd64.deb')).equals(readFileSync(deb))).toBe(true)
		}
	})
})

describe('The keys that a package brings', () => {
	const path = (name: string) => join(dir, name)

	it('are the open halves of those who sign it, and whoever may sign the next', () => {
		const text = acceptedKeys([path('first')], [path('second.pub'), path('first.pub')])
		expect(text).toBe(first.open + second.open)
		expect(text).not.toContain('PRIVATE')
		expect(acceptedKeys([], [])).toBe('')
	})

	it('are never a secret half, given by mistake', () => {
		expect(() => acceptedKeys([], [path('first')])).toThrow(/no public key/)
	})
})
