import { describe, expect, it } from 'vitest'
import { authorization, type Challenge, readChallenges } from '../../../drivers/onvif/http-digest.ts'
import { type Advice, bare, Login, type Signature } from '../../../drivers/onvif/login.ts'
import { passwordDigest, usernameToken } from '../../../drivers/onvif/username-token.ts'
import { parseXml, textAt } from '../../../drivers/onvif/xml.ts'

describe('A UsernameToken', () => {
	/** ONVIF Application Programmer's Guide 1.0, 6.1.1.3. */
	const nonce = Buffer.from('LKqI6G/AikKCQrN0zqZFlg==', 'base64')
	const digest = 'tuOSpGlFlIXsozq4HFNeeGeFLEI='

	it('has the digest of the Application Programmer’s Guide', () => {
		expect(passwordDigest(nonce, '2010-09-16T07:50:45Z', 'userpassword')).toBe(digest)
	})

	it('carries user, digest, nonce and the camera’s time, each under its own name', () => {
		const xml = usernameToken(
			{ username: 'u<&>', password: 'userpassword' },
			Date.UTC(2010, 8, 16, 7, 50, 45, 999),
			nonce,
		)
		const security = parseXml(xml.replace('s:mustUnderstand="1" ', ''))
		expect(security.namespace).toBe('http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd')
		const token = (name: string) => textAt(security, 'UsernameToken', name)
		expect([token('Username'), token('Password'), token('Nonce'), token('Created')]).toEqual([
			...['u<&>', digest, 'LKqI6G/AikKCQrN0zqZFlg==', '2010-09-16T07:50:45Z'],
		])
	})

	it('is never the same twice', () => {
		const tokens = Array.from({ length: 100 }, () => usernameToken({ username: 'u', password: 'p' }, 0))
		expect(new Set(tokens).size).toBe(100)
	})
})

/** RFC 7616, 3.9.1. */
const mufasa = { username: 'Mufasa', password: 'Circle of Life' }
const lines = [
	'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
	'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"',
]
const asked = {
	method: 'GET',
	uri: '/dir/index.html',
	count: 1,
	cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
}
const parameter = (header: string, name: string) => new RegExp(`[ ,]${name}="?([^",]*)`).exec(header)?.[1]

