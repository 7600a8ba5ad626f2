import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { compareVersions } from '../../../appliance/ops/update/versions.ts'

const pairs = [
	['0.1.0+20261129.080000.ffffffff', '0.1.0+20261129.080001.00000000'],
	['0.9.0+20261129.080000.aaaaaaaa', '0.10.0+20261128.080000.aaaaaaaa'],
	['0.1.0+20261129.080000.aaaaaaaa', '0.1.0+20261129.080000.aaaaaaaa.dirty'],
	['0.1.0~rc1', '0.1.0'],
	['0.1.0', '0.1.0+1'],
	['1.9', '1:0.1'],
	['1.0-1', '1.0-1+deb12u1'],
	['1.0-2', '1.0-10'],
	['1.0', '1.0-1'],
	['1.0a', '1.0+'],
	['1.0~~', '1.0~a'],
	['7:5.1.6-0+deb12u1', '7:5.1.7-0+deb12u1'],
] as const

describe('Which version is newer', () => {
	it.each(pairs)('%s is older than %s, to us as to dpkg', (older, newer) => {
		expect(compareVersions(older, newer)).toBeLessThan(0)
		expect(compareVersions(newer, older)).toBeGreaterThan(0)
		expect(spawnSync('dpkg', ['--compare-versions', older, 'lt', newer]).status).toBe(0)
	})

	it.each(['0.1.0+20261129.080000.aaaaaaaa', '1:2-3'])('%s is neither older nor newer than itself', (version) => {
		expect(compareVersions(version, version)).toBe(0)
	})

	it('counts 1.0 and 1.00 as the same, as dpkg does', () => {
		expect(compareVersions('1.0', '1.00')).toBe(0)
	})
})
