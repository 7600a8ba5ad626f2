import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { setTimeout as delay } from 'node:timers/promises'
import type { Head } from './head.ts'
import { type AuthFaults, createGuard, openToAll } from './onvif-auth.ts'
import { createDevice, type DeviceFaults, events, type Identity, offeredBy } from './onvif-device.ts'
import type { RealEncoder } from './onvif-encoders.ts'
import { type Answer, concerns, type HttpFaults, send } from './onvif-http.ts'
import { createImaging, type Focus, type ImagingFaults } from './onvif-imaging.ts'
import { createMedia, type MediaFaults, profiles } from './onvif-media.ts'
import { createPtz, type PtzFaults } from './onvif-ptz.ts'
import {
	describe,
	envelope,
	faultBody,
	ns,
	Refusal,
	readRequest,
	type Service,
	withOtherPrefixes,
} from './onvif-soap.ts'

/**
 * An ONVIF PTZ camera on a real HTTP socket, written from ONVIF's specifications and not from our driver, so that a mistake
 * shared by both cannot go unseen. What it does wrong is a script (`faults`), so that a test is a conversation with a bad
 * camera.
 */

interface CameraFaults {
	/** Its clock minus the true one. A reboot sets it back to the year 2000. */
	clockOffsetMs?: number
	/** It gives its addresses and those of its streams as those of this host, which nobody reaches. */
	wrongXAddr?: string
	/** Once, so long after a ContinuousMove was answered, it starts anew. */
	rebootMidMove?: Reboot & { afterMs?: number }
}

interface Reboot {
	/** Connections are refused for so long. */
	downMs: number
	/** The head stands still then. Otherwise it goes on as it was, and no timeout ends that. */
	stands?: boolean
	/** The clock survives. */
	keepsClock?: boolean
}

/** Plain data; may be changed while it runs. */
export type OnvifFaults = CameraFaults &
	HttpFaults &
	AuthFaults &
	DeviceFaults &
	MediaFaults &
	ImagingFaults &
	PtzFaults

export interface OnvifCameraOptions {
	host: string
	/** 0: a free one. */
	port: number
	username: string
	password: string
	faults?: OnvifFaults
	/** rtsp://… of its streams, the large one first. */
	rtspUrls?: readonly string[]
	/** What encodes these streams, where it takes orders. */
	encoder?: RealEncoder
	/** The head's clock, and the one that the camera's own is off from. */
	clock?: () => number
	/** HTTPS with a certificate of its own; or with this one, in PEM. */
	tls?: boolean | { key: string; cert: string }
	identity?: Partial<Identity>
}

export interface OnvifCamera {
	readonly port: number
	/** Of its device service. */
	readonly url: string
	readonly identity: Identity
	/** PEM; null without TLS. */
	readonly certificate: string | null
	readonly faults: OnvifFaults
	/** The head now. */
	head(): Head
	focus(): Focus
	/** The operations that it was allowed to hear, with their values, oldest first; at most the last 1,000. */
	readonly heard: readonly string[]
	/** Told the name of each operation that it was allowed to hear, before it is carried out. */
	onHeard(listener: (operation: string) => void): void
	/** How many requests came with a wrong login. */
	readonly wrongLogins: number
	reboot(how: Reboot): Promise<void>
	close(): Promise<void>
}

const largestRequest = 256 * 1024
const year2000 = Date.UTC(2000, 0, 1)
const snapshotPath = '/onvif/snapshot'
/** A grey square. */
const jpeg = Buffer.from(
	'/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg+Pkk+SVVVVVVVVWRdZGhoaGRkZGRoaGhwcHCDg4NwcHBoaHBwfHyDg4+Tj4eHg4eTk5ubm7q6srLZ2eD/////xABKAAEAAAAAAAAAAAAAAAAAAAAAAQEAAAAAAAAAAAAAAAAAAAAAEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgAEAAQAwEiAAIRAAMRAP/aAAwDAQACEQMRAD8AAA//2Q==',
	'base64',
)

