import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { types } from 'mediasoup'
import type { Attendee } from '../../appliance/media/attendee.ts'
import { MeetingMedia } from '../../appliance/media/meeting-media.ts'
import { openTap } from '../../appliance/media/tap.ts'
import type { ProducerSpec, Source } from '../../appliance/protocol/media.ts'
import type { JoinResult, Person, Result } from '../../appliance/protocol/messages.ts'
import { microphone } from '../hub/site.ts'
import { log, openTestSfu } from '../media/open.ts'
import { plainSfu, streamOf } from '../media/plain-sfu.ts'
import { until } from '../scene/wait.ts'
import { type ScriptedHub, startHub } from './floor-hub.ts'
import { council, slidePage } from './floor-scene.ts'

/**
 * A hub that follows a script, with media that flow: what people and cameras send comes from ffmpeg through a real SFU, and
 * what the programme sends is written to a file by ffmpeg, as a recording would be.
 */

export interface ProgrammeHub extends ScriptedHub {
	/** Somebody's picture, by ffmpeg's name of a source; answers the source's id. */
	film(person: string, lavfi: string, more?: Partial<ProducerSpec>): Promise<string>
	/** Somebody's voice: a tone. */
	voice(person: string, hz: number): Promise<string>
	/** Everybody in the meeting, with what they send now; for whoever joins from now on. */
	cast(people: Person[]): void
	/** What the programme sends. */
	sent(): Source[]
	/** Writes so many seconds of it to a file. `height`: of the rung. */
	record(file: string, seconds: number, height: number): Promise<void>
	/** The programme's media are gone, as when a worker has died. */
	loseMedia(): void
}

const programme = 'programme'

