import { expect, it } from 'vitest'
import { openAttend } from '../browser/attend-page.ts'
import { until } from '../scene/wait.ts'

/** Two real pages: what one says comes back from the loudspeaker of the other into its microphone, as after a canceller that failed. */

const at = openAttend('echo', 23_980)

/** A microphone of phrases and pauses, none like the other. */
const talks = `navigator.mediaDevices.getUserMedia = async () => {
	const context = new AudioContext()
	const tone = new OscillatorNode(context, { frequency: 220 })
	const voice = new GainNode(context, { gain: 0 })
	const out = context.createMediaStreamDestination()
	tone.connect(voice).connect(out)
	tone.start()
	let at = context.currentTime
	for (let phrase = 0; phrase < 80; phrase++) {
		voice.gain.setValueAtTime(0.15, at)
		voice.gain.setValueAtTime(0, at + 1 + ((phrase * 7) % 5) * 0.4)
		at += 1.6 + ((phrase * 7) % 5) * 0.4 + ((phrase * 3) % 4) * 0.3
	}
	return out.stream
}`

/** A microphone that hears what its page plays, a quarter of a second later and 12 dB down; without it, a quiet one. */
const hears = (echo: boolean) => `{
	const context = new AudioContext()
	const out = context.createMediaStreamDestination()
	const room = new DelayNode(context, { delayTime: 0.25 })
	room.connect(new GainNode(context, { gain: ${echo ? 0.25 : 0.001} })).connect(out)
	navigator.mediaDevices.getUserMedia = async () => out.stream.clone()
	const Peer = RTCPeerConnection
	window.RTCPeerConnection = class extends Peer {
		constructor(...given) {
			super(...given)
			this.addEventListener('track', ({ track }) => {
				if (track.kind === 'audio') context.createMediaStreamSource(new MediaStream([track])).connect(room)
			})
		}
	}
}`

it('tells the one whose loudspeaker is heard, and nobody else', async () => {
	const { links } = await at.meeting()
	const speaker = await at.join(links.member, '김영희', talks)
	const echoing = await at.join(links.member, '이철수', hears(true))
	const quiet = await at.join(links.member, '박민정', hears(false))
	await until('the hint', () => echoing.$('[data-hint=echo]'), 120_000)
	expect(await speaker.$('[data-hint=echo]')).toBeNull()
	expect(await quiet.$('[data-hint=echo]')).toBeNull()
}, 180_000)