export async function startOnvifCamera(options: OnvifCameraOptions): Promise<OnvifCamera> {
	const { host, username, password, faults = {}, clock = Date.now } = options
	const uuid = options.identity?.uuid ?? randomUUID()
	const identity: Identity = { uuid, serial: uuid.slice(-12), name: 'virtual PTZ', ...options.identity }
	const pair = options.tls === true ? await ownCertificate(host) : options.tls || null
	const cameraTime = () => clock() + (faults.clockOffsetMs ?? 0)
	const guard = createGuard({ username, password }, faults, cameraTime)
	const heard: string[] = []
	const listeners: ((operation: string) => void)[] = []
	let closed = false

	const shownHost = () => faults.wrongXAddr ?? host
	const xaddr = (path: string) => `${pair ? 'https' : 'http'}://${shownHost()}:${port}${path}`
	const ptz = createPtz(
		faults,
		profiles.map(({ token }) => token),
		clock,
		cameraTime,
	)
	const imaging = createImaging(faults, clock)
	const { media, media2 } = createMedia(faults, {
		rtspUrls: () =>
			(options.rtspUrls ?? []).map((url) => (faults.wrongXAddr ? elsewhere(url, faults.wrongXAddr) : url)),
		snapshotUrl: () => xaddr(snapshotPath),
		ptzOf: (profile) => (offered().includes(ptz.service) ? ptz.configurationOf(profile) : null),
		encoder: options.encoder,
	})
	const offered = () => offeredBy(faults, [media, media2, ptz.service, imaging.service, events])
	const device = createDevice(faults, identity, { services: offered, xaddr, cameraTime })

	const server = pair ? createTlsServer(pair) : createServer()
	server.on('request', (request: IncomingMessage, response: ServerResponse) => {
		response.on('error', () => {}) // whoever asked is gone
		void hear(request, response).catch(() => response.destroy())
	})
	server.on('clientError', (_error, socket) => socket.destroy())
	server.listen(options.port, host)
	await once(server, 'listening')
	const address = server.address()
	if (typeof address !== 'object' || address === null) throw new Error('no address')
	const { port } = address

	async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const chunks: Buffer[] = []
		let size = 0
		for await (const chunk of request as AsyncIterable<Buffer>) {
			size += chunk.length
			if (size > largestRequest) return void response.destroy()
			chunks.push(chunk)
		}
		if (faults.silent && faults.only === undefined) return
		if (request.method === 'GET') return picture(request, response)
		const { operation, prefix, answer } = decide(request, Buffer.concat(chunks).toString())
		if (faults.silent && concerns(faults, operation)) return
		const body = prefix === 'tr2' && faults.media2Broken ? '<html>not found</html>' : answer.body
		await send(response, { ...answer, body: faults.oddPrefixes ? withOtherPrefixes(body) : body }, operation, faults)
		const reboot = faults.rebootMidMove
		if (!reboot || operation !== 'ContinuousMove') return
		delete faults.rebootMidMove
		await delay(reboot.afterMs ?? 100)
		await restart(reboot)
	}

	function decide(request: IncomingMessage, text: string): { operation: string; prefix: string; answer: Answer } {
		const { method = '', url = '', headers } = request
		let asked: ReturnType<typeof readRequest>
		try {
			asked = readRequest(text)
		} catch (error) {
			return { operation: '', prefix: '', answer: refused(new Refusal(['WellFormed'], (error as Error).message)) }
		}
		const { name, namespace } = asked.operation
		const service = [device, ...offered()].find((one) => one.path === url)
		const all = { operation: name, prefix: service?.prefix ?? '' }
		if (faults.silent && concerns(faults, name)) return { ...all, answer: { status: 200, body: '' } }
		const open = faults.loginForAll ? name === 'GetSystemDateAndTime' : openToAll[`${namespace} ${name}`]
		const verdict = open
			? null
			: guard.check({ header: asked.header, authorization: headers.authorization, method, url })
		if (verdict) {
			const answer = refused(new Refusal(['NotAuthorized'], verdict.reason), verdict.challenges.length > 0 ? 401 : 400)
			return { ...all, answer: { ...answer, headers: { 'WWW-Authenticate': verdict.challenges } } }
		}
		heard.push(describe(asked.operation))
		if (heard.length > 1_000) heard.shift()
		for (const listener of listeners) listener(name)
		if (faults.faultInsteadOf200 && concerns(faults, name))
			return { ...all, answer: refused(new Refusal(['Action'], 'out of order', 'Receiver')) }
		try {
			return { ...all, answer: carryOut(service, asked.operation) }
		} catch (error) {
			if (error instanceof Refusal) return { ...all, answer: refused(error) }
			throw error
		}
	}

	function carryOut(service: Service | undefined, request: ReturnType<typeof readRequest>['operation']): Answer {
		const operation = service?.operations[request.name]
		if (!service || !operation || request.namespace !== ns[service.prefix])
			throw new Refusal(['ActionNotSupported'], `no ${request.name} at ${service?.path ?? 'this address'}`, 'Receiver')
		const tag = `${service.prefix}:${request.name}Response`
		return { status: 200, body: envelope(`<${tag}>${operation(request)}</${tag}>`) }
	}

	function refused(refusal: Refusal, status = refusal.by === 'Sender' ? 400 : 500): Answer {
		return { status: faults.faultStatus ?? status, body: envelope(faultBody(refusal)) }
	}

	/** Pictures are asked for by HTTP digest, also where SOAP is not. */
	function picture({ url = '', method = '', headers }: IncomingMessage, response: ServerResponse): void {
		const verdict = guard.check({ header: undefined, authorization: headers.authorization, method, url })
		if (url !== snapshotPath) response.writeHead(404).end()
		else if (verdict) response.writeHead(401, { 'WWW-Authenticate': verdict.challenges }).end()
		else response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpeg)
	}

	async function restart({ downMs, stands = false, keepsClock = false }: Reboot): Promise<void> {
		if (closed) return
		server.close()
		server.closeAllConnections()
		ptz.body.restart(stands)
		guard.forget()
		if (!keepsClock) faults.clockOffsetMs = year2000 - clock()
		await delay(downMs)
		// Somebody else may have the port for a moment.
		for (let tries = 0; !closed && tries < 100; tries++) {
			const listening = once(server.listen(port, host), 'listening')
			if (await listening.then(Boolean, () => false)) break
			await delay(50)
		}
		if (closed) server.close()
	}

	return {
		port,
		get url() {
			return `${pair ? 'https' : 'http'}://${host}:${port}${device.path}`
		},
		identity,
		certificate: pair?.cert ?? null,
		faults,
		head: ptz.head,
		focus: imaging.focus,
		heard,
		onHeard: (listener) => void listeners.push(listener),
		get wrongLogins() {
			return guard.wrongLogins
		},
		reboot: restart,
		async close() {
			if (closed) return
			closed = true
			server.closeAllConnections()
			if (!server.listening) return
			server.close()
			await once(server, 'close')
		},
	}
}

/** Loaded when it is needed: it costs more than all the rest of a camera. */
async function ownCertificate(host: string): Promise<{ key: string; cert: string }> {
	const { selfSigned } = await import('./onvif-certificate.ts')
	return selfSigned(host)
}

function elsewhere(url: string, host: string): string {
	const moved = new URL(url)
	moved.hostname = host
	return moved.href
}
