import type { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { listenFault } from '../ops/listen-fault.ts'
import { buildServer, type ServerOptions, secureContext } from './server.ts'

interface Address {
	host: string
	port: number
}

type Shown = NonNullable<ServerOptions['tls']>

/** Connections that wait to be taken: a whole city comes at the hour sharp. The kernel may allow fewer (somaxconn). */
const backlog = 4_096

/** The listeners of this house, each with a server of its own over the same parts. */
export class Listeners {
	readonly #parts: Omit<ServerOptions, 'tls'>
	readonly #servers: FastifyInstance[] = []

	constructor(parts: Omit<ServerOptions, 'tls'>) {
		this.#parts = parts
	}

	/** Plain HTTP, for this machine. Rejects with what to do about it. */
	async openPlain(address: Address): Promise<void> {
		await this.#open(null, address)
	}

	/** HTTPS, for everyone else. Answers what puts another certificate in force, for whoever connects from then on. */
	async openSecure(shown: Shown, address: Address): Promise<(next: Shown) => void> {
		const { server } = await this.#open(shown, address)
		const secure = server as unknown as TlsServer
		return (next) => secure.setSecureContext(secureContext(next))
	}

	async close(): Promise<void> {
		await Promise.all(this.#servers.map((server) => server.close()))
	}

	async #open(tls: ServerOptions['tls'], { host, port }: Address): Promise<FastifyInstance> {
		const server = await buildServer({ ...this.#parts, tls })
		this.#servers.push(server)
		try {
			await server.listen({ host, port, backlog })
		} catch (error) {
			throw listenFault(error, host, port)
		}
		return server
	}
}
