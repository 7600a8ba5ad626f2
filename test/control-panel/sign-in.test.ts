import { describe, expect, it } from 'vitest'
import { arrivalOf, backOf, pagesOf, signInAddress, ssoAddress } from '../../control-panel/lib/sign-in.ts'

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

describe('What came of the city’s sign-in', () => {
	it('is what our own words say, and nothing that somebody else wrote', () => {
		expect(arrivalOf('?done=1&back=%2Fconsole')).toEqual({ done: true, fault: null })
		expect(arrivalOf('?fault=sso-unknown')).toEqual({ done: false, fault: 'sso-unknown' })
		expect(arrivalOf('?fault=too-many')).toEqual({ done: false, fault: 'too-many' })
		expect(arrivalOf('?fault=%3Cb%3Ecall%20this%20number')).toEqual({ done: false, fault: null })
		expect(arrivalOf('')).toEqual({ done: false, fault: null })
	})

	it('is asked for with the way back', () => {
		expect(ssoAddress('/console#a=b')).toBe('/sign-in/sso?back=%2Fconsole%23a%3Db')
		expect(ssoAddress(null)).toBe('/sign-in/sso')
	})
})

describe('A role', () => {
	it('has a page of its own, where people sign in to it', () => {
		const own = ['admin', 'facilities', 'audit', 'panel', 'official'] as const
		expect(own.map((role) => pagesOf(role)[0])).toEqual(['console', 'console', 'console', 'panel', 'counsel'])
		expect(pagesOf('kiosk')).toEqual([])
	})
})
