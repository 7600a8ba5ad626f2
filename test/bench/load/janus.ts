import { setTimeout as sleep } from 'node:timers/promises'
import { Generator, icePassword } from './generator.ts'
import { type Janus, startJanus } from './janus-process.ts'
import { camera, microphone, usualSends } from './streams.ts'

/** Generated people in a video room of Janus: the same streams, the same who sees whom as in bare.ts. */

interface JanusPeople {
	readonly generator: Generator
	readonly pid: number
	close(): Promise<void>
}

interface JanusOptions {
	count: number
	port: number
	sounds: number
	pictures: number
}

const room = 1234
const extensions = {
	audio: ['6 urn:ietf:params:rtp-hdrext:ssrc-audio-level'],
	video: ['5 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'],
}
const feedback = ['nack', 'nack pli', 'ccm fir', 'transport-cc']

const lineOf = (sdp: string, key: string) => new RegExp(`^a=${key}:(.*)$`, 'm').exec(sdp)?.[1]?.trim() ?? ''

/** The session, and what each of its parts says of our end. `own`: as the generator calls itself, see Generator.connect. */
function sdpOf(mids: readonly string[], parts: readonly string[]): string {
	const head = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`]
	return `${[...head, ...parts].join('\r\n')}\r\n`
}

function part(kind: string, type: string, mid: string, fingerprint: string, own: string, more: readonly string[]) {
	return [
		`m=${kind} 9 UDP/TLS/RTP/SAVPF ${type}`,
		'c=IN IP4 127.0.0.1',
		`a=ice-ufrag:${own}`,
		`a=ice-pwd:${icePassword}`,
		`a=fingerprint:sha-256 ${fingerprint}`,
		'a=setup:active',
		'a=rtcp-mux',
		`a=mid:${mid}`,
		`a=rtpmap:${type} ${kind === 'audio' ? 'opus/48000/2' : 'VP8/90000'}`,
		...more,
	].join('\r\n')
}

/** What the generator connects to, as the hub would offer it. */
function offerOf(sdp: string) {
	const candidates = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host/gim)]
	return {
		id: '',
		iceParameters: { usernameFragment: lineOf(sdp, 'ice-ufrag'), password: lineOf(sdp, 'ice-pwd') },
		iceCandidates: candidates.map(([, ip, port]) => ({ protocol: 'udp', ip, port: Number(port) })),
		dtlsParameters: {},
	}
}

async function publish(janus: Janus, generator: Generator, i: number): Promise<void> {
	const handle = await janus.attach()
	await janus.ask(handle, { request: 'join', ptype: 'publisher', room, id: i + 1 })
	const [audio, low, high] = [10_000 + i * 4, 10_001 + i * 4, 10_002 + i * 4]
	const { fingerprint } = generator
	const own = generator.nextUser
	const sound = part('audio', '111', '0', fingerprint, own, [
		'a=sendonly',
		...extensions.audio.map((one) => `a=extmap:${one}`),
		`a=ssrc:${audio} cname:person-${i}`,
	])
	const picture = part('video', '96', '1', fingerprint, own, [
		'a=sendonly',
		...feedback.map((one) => `a=rtcp-fb:96 ${one}`),
		...extensions.video.map((one) => `a=extmap:${one}`),
		`a=ssrc-group:SIM ${low} ${high}`,
		`a=ssrc:${low} cname:person-${i}`,
		`a=ssrc:${high} cname:person-${i}`,
	])
	const offer = { type: 'offer', sdp: sdpOf(['0', '1'], [sound, picture]) } as const
	const { jsep } = await janus.ask(handle, { request: 'publish' }, offer)
	const up = Promise.withResolvers<void>()
	const onFailed = (reason: string) => up.reject(new Error(`Janus: ${reason}`))
	const peer = generator.connect(offerOf(jsep?.sdp ?? ''), 0, { onUp: up.resolve, onFailed })
	const { microphone: mic, camera: cam } = usualSends
	if (mic) microphone(mic, audio).begin(generator, peer)
	if (cam) camera(cam, low).begin(generator, peer)
	// Nobody can ask for it before.
	await up.promise
}

async function subscribe(janus: Janus, generator: Generator, i: number, options: JanusOptions): Promise<void> {
	const { count, sounds, pictures } = options
	const others = Array.from({ length: count - 1 }, (_, k) => (i + 1 + k) % count)
	const last = sounds - 1
	const seen = [...others.filter((k) => k === last), ...others.filter((k) => k !== last)].slice(0, pictures)
	const heard = others.filter((k) => k < sounds)
	const streams = [...heard.map((k) => ({ feed: k + 1, mid: '0' })), ...seen.map((k) => ({ feed: k + 1, mid: '1' }))]
	const handle = await janus.attach()
	const { jsep } = await janus.ask(handle, { request: 'join', ptype: 'subscriber', room, streams })
	const sections = (jsep?.sdp ?? '').split(/\r?\n(?=m=)/).slice(1)
	const mids = sections.map((section) => lineOf(section, 'mid'))
	const own = generator.nextUser
	const parts = sections.map((section, at) => {
		const [, kind = '', type = ''] = /^m=(\w+) \d+ \S+ (\d+)/.exec(section) ?? []
		const back = kind === 'video' ? feedback.map((one) => `a=rtcp-fb:${type} ${one}`) : []
		const number = /a=extmap:\d+ \S*transport-wide\S*/.exec(section)?.[0]
		const more = ['a=recvonly', ...back, ...(number ? [number] : [])]
		return part(kind, type, mids[at] ?? '', generator.fingerprint, own, more)
	})
	const transportCc = Number(/a=extmap:(\d+) \S*transport-wide/.exec(jsep?.sdp ?? '')?.[1] ?? 0)
	const up = Promise.withResolvers<void>()
	const onFailed = (reason: string) => up.reject(new Error(`Janus: ${reason}`))
	const peer = generator.connect(offerOf(jsep?.sdp ?? ''), transportCc, { onUp: up.resolve, onFailed })
	for (const section of sections) {
		const ssrc = Number(/^a=ssrc:(\d+)/m.exec(section)?.[1])
		generator.order('expect', peer, ssrc, section.startsWith('m=audio') ? 'opus' : 'vp8')
	}
	await janus.ask(handle, { request: 'start' }, { type: 'answer', sdp: sdpOf(mids, parts) })
	const video = sections.flatMap((section, at) => (section.startsWith('m=video') ? [mids[at]] : []))
	const layers = video.map((mid, place) => ({ mid, substream: place === 0 ? 1 : 0 }))
	await janus.ask(handle, { request: 'configure', streams: layers })
	await up.promise
}

/** Everybody in, sending and receiving. */
export async function openJanus(options: JanusOptions): Promise<JanusPeople> {
	const janus = await startJanus(options.port)
	const generator = await Generator.start()
	const control = await janus.attach()
	await janus.ask(control, {
		request: 'create',
		room,
		publishers: options.count,
		bitrate: 0,
		audiocodec: 'opus',
		videocodec: 'vp8',
		audiolevel_event: false,
		transport_wide_cc_ext: true,
	})
	for (let i = 0; i < options.count; i++) await publish(janus, generator, i)
	await sleep(500)
	for (let i = 0; i < options.count; i++) await subscribe(janus, generator, i, options)
	return {
		generator,
		pid: janus.pid,
		async close() {
			await generator.close()
			await janus.close()
		},
	}
}
