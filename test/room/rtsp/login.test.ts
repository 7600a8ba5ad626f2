import { expect, test } from 'vitest'
import { authorize, chooseChallenge } from '../../../appliance/room/rtsp/login.ts'

const challenge = (...values: string[]) => {
	const chosen = chooseChallenge(values)
	if (!chosen) throw new Error('none of these can be met')
	return chosen
}
const responseOf = (value: string) => /response="([0-9a-f]*)"/.exec(value)?.[1]

/** RFC 7616 §3.9.1. */
const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const offer = (algorithm: string) =>
	`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`
const mufasa = { username: 'Mufasa', password: 'Circle of Life' }
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const question = { method: 'GET', uri: '/dir/index.html', nonceCount: 1, cnonce }

test.each([
	['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
	['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('Digest with %s is as in RFC 7616 §3.9.1', (algorithm, response) => {
	const value = authorize(challenge(offer(algorithm)), mufasa, question)
	expect(responseOf(value)).toBe(response)
	expect(value).toContain(`algorithm=${algorithm}`)
	expect(value).toContain(`qop=auth, nc=00000001, cnonce="${cnonce}"`)
	expect(value).toContain('opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"')
})

test('Digest of the old kind, without qop, is as in RFC 2069 §2.4 (erratum 749)', () => {
	const old = challenge('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')
	const value = authorize(old, { username: 'Mufasa', password: 'CircleOfLife' }, question)
	expect(responseOf(value)).toBe('1949323746fe6a43ef61f9606e7febea')
	expect(value).not.toMatch(/qop|cnonce|algorithm/)
})

test('Basic is as in RFC 7617 §2', () => {
	const value = authorize(
		challenge('Basic realm="WallyWorld"'),
		{ username: 'Aladdin', password: 'open sesame' },
		question,
	)
	expect(value).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
})

test('the strongest is taken of what is offered, in whatever order; what nobody can meet is left', () => {
	const basic = 'Basic realm="a"'
	expect(challenge(basic, offer('MD5'), offer('SHA-256')).params.algorithm).toBe('SHA-256')
	expect(challenge(basic, offer('MD5'), offer('SHA-512-256')).params.algorithm).toBe('MD5')
	expect(challenge('Negotiate', basic).scheme).toBe('basic')
	expect(chooseChallenge(['Negotiate', 'Digest realm="without a nonce"', ''])).toBeNull()
})
