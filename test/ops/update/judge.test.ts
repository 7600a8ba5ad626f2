import { describe, expect, it } from 'vitest'
import { type Found, type Installed, judge, partsToInstall } from '../../../appliance/ops/update/judge.ts'
import { type Manifest, readManifest } from '../../../appliance/ops/update/manifest.ts'

const part = (name: string, version: string, bytes = 10) => {
	return { name: `${name}_${version}.deb`, package: name, version, bytes, sha256: 'a'.repeat(64) }
}
const manifest: Manifest = {
	version: '2.0',
	architecture: 'amd64',
	from: { least: '1.0', before: null },
	schema: 3,
	madeAt: 1_000,
	installedBytes: 100,
	depends: ['chromium', 'ffmpeg'],
	parts: [part('ffmpeg', '7:5.2'), part('maru', '2.0')],
}
const found: Found = { manifest, trust: 'good', content: 'unread' }
const installed: Installed = {
	version: '1.5',
	architecture: 'amd64',
	schema: 3,
	packages: new Map([
		['maru', '1.5'],
		['chromium', '130'],
	]),
	bytes: { present: 100, data: 50 },
	disks: [{ holds: ['work', 'program', 'data'], free: 10 ** 9 }],
	meeting: false,
}
const wish = { downgrade: false, now: false }
const verdict = (
	changes: {
		found?: Partial<Found>
		manifest?: Partial<Manifest>
		installed?: Partial<Installed>
		wish?: Partial<typeof wish>
	},
	now = 2_000,
) => {
	const given = { ...found, manifest: { ...manifest, ...changes.manifest }, ...changes.found }
	return judge(given, { ...installed, ...changes.installed }, { ...wish, ...changes.wish }, now)?.code ?? null
}

describe('An update', () => {
	it('that is newer, signed and fits is taken', () => {
		expect(verdict({})).toBeNull()
		expect(verdict({ found: { content: 'whole' } })).toBeNull()
	})

	const refused: [string, string, Parameters<typeof verdict>[0]][] = [
		['nobody has signed', 'unsigned', { found: { trust: 'unsigned' } }],
		['somebody unknown has signed', 'unknown-key', { found: { trust: 'unknown' } }],
		['has a wrong signature', 'wrong-signature', { found: { trust: 'wrong' } }],
		['is none', 'no-update', { found: { manifest: null } }],
		['has a changed part', 'changed', { found: { content: 'changed' } }],
		['is cut off', 'truncated', { found: { content: 'truncated' } }],
		['is for another machine', 'architecture', { manifest: { architecture: 'arm64' } }],
		['is installed already', 'same', { manifest: { version: '1.5' } }],
		['is older', 'older', { manifest: { version: '1.4' } }],
		['may not be put over so old a version', 'jump', { manifest: { from: { least: '1.6', before: null } } }],
		['may not be put over so new a version', 'not-over', { manifest: { from: { least: '1.0', before: '1.5' } } }],
		['knows only an older form of the database', 'schema', { installed: { schema: 4 } }],
		['needs what is not here', 'depends', { manifest: { depends: ['chromium', 'cage'] } }],
		['does not fit on the disk', 'space', { installed: { disks: [{ holds: ['work'], free: 10 ** 8 }] } }],
		['comes while a meeting goes on', 'meeting', { installed: { meeting: true } }],
	]
	it.each(refused)('that %s is refused', (_, code, changes) => {
		expect(verdict(changes)).toBe(code)
	})

	it('of an unknown author is refused for that alone, whatever it says of itself', () => {
		expect(verdict({ found: { trust: 'unknown', content: 'changed' }, manifest: { architecture: 'arm64' } })).toBe(
			'unknown-key',
		)
	})

	it('that is older is taken where that is asked for, but not over data that it would not understand', () => {
		expect(verdict({ manifest: { version: '1.4' }, wish: { downgrade: true } })).toBeNull()
		expect(verdict({ manifest: { version: '1.4', schema: 2 }, wish: { downgrade: true } })).toBe('schema')
		expect(
			verdict({ manifest: { version: '1.4', from: { least: '1.0', before: '1.2' } }, wish: { downgrade: true } }),
		).toBeNull()
	})

	it('is put on during a meeting by whoever says so', () => {
		expect(verdict({ installed: { meeting: true }, wish: { now: true } })).toBeNull()
	})

	it('that was made a day after now shows that the clock is wrong, not one of an hour after', () => {
		expect(verdict({ manifest: { madeAt: 2_000 + 25 * 3_600_000 } })).toBe('clock')
		expect(verdict({ manifest: { madeAt: 2_000 + 3_600_000 } })).toBeNull()
	})

	it('needs room for its parts, for both versions and for the data, each where it lies', () => {
		const reserve = 256 * 1024 ** 2
		const disks = (...disks: Installed['disks']) => verdict({ installed: { disks } })
		const one = ['work', 'program', 'data'] as const
		expect(disks({ holds: one, free: 20 + 100 + 100 + 50 + reserve })).toBeNull()
		expect(disks({ holds: one, free: 20 + 100 + 100 + 49 + reserve })).toBe('space')
		const system = { holds: ['work', 'program'], free: 220 + reserve } as const
		expect(disks(system, { holds: ['data'], free: 50 + reserve })).toBeNull()
		expect(disks(system, { holds: ['data'], free: 49 + reserve })).toBe('space')
	})
})

describe('What is installed of its parts', () => {
	const chosen = (packages: [string, string][]) => partsToInstall(manifest, new Map(packages))

	it('is Maru, and of Debian’s packages those that lack or are older', () => {
		expect(chosen([['maru', '1.5']])).toEqual(['ffmpeg_7:5.2.deb', 'maru_2.0.deb'])
		expect(chosen([['ffmpeg', '7:5.1.6']])).toEqual(['ffmpeg_7:5.2.deb', 'maru_2.0.deb'])
		expect(chosen([['ffmpeg', '7:5.3']])).toEqual(['maru_2.0.deb'])
	})
})

describe('A manifest', () => {
	const read = (changes: object) =>
		readManifest(JSON.stringify({ ...manifest, parts: [part('maru', '2.0')], ...changes }))

	it('is read as it was written', () => {
		expect(read({})).toEqual({ ...manifest, parts: [part('maru', '2.0')] })
	})

	it.each([
		['a path for a name', { parts: [{ ...part('maru', '2.0'), name: '../../etc/cron.d/x.deb' }] }],
		['a hidden name', { parts: [{ ...part('maru', '2.0'), name: '.x.deb' }] }],
		['no package of Maru', { parts: [part('ffmpeg', '1')] }],
		['another version of Maru in it', { parts: [part('maru', '2.1')] }],
		['two parts of one name', { parts: [part('maru', '2.0'), part('maru', '2.0')] }],
		['a version that is an option to dpkg', { version: '2.0 --force-all' }],
		['a negative size', { parts: [{ ...part('maru', '2.0'), bytes: -1 }] }],
		['no list of parts', { parts: undefined }],
	])('with %s is none', (_, changes) => {
		expect(read(changes)).toBeNull()
	})

	it('that is no JSON is none', () => {
		expect(readManifest('{')).toBeNull()
		expect(readManifest('null')).toBeNull()
	})
})
