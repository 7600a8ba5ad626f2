import { describe, expect, it } from 'vitest'
import { backOf, pagesOf, signInAddress } from '../../control-panel/lib/sign-in.ts'

describe('The way back from the page that signs in', () => {
	it.each(['/console', '/counsel', '/panel', '/recordings', '/recordings#meeting=m%201'])('leads to %s', (path) => {
		expect(backOf(signInAddress(path).slice('/sign-in'.length))).toBe(path)
	})

	it.each([
		'https://evil.test/console',
		'//evil.test/console',
		'/\\evil.test',
		'\\/evil.test',
		'/console/../../evil',
		'/console?x=//evil.test',
		'/attend#token.of.meeting',
		'/api/v1/session',
		'javascript:alert(1)',
		' /console',
		'/console\n',
		'console',
		'',
	])('leads nowhere by %j', (path) => {
		expect(backOf(`?back=${encodeURIComponent(path)}`)).toBeNull()
	})

	it('leads nowhere where none is said', () => {
		expect(backOf('')).toBeNull()
	})
})

describe('A role', () => {
	it('has a page of its own, where people sign in to it', () => {
		const own = ['admin', 'facilities', 'audit', 'panel', 'official'] as const
		expect(own.map((role) => pagesOf(role)[0])).toEqual(['console', 'console', 'console', 'panel', 'counsel'])
		expect(pagesOf('kiosk')).toEqual([])
	})
})
