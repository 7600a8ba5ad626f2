import { type IncomingMessage, request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { text } from 'node:stream/consumers'

/** A browser without a screen: follows redirections, and keeps cookies by host, as one that we know keeps them. */

export interface Seen {
	url: URL
	status: number
	text: string
	headers: IncomingMessage['headers']
}

interface World {
	/** Authorities that it believes. */
	ca: string
	/** Where what stands before our server would lead: its public origin and where it listens. */
	front: { origin: string; to: string }
}

export class Surfer {
	readonly jar = new Map<string, Map<string, string>>()
	/** Each address that it was led to. */
	readonly trail: string[] = []
	readonly #world: World

	constructor(world: World) {
		this.#world = world
	}

	cookie(origin: string, name: string): string | undefined {
		return this.#of(new URL(origin)).get(name)
	}

	headers(origin: string) {
		return { cookie: [...this.#of(new URL(origin))].map(([name, value]) => `${name}=${value}`).join('; ') }
	}

	/** Until a page, or what `stop` says is one. */
	async go(address: string, { form, stop }: { form?: Record<string, string>; stop?: RegExp } = {}): Promise<Seen> {
		let url = new URL(address)
		let body = form === undefined ? null : String(new URLSearchParams(form))
		for (let hops = 0; hops < 20; hops++) {
			this.trail.push(url.href)
			const seen = await this.#ask(url, body)
			const { location } = seen.headers
			if (location === undefined) return seen
			url = new URL(location, url)
			body = null
			if (stop?.test(url.href)) return { ...seen, url }
		}
		throw new Error(`led in a circle: ${this.trail.slice(-4).join(' ')}`)
	}

	async #ask(url: URL, body: string | null): Promise<Seen> {
		const { ca, front } = this.#world
		const ours = url.origin === front.origin
		const target = ours ? new URL(url.pathname + url.search, front.to) : url
		const headers = {
			...this.headers(url.origin),
			...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
			...(ours ? { host: url.host, 'x-forwarded-proto': url.protocol.slice(0, -1) } : {}),
		}
		const options = { method: body === null ? 'GET' : 'POST', headers, ca }
		const answer = await new Promise<IncomingMessage>((resolve, reject) => {
			const asked = (target.protocol === 'https:' ? secure : plain)(target, options, resolve)
			asked.on('error', reject)
			asked.end(body ?? undefined)
		})
		for (const one of answer.headers['set-cookie'] ?? []) this.#keep(url, one)
		return { url, status: answer.statusCode ?? 0, text: await text(answer), headers: answer.headers }
	}

	#keep(url: URL, cookie: string) {
		const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
		if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.#of(url).delete(name)
		else this.#of(url).set(name, value)
	}

	#of({ host }: URL): Map<string, string> {
		const kept = this.jar.get(host) ?? new Map<string, string>()
		this.jar.set(host, kept)
		return kept
	}
}