describe('HTTP digest', () => {
	it.each([
		['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
		['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
	])('has the response of RFC 7616 by %s', (algorithm, response) => {
		const challenge = readChallenges(lines).find((one) => one.algorithm === algorithm) as Challenge
		const header = authorization(challenge, mufasa, asked)
		expect(parameter(header, 'response')).toBe(response)
		expect(header).toContain('Digest username="Mufasa", realm="http-auth@example.org"')
		expect(header).toContain(`algorithm=${algorithm}`)
		expect(header).toContain('qop=auth, nc=00000001')
		expect(parameter(header, 'opaque')).toBe('FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS')
	})

	it('counts nothing and names nothing for a camera that asks for neither (RFC 2069)', () => {
		// RFC 2069, 2.4, with the response that its erratum 749 corrects it to.
		const [challenge] = readChallenges([
			'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
		])
		const header = authorization(challenge as Challenge, { username: 'Mufasa', password: 'CircleOfLife' }, asked)
		expect(parameter(header, 'response')).toBe('1949323746fe6a43ef61f9606e7febea')
		expect(header).not.toMatch(/algorithm|qop|nc=|cnonce/)
	})

	it('is read from several schemes on a line, in whatever spelling', () => {
		const found = readChallenges([
			'Basic realm="a, b", DIGEST Realm = "say \\"hi\\"" , NONCE=abc,QOP="auth-int,auth", Stale=TRUE, algorithm="md5-sess", Digest realm="c", nonce="d"',
		])
		expect(found).toEqual([
			{
				...{ realm: 'say "hi"', nonce: 'abc', opaque: null, hash: 'md5', algorithm: 'md5-sess' },
				...{ session: true, qop: true, stale: true },
			},
			{ realm: 'c', nonce: 'd', opaque: null, hash: 'md5', algorithm: null, session: false, qop: false, stale: false },
		])
	})

	it.each([
		['another scheme', 'Basic realm="x"'],
		['an unknown algorithm', 'Digest realm="x", nonce="y", algorithm=SHA-512-256'],
		['a quality that covers the body', 'Digest realm="x", nonce="y", qop="auth-int"'],
		['no nonce', 'Digest realm="x"'],
		['nothing', ''],
	])('is not answered where there is %s', (_, line) => {
		expect(readChallenges([line])).toEqual([])
	})
})

const digestLine = 'Digest realm="r", nonce="n", qop="auth"'
const staleLine = 'Digest realm="r", nonce="m", qop="auth", stale=true'

/** What a camera that answers like this makes of a log-in: the ways tried, until one is right or it is given up. */
function negotiate(login: Login, camera: (signature: Signature) => string[] | 'in', clockMoved = false): string[] {
	const ways: string[] = []
	for (let i = 0; i < 20; i++) {
		const signature = login.sign('POST', '/x', 0)
		ways.push(signature.way)
		const answer = camera(signature)
		if (answer === 'in') {
			login.accepted(signature)
			return ways
		}
		let advice: Advice = login.refused(signature, answer, null)
		if (advice === 'clock') {
			ways.push('clock')
			advice = login.refused(signature, answer, clockMoved)
		}
		if (advice === 'give-up') return [...ways, 'give up']
	}
	return [...ways, 'for ever']
}

describe('A log-in', () => {
	const open = () => new Login(mufasa)
	const wants =
		(way: Signature['way'], ...challenges: string[]) =>
		(signature: Signature) =>
			signature.way === way ? ('in' as const) : challenges

	it('is no log-in where none is asked for', () => {
		expect(negotiate(open(), wants('bare'))).toEqual(['bare'])
	})

	it('is by digest where the camera shows a challenge, and stays so', () => {
		const login = open()
		expect(negotiate(login, wants('digest', digestLine))).toEqual(['bare', 'digest'])
		expect(negotiate(login, wants('digest', digestLine))).toEqual(['digest'])
	})

	it('is by token where it shows none, or takes no digest in truth', () => {
		expect(negotiate(open(), wants('token'))).toEqual(['bare', 'token'])
		expect(negotiate(open(), wants('token', digestLine))).toEqual(['bare', 'digest', 'token'])
	})

	it('is never both at once', () => {
		const login = open()
		for (const line of [digestLine, '']) {
			negotiate(login, ({ soap, http, way }) => {
				expect(soap === '' || http === '').toBe(true)
				expect(soap === '' && http === '').toBe(way === 'bare')
				return [line]
			})
		}
	})

	it('is tried with each way once where the password is wrong', () => {
		expect(negotiate(open(), () => [digestLine])).toEqual(['bare', 'digest', 'token', 'clock', 'give up'])
		expect(negotiate(open(), () => [])).toEqual(['bare', 'token', 'clock', 'give up'])
	})

	it('asks for the clock and tries the token again where that had moved', () => {
		let tries = 0
		const camera = ({ way }: Signature) => (way === 'token' && ++tries > 1 ? ('in' as const) : [])
		expect(negotiate(open(), camera, true)).toEqual(['bare', 'token', 'clock', 'token'])
	})

	it('takes a new nonce where the old one is stale, or was right once', () => {
		const login = open()
		negotiate(login, wants('digest', digestLine))
		const once = (line: string) => {
			let first = true
			return () => {
				const answer = first ? [line] : ('in' as const)
				first = false
				return answer
			}
		}
		expect(negotiate(login, once(staleLine))).toEqual(['digest', 'digest'])
		login.sign('POST', '/x', 0)
		expect(negotiate(login, once(digestLine))).toEqual(['digest', 'digest'])
	})

	it('does not try for ever where every nonce is called stale', () => {
		const ways = negotiate(open(), ({ way }) => [way === 'bare' ? digestLine : staleLine])
		expect(ways.at(-1)).toBe('give up')
		expect(ways.filter((way) => way === 'digest').length).toBeLessThan(6)
	})

	it('is over when what was right is refused: another way would be a guess', () => {
		const login = open()
		negotiate(login, wants('digest', digestLine))
		expect(negotiate(login, () => [digestLine])).toEqual(['digest', 'digest', 'give up'])
	})

	it('counts its requests, also those under way at the same time', () => {
		const login = open()
		negotiate(login, wants('digest', digestLine))
		const counts = [1, 2, 3].map(() => /nc=(\w+)/.exec(login.sign('POST', '/x', 0).http)?.[1])
		expect(counts).toEqual(['00000002', '00000003', '00000004'])
	})

	it('takes a refusal of what was sent before the last change for no refusal of that', () => {
		const login = open()
		const early = login.sign('POST', '/x', 0)
		negotiate(login, wants('digest', digestLine))
		expect(login.refused(early, [], null)).toBe('again')
		expect(login.sign('POST', '/x', 0).way).toBe('digest')
	})

	it('is impossible without a user', () => {
		const login = new Login(null)
		expect(login.sign('POST', '/x', 0)).toMatchObject({ ...bare, turn: 1 })
		expect(negotiate(login, () => [digestLine])).toEqual(['bare', 'give up'])
	})
})
