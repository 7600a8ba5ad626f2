import { Agent, request } from 'node:https'
import { rootCertificates } from 'node:tls'

/**
 * How we speak with the city's sign-in. Not by Node's own fetch, which takes no authority but its own, and reads as much as
 * there comes: a city's servers often have certificates of the city's authority.
 */

/** It does not answer, or not as a server that is well. The message is for the log. */
export class ProviderAway extends Error {
	override readonly name = 'ProviderAway'
}

type Fetch = (
	url: string,
	options: {
		method: string
		headers: Record<string, string>
		body?: unknown
		signal?: AbortSignal | undefined
	},
) => Promise<Response>

/** Keys, tokens and what is said of one person: more is something else. */
const mostBytes = 1024 ** 2

/** `ca`: PEM of an authority that is believed besides. Follows no redirection. */
export function openSsoFetch(ca: string | null): Fetch {
	const agent = new Agent(ca === null ? {} : { ca: [...rootCertificates, ca] })
	return (url, { method, headers, body, signal }) =>
		new Promise((resolve, reject) => {
			const away = (reason: string) => reject(new ProviderAway(reason))
			const failed = (error: Error & { code?: string }) => away(error.code ?? error.message)
			const asked = request(url, { agent, method, headers, ...(signal && { signal }) }, (answer) => {
				const { statusCode = 0 } = answer
				const parts: Buffer[] = []
				let bytes = 0
				answer.on('error', failed)
				answer.on('data', (part: Buffer) => {
					bytes += part.length
					if (bytes > mostBytes) answer.destroy(new Error('it answers without an end'))
					else parts.push(part)
				})
				answer.on('end', () => {
					if (statusCode < 200 || statusCode >= 500) return away(`it answers ${statusCode}`)
					const type = answer.headers['content-type']
					const headers = new Headers(type === undefined ? {} : { 'content-type': type })
					for (const one of answer.headersDistinct['www-authenticate'] ?? []) headers.append('www-authenticate', one)
					const empty = statusCode === 204 || statusCode === 304
					resolve(new Response(empty ? null : Buffer.concat(parts), { status: statusCode, headers }))
				})
			})
			asked.on('error', failed)
			asked.end(body === undefined || body === null ? undefined : String(body))
		})
}
