import { type Arrival, headerOf, headersOf, RtspReader } from './framing.ts'
import { authorize, type Challenge, type Credentials, chooseChallenge } from './login.ts'
import { type H264Media, readSdp } from './sdp.ts'

/**
 * The conversation with an RTSP server (RFC 2326) that brings one stream of H.264, its packets in the same connection
 * (§10.12). Pure: bytes in, what should happen out.
 */

export type Output =
	| { type: 'write'; text: string }
	/** From here on packets come. Again asked within `keepAliveMs`, it goes on. */
	| { type: 'playing'; media: H264Media; keepAliveMs: number }
	/** RTP of this stream. */
	| { type: 'packet'; bytes: Buffer }
	/** It comes to nothing. 'unsupported': this server or stream is none for us, however often it is asked. */
	| { type: 'failed'; reason: 'unsupported' | 'refused' | 'protocol'; detail: string }

export interface RtspSession {
	begin(): Output[]
	receive(chunk: Buffer): Output[]
	/** To be asked so often as `playing` told. */
	keepAlive(): Output[]
	/** The last word, as far as there is anything to end. */
	end(): Output[]
}

type Step = 'OPTIONS' | 'DESCRIBE' | 'SETUP' | 'PLAY'

interface Asked {
	method: string
	uri: string
	headers: readonly string[]
}

const usualTimeoutS = 60
const mostAttempts = 3
const agent = 'User-Agent: Maru'

