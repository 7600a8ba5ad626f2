import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Crowd, openPeople } from './crowd.ts'
import type { Stat } from './generator.ts'

/**
 * Generated people in a meeting of any Maru, by hand:
 *
 *     node test/bench/load/people.ts --peers=20 --link=http://127.0.0.1:8080/attend#… [--seconds=60] [--per-second=10]
 *       [--pictures=9] [--layers=100,400] [--fps=15] [--kbps=32] [--muted] [--silent]
 *
 * The link is that of a meeting's members, from this machine or another (NODE_EXTRA_CA_CERTS=ca.pem for its certificate). Each
 * one sends Opus and a camera in the given layers (kbit/s), and shows so many pictures. --muted: their microphones are off, as
 * most people's are; where everybody may speak, two hundred that are open are forty thousand sounds. --silent: they are on,
 * and nobody speaks. Prints a line a second, and leaves after --seconds (an hour at most), with as many people as came in
 * (500 at most), or when it is interrupted. Times on the way are right where Maru runs on the same machine, or its people do.
 */
const most = { peers: 500, seconds: 3_600 }

const { values } = parseArgs({
	options: {
		link: { type: 'string' },
		peers: { type: 'string', default: '10' },
		seconds: { type: 'string', default: '60' },
		'per-second': { type: 'string', default: '10' },
		pictures: { type: 'string', default: '9' },
		layers: { type: 'string', default: '100,400' },
		fps: { type: 'string', default: '15' },
		kbps: { type: 'string', default: '32' },
		muted: { type: 'boolean', default: false },
		silent: { type: 'boolean', default: false },
	},
})

function refuse(why: string): never {
	console.error(
		`${why}\nnode test/bench/load/people.ts --peers=20 --link=http://…/attend#… [--seconds=60] (see its head)`,
	)
	process.exit(2)
}

function number(name: 'peers' | 'seconds' | 'per-second' | 'pictures' | 'fps' | 'kbps', max: number): number {
	const value = Number(values[name])
	if (!Number.isInteger(value) || value < (name === 'pictures' ? 0 : 1) || value > max) refuse(`--${name}: 1 to ${max}`)
	return value
}

function lineOf(crowd: Crowd, stat: Stat, last: Stat, passed: number): string {
	const rate = (of: (one: Stat) => number, unit: number) => (of(stat) - of(last)) / unit
	const kbps = (rate(({ receivedBytes }) => receivedBytes, 125) / (stat.seconds - last.seconds)).toFixed(0)
	const received = (rate(({ received }) => received, 1) / (stat.seconds - last.seconds)).toFixed(0)
	return [
		`${String(passed).padStart(4)} s`,
		`in ${crowd.people.length - crowd.dropped().length}`,
		`streams ${stat.flowing}/${stat.streams}`,
		`received ${received}/s, ${kbps} kbit/s`,
		`lost ${stat.lost - last.lost}`,
		`on the way p50 ${stat.p50Ms} p99 ${stat.p99Ms} ms`,
		`key frames asked ${stat.keyFramesAsked - last.keyFramesAsked}`,
	].join(' | ')
}

if (!values.link || !URL.canParse(values.link)) refuse('--link: the link of a meeting is needed')
const link = new URL(values.link)
const seconds = number('seconds', most.seconds)
const layers = values.layers.split(',').map(Number)
if (layers.length > 3 || layers.some((kbps) => !(kbps >= 10 && kbps <= 5_000)))
	refuse('--layers: up to three, in kbit/s')
const sends = {
	microphone: { level: values.silent ? 127 : 60, kbps: number('kbps', 500), muted: values.muted },
	camera: { layers, fps: number('fps', 60) },
}

let interrupted = false
process.once('SIGINT', () => {
	interrupted = true
})
const crowd = await openPeople({
	origin: link.origin,
	token: () => link.hash.slice(1),
	count: number('peers', most.peers),
	perSecond: number('per-second', 50),
	pictures: number('pictures', 25),
	sends: () => sends,
})
for (const reason of new Set(crowd.refused)) console.log(`refused: ${reason}`)
let last = await crowd.stat()
for (let passed = 1; passed <= seconds && !interrupted && crowd.people.length > 0; passed++) {
	await sleep(1_000)
	const stat = await crowd.stat()
	console.log(lineOf(crowd, stat, last, passed))
	last = stat
}
for (const reason of new Set(crowd.dropped())) console.log(`fell out: ${reason}`)
await crowd.close()