export async function startProgrammeHub(dist: string): Promise<ProgrammeHub> {
	const dir = mkdtempSync(join(tmpdir(), 'maru-films-'))
	let plain = false
	const real = await openTestSfu()
	const doors = plainSfu(real, () => plain)
	/** Everything that is sent to it. */
	const producers = new Map<string, types.Producer>()
	const sfu: typeof doors = {
		...doors,
		async openRouter(but) {
			const hold = await doors.openRouter(but)
			hold.router.observer.on('newtransport', (transport) => {
				transport.observer.on('newproducer', (producer) => producers.set(producer.id, producer))
			})
			return hold
		},
	}
	const media = new MeetingMedia({ sfu, log, onSources: () => {}, onLost: () => {} })
	const hub = await startHub(dist, { ...council(), person: programme, role: 'programme' }, slidePage)
	const running = new Set<ChildProcess>()
	let attendee: Attendee | null = null
	const nobody = createSocket('udp4').bind(0, '127.0.0.1')
	await once(nobody, 'listening')
	const nobodysPort = nobody.address().port

	async function doorOf(person: string): Promise<Attendee> {
		plain = true
		try {
			return (await media.attend({ person, publishes: true, onChange: () => {} })).attendee
		} finally {
			plain = false
		}
	}

	function run(args: string[], input = ''): ChildProcess {
		const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args], {
			stdio: ['pipe', 'ignore', 'ignore'],
		})
		running.add(child)
		child.on('exit', () => running.delete(child))
		child.stdin?.end(input)
		return child
	}

	/** Publishes it, and lets ffmpeg send it. Its reports of RTCP go where nobody listens. */
	async function send(person: string, spec: ProducerSpec, input: string, coder: string[]): Promise<string> {
		// Coded once and sent again and again: the machine is the page's.
		const clip = join(dir, `${spec.id}.${spec.kind === 'video' ? 'ts' : 'mkv'}`)
		await once(run(['-f', 'lavfi', '-i', input, '-t', '4', ...coder, clip]), 'exit')
		const door = await doorOf(person)
		await media.publish(door, [spec], () => false)
		const { ssrc, payloadType } = streamOf(spec)
		const to = `rtp://127.0.0.1:${sfu.portOf(door.offers.send?.id ?? '')}?rtcpport=${nobodysPort}&pkt_size=1200`
		const stream = ['-ssrc', `${ssrc}`, '-payload_type', `${payloadType}`, '-f', 'rtp', to]
		run(['-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy', ...stream])
		return spec.id
	}

	async function answer(command: Parameters<ScriptedHub['answer']>[0]): Promise<Result | null> {
		switch (command.type) {
			case 'meeting.join': {
				if (attendee) media.leave(attendee)
				const onChange: Parameters<MeetingMedia['attend']>[0]['onChange'] = (change) => {
					hub.say({ type: 'media', ...change })
				}
				const entered = await media.attend({ person: programme, publishes: true, onChange })
				attendee = entered.attendee
				const { send, receive } = attendee.offers
				const data: JoinResult = {
					...hub.join,
					core: { ...hub.join.core, at: Date.now() },
					media: { routerRtpCapabilities: entered.capabilities, send, receive },
				}
				return { ok: true, data }
			}
			case 'media.open': {
				if (!attendee) return null
				await attendee.connectSend(command.send)
				await media.publish(attendee, command.producers, ({ muted }) => muted)
				return { ok: true, data: { consumers: await attendee.watch(command.rtpCapabilities, command.wanted) } }
			}
			case 'media.ready':
				await attendee?.ready(command.receive, command.consumers)
				return { ok: true }
			case 'media.show':
				attendee?.show(command.wanted)
				return { ok: true }
			default:
				return null
		}
	}
	hub.answer = answer

	return Object.assign(hub, {
		film: (person: string, lavfi: string, more: Partial<ProducerSpec> = {}) => {
			const coder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline']
			return send(person, picture(more), lavfi, [
				...coder,
				'-pix_fmt',
				'yuv420p',
				'-g',
				'25',
				'-x264-params',
				'repeat-headers=1',
			])
		},
		voice: (person: string, hz: number) => {
			return send(person, microphone(), `sine=frequency=${hz}:sample_rate=48000`, ['-ac', '2', '-c:a', 'libopus'])
		},
		cast(people: Person[]) {
			const set = people.map((person) => ({ ...person, sources: media.sourcesOf(person.id).map(lively) }))
			hub.join = { ...hub.join, people: { ...hub.join.people, set } }
		},
		sent: () => media.sourcesOf(programme),
		async record(file: string, seconds: number, height: number) {
			const { hold } = attendee ?? {}
			if (!hold) throw new Error('there is no programme')
			const tapped = media.sourcesOf(programme).flatMap(({ id, kind }) => {
				const producer = producers.get(id)
				return producer ? [{ producer, layer: kind === 'audio' ? null : height === 360 ? 0 : 1 }] : []
			})
			const tap = await openTap(hold, tapped)
			const input = ['-protocol_whitelist', 'pipe,udp,rtp', '-f', 'sdp', '-i', 'pipe:0']
			const writer = run([...input, '-t', `${seconds}`, '-c', 'copy', '-y', file], tap.sdp)
			await until('its ports to be open', () => portsIn(tap.sdp).every(isOpen))
			await tap.start()
			await once(writer, 'exit')
			tap.close()
		},
		loseMedia() {
			if (attendee) media.leave(attendee)
			attendee = null
			hub.say({ type: 'media.lost' })
		},
		close: wind(hub.close, async () => {
			for (const child of running) child.kill('SIGKILL')
			nobody.close()
			rmSync(dir, { recursive: true, force: true })
			media.close()
			await real.close()
		}),
	})
}

/** Those on which whoever reads this SDP listens. */
const portsIn = (sdp: string) => [...sdp.matchAll(/^m=\w+ (\d+)/gm)].map(([, port]) => Number(port))

/** Whether somebody on this machine listens on this port for UDP, as the kernel tells it. */
function isOpen(port: number): boolean {
	const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
	return readFileSync('/proc/net/udp', 'utf8').includes(hex)
}

/** One after the other. */
function wind(first: () => Promise<void>, then: () => Promise<void>): () => Promise<void> {
	return async () => {
		await first()
		await then()
	}
}

/** That it is live is known after its first packets; a script has it so from the start. */
const lively = (source: Source): Source => ({ ...source, live: true })

let ssrcs = 50_000

/** H.264 in one size, as a camera sends it. */
function picture(more: Partial<ProducerSpec>): ProducerSpec {
	const rtcpFeedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' }]
	const parameters = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 }
	const codecs = [{ mimeType: 'video/H264', clockRate: 90_000, payloadType: 102, parameters, rtcpFeedback }]
	const rtpParameters = { mid: `${++ssrcs}`, codecs, encodings: [{ ssrc: ssrcs }], rtcp: { cname: `${ssrcs}` } }
	return {
		id: crypto.randomUUID(),
		kind: 'video',
		use: 'camera',
		label: 'camera',
		muted: false,
		rtpParameters,
		...more,
	}
}
