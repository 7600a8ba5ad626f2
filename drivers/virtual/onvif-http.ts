import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { envelope } from './onvif-soap.ts'

/** How an answer of a virtual ONVIF camera goes wrong on its way. */

export interface HttpFaults {
	/** The faults below concern these operations; absent: all. */
	only?: readonly string[]
	/** Answers nothing, does nothing. */
	silent?: boolean
	/** Does as it is told, and never answers. */
	blackHole?: boolean
	/** One byte a second. */
	trickle?: boolean
	/** Half of the answer, and then nothing more. */
	halfResponse?: boolean
	/** A page in HTML with status 500. */
	htmlError?: boolean
	/** The right answer after 4 MiB of spaces. */
	hugeResponse?: boolean
	/** The right answer behind a document type whose entities would grow to gigabytes. */
	doctype?: boolean
	/** An answer with 200,000 tags, each in the other. */
	deepNesting?: boolean
	/** Every operation is answered with a fault of the camera, and not carried out. */
	faultInsteadOf200?: boolean
	/** The HTTP status of every SOAP fault. Otherwise 400 for the caller's, 500 for its own, 401 for logins by HTTP. */
	faultStatus?: number
	/** Other prefixes for the same namespaces. */
	oddPrefixes?: boolean
	/** Media2 is offered, and answers what is no SOAP (A.13 of our notes on the field). */
	media2Broken?: boolean
	/** GetStatus is answered so much later. */
	slowStatusMs?: number
	/** Closes the connection after each answer. */
	noKeepAlive?: boolean
}

export interface Answer {
	status: number
	headers?: Record<string, string | string[]>
	body: string
}

const trickleMs = 1_000
const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')

export const concerns = (faults: HttpFaults, operation: string) => faults.only?.includes(operation) ?? true

export async function send(
	response: ServerResponse,
	answer: Answer,
	operation: string,
	faults: HttpFaults,
): Promise<void> {
	if (operation === 'GetStatus' && faults.slowStatusMs) await delay(faults.slowStatusMs, undefined, { ref: false })
	if (response.destroyed) return
	const bad = concerns(faults, operation) ? faults : {}
	if (bad.blackHole) return
	const { status, headers, body } = spoiled(answer, bad)
	const bytes = Buffer.from(body)
	response.writeHead(status, {
		'Content-Type': 'application/soap+xml; charset=utf-8',
		'Content-Length': bytes.length,
		...headers,
		...(faults.noKeepAlive ? { Connection: 'close' } : {}),
	})
	if (bad.halfResponse) return void response.write(bytes.subarray(0, bytes.length / 2))
	if (!bad.trickle) return void response.end(bytes)
	let sent = 0
	const timer = setInterval(() => response.write(bytes.subarray(sent, ++sent)), trickleMs)
	response.on('close', () => clearInterval(timer))
	response.write(bytes.subarray(sent, ++sent))
}

function spoiled(answer: Answer, bad: HttpFaults): Answer {
	if (bad.htmlError) {
		const body =
			'<!DOCTYPE html><html><head><title>Error</title></head><body><h1>500<p>Internal Server Error</body></html>'
		return { status: 500, headers: { 'Content-Type': 'text/html' }, body }
	}
	const inner = answer.body.replace(/^<\?xml.*?\?>\s*/, '')
	if (bad.hugeResponse) return { ...answer, body: inner.replace(/>/, `>${' '.repeat(4 << 20)}`) }
	if (bad.doctype)
		return {
			...answer,
			body: `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>${inner.replace('Body>', 'Body><x>&l9;</x>')}`,
		}
	if (bad.deepNesting) return { ...answer, body: envelope(`${'<a>'.repeat(200_000)}${'</a>'.repeat(200_000)}`) }
	return answer
}
