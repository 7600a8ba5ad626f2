import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReplyReader, type HttpReply, headersOf } from '../../../drivers/transport/http-reply.ts'
import { mutatedText, survives } from '../fuzz.ts'

const text = (lines: readonly string[]) => lines.join('\r\n')
const sized = text(['HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Content-Length: 5', '', 'hello'])
/** RFC 9112, 7.1: chunks with an extension, and a trailer. */
const chunked = text([
	...[
		'HTTP/1.1 200 OK',
		'Transfer-Encoding: chunked',
		'',
		'5;x=y',
		'hello',
		'A',
		' and hello',
		'0',
		'Expires: 0',
		'',
		'',
	],
])
const toTheEnd = text(['HTTP/1.0 200 OK', '', 'hello'])
const continued = text(['HTTP/1.1 100 Continue', '', sized])
const broken = text(['HTTP/1.1 200 OK', 'no colon here', 'Content-Length: 50', '', 'hello'])
const newlines = 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'
const refusal = text([
	'HTTP/1.1 401 Unauthorized',
	'WWW-Authenticate: Digest realm="a"',
	'www-authenticate: Digest realm="b"',
	'Content-Length: 0',
	'',
	'',
])

/** What is read from these pieces, and whether that was before the end. */
function read(pieces: readonly (string | Uint8Array)[]): { reply: HttpReply | null; early: boolean } {
	const reader = createReplyReader()
	for (const piece of pieces) {
		const reply = reader.read(Buffer.from(piece as string, 'latin1'))
		if (reply) return { reply, early: true }
	}
	return { reply: reader.end(), early: false }
}

const bodyOf = (reply: HttpReply | null) => reply && Buffer.from(reply.body).toString()

describe('A reply over HTTP', () => {
	it.each([
		['with a length', sized, 'hello', true],
		['in chunks', chunked, 'hello and hello', true],
		['after a "continue"', continued, 'hello', true],
		['with bare newlines', newlines, 'hello', true],
		['without anything', refusal, '', true],
		['that lasts as long as the connection', toTheEnd, 'hello', false],
		['that is cut short', broken, 'hello', false],
	])('%s is read, in whatever pieces it comes', (_, whole, body, reusable) => {
		for (const size of [1, 2, 3, 7, 1_000]) {
			const pieces = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
			const { reply, early } = read(pieces)
			expect(bodyOf(reply)).toBe(body)
			expect(reply?.reusable).toBe(reusable)
			expect(early).toBe(reusable)
		}
	})

	it('keeps each of several headers of a name, in order', () => {
		const { reply } = read([refusal])
		expect(reply?.status).toBe(401)
		expect(headersOf(reply?.headers ?? [], 'www-authenticate')).toEqual(['Digest realm="a"', 'Digest realm="b"'])
	})

	it.each([
		['says that it closes', sized.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')],
		['is of HTTP/1.0', sized.replace('HTTP/1.1', 'HTTP/1.0')],
		['has more behind it', `${sized}more`],
	])('leaves no connection for another request when it %s', (_, whole) => {
		expect(read([whole]).reply).toMatchObject({ status: 200, reusable: false })
	})

	it('is kept open by a server of HTTP/1.0 that says so', () => {
		const old = sized.replace('HTTP/1.1', 'HTTP/1.0').replace('\r\n\r\n', '\r\nConnection: Keep-Alive\r\n\r\n')
		expect(read([old]).reply?.reusable).toBe(true)
	})

	it('has no body that two lengths contradict; what comes until the end counts', () => {
		const twice = text(['HTTP/1.1 200 OK', 'Content-Length: 3', 'Content-Length: 5', '', 'hello'])
		expect(bodyOf(read([twice]).reply)).toBe('hello')
	})

	it.each([
		['no HTTP', 'SSH-2.0-dropbear\r\n'],
		['without a status', 'HTTP/1.1 OK\r\n\r\n'],
		['with a head that does not end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}`],
		['with a body of more than a mebibyte', `HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n`],
		['with more than a mebibyte until the end', `HTTP/1.1 200 OK\r\n\r\n${' '.repeat(1_048_577)}`],
		['with a chunk that has no length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n'],
		['with a line that does not end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'0'.repeat(5_000)}`],
	])('is refused when it is one %s', (_, whole) => {
		expect(() => read([whole])).toThrow(expect.objectContaining({ code: 'protocol' }))
	})

	it('is nothing when nothing came', () => {
		expect(read([]).reply).toBeNull()
		expect(read(['HTTP/1.1 20']).reply).toBeNull()
	})

	it('is read or refused whatever it is', () => {
		const originals = [sized, chunked, toTheEnd, continued, broken, newlines, refusal]
		const pieces = fc.oneof(
			mutatedText(originals).map((whole) => [whole]),
			fc
				.tuple(mutatedText(originals), fc.integer({ min: 1, max: 20 }))
				.map(([whole, size]) => whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []),
			fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }),
		)
		survives<readonly (string | Uint8Array)[]>(pieces, (input) => {
			try {
				read(input)
			} catch (error) {
				expect(error).toMatchObject({ code: 'protocol' })
			}
		})
	})
})