/** `address` is the server's own, without user and password. `cnonce` makes words nobody guesses. */
export function createRtspSession(address: string, who: Credentials | null, cnonce: () => string): RtspSession {
	const reader = new RtspReader()
	let step: Step = 'OPTIONS'
	let asked: Asked | null = null
	let sequence = 0
	let challenge: Challenge | null = null
	let nonceCount = 0
	/** The challenge was answered rightly, as far as anybody said. */
	let accepted = false
	/** At a login for the present question. */
	let attempts = 0
	let playUri = address
	let media: H264Media | null = null
	let session: string | null = null
	let timeoutS = usualTimeoutS
	let channel = 0
	let stillThere = 'OPTIONS'
	let state: 'asking' | 'playing' | 'over' = 'asking'

	function ask(method: string, uri: string, headers: readonly string[] = []): Output {
		asked = { method, uri, headers }
		attempts = 0
		return write(asked)
	}

	function write({ method, uri, headers }: Asked): Output {
		sequence += 1
		const lines = [`${method} ${uri} RTSP/1.0`, `CSeq: ${sequence}`, agent]
		if (challenge && who) {
			nonceCount += 1
			lines.push(`Authorization: ${authorize(challenge, who, { method, uri, nonceCount, cnonce: cnonce() })}`)
		}
		if (session !== null) lines.push(`Session: ${session}`)
		return { type: 'write', text: `${[...lines, ...headers].join('\r\n')}\r\n\r\n` }
	}

	function fail(reason: 'unsupported' | 'refused' | 'protocol', detail: string): Output[] {
		state = 'over'
		return [{ type: 'failed', reason, detail }]
	}

	/** Asks the same again, now saying who we are; null: there is no use in it. */
	function login(answer: Arrival & { kind: 'answer' }): Output[] | null {
		const told = chooseChallenge(headersOf(answer, 'www-authenticate'))
		if (!asked || !who || !told || attempts >= mostAttempts) return null
		// What was right before is asked anew because a nonce has had its time, whether the server says so or not.
		if (challenge && !accepted && told.params.stale?.toLowerCase() !== 'true') return null
		attempts += 1
		challenge = told
		accepted = false
		nonceCount = 0
		return [write(asked)]
	}

	function hear(answer: Arrival & { kind: 'answer' }): Output[] {
		if (answer.status === 401) {
			return login(answer) ?? (state === 'playing' ? [] : fail('refused', 'the server wants to know who asks'))
		}
		accepted = challenge !== null
		// Answers to what keeps it alive.
		if (state === 'playing') return []
		if (answer.status >= 300 && answer.status < 400) return fail('unsupported', 'the stream is elsewhere')
		// A server need not know OPTIONS to have a stream.
		if (answer.status >= 400 && step !== 'OPTIONS') return fail('refused', `${step} ${answer.status}`)
		return next(answer)
	}

	function next(answer: Arrival & { kind: 'answer' }): Output[] {
		switch (step) {
			case 'OPTIONS':
				if (/\bGET_PARAMETER\b/.test(headerOf(answer, 'public') ?? '')) stillThere = 'GET_PARAMETER'
				step = 'DESCRIBE'
				return [ask('DESCRIBE', address, ['Accept: application/sdp'])]
			case 'DESCRIBE': {
				const told = headerOf(answer, 'content-base') ?? headerOf(answer, 'content-location')
				const base = told !== undefined && isAbsolute(told) ? told : address
				const { control, video } = readSdp(answer.body)
				if (!video?.ordered) return fail('unsupported', 'no H.264 in the order of its pictures')
				media = video
				playUri = resolve(base, control)
				step = 'SETUP'
				const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1'
				return [ask('SETUP', resolve(base, video.control), [transport])]
			}
			case 'SETUP': {
				const transport = headerOf(answer, 'transport') ?? ''
				if (!/\bTCP\b/i.test(transport)) return fail('unsupported', 'not over this connection')
				channel = Number(/interleaved=(\d{1,3})/i.exec(transport)?.[1] ?? 0)
				const [id = '', ...parts] = (headerOf(answer, 'session') ?? '').split(';')
				session = id.trim() || null
				const told = Number(/timeout=(\d{1,5})/i.exec(parts.join(';'))?.[1] ?? usualTimeoutS)
				timeoutS = told > 0 ? told : usualTimeoutS
				step = 'PLAY'
				// Without a range: a server that can seek would begin anew with one, for all who watch.
				return [ask('PLAY', playUri)]
			}
			case 'PLAY':
				return play()
		}
	}

	function play(): Output[] {
		if (state !== 'asking' || media === null) return []
		state = 'playing'
		return [{ type: 'playing', media, keepAliveMs: Math.max(1, timeoutS / 2) * 1000 }]
	}

	function arrive(arrival: Arrival): Output[] {
		switch (arrival.kind) {
			case 'packet': {
				if (arrival.channel !== channel || step !== 'PLAY') return []
				const packet: Output = { type: 'packet', bytes: arrival.bytes }
				// Some servers send before they have answered.
				return state === 'playing' ? [packet] : [...play(), packet]
			}
			case 'answer':
				return hear(arrival)
			case 'question': {
				// Servers ask whether we are still there, too; more than that they need not know of us.
				const number = headerOf(arrival, 'cseq') ?? '0'
				return [{ type: 'write', text: `RTSP/1.0 200 OK\r\nCSeq: ${number}\r\n\r\n` }]
			}
		}
	}

	return {
		begin: () => [ask('OPTIONS', address)],
		receive(chunk) {
			const outputs: Output[] = []
			for (const arrival of reader.push(chunk)) {
				if (state === 'over') break
				for (const output of arrive(arrival)) outputs.push(output)
			}
			if (reader.broken && state !== 'over') outputs.push(...fail('protocol', 'more was said than there is to say'))
			return outputs
		},
		keepAlive: () => (state === 'playing' ? [ask(stillThere, playUri)] : []),
		end() {
			const ends = session !== null && state !== 'over'
			const last = ends ? [ask('TEARDOWN', playUri)] : []
			state = 'over'
			return last
		},
	}
}

/** As servers mean it, which is not as URLs are resolved: what they call relative is put behind, also behind a query. */
function resolve(base: string, control: string | null): string {
	if (control === null || control === '*') return base
	if (isAbsolute(control)) return control
	return base.endsWith('/') || control.startsWith('/') ? base + control : `${base}/${control}`
}

const isAbsolute = (uri: string) => /^rtsps?:\/\//i.test(uri)
