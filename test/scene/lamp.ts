import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A lamp that flashes while a whistle blows: a browser's camera and microphone, and where both are in a recorded file. */

const run = promisify(execFile)

export const flashEveryMs = 2_000
const lastsMs = 240
const hertz = 1_000
const whistleRate = 8_000
/** So much of a window's energy is the whistle, and it is loud at all. */
const isWhistle = { share: 0.5, power: 1e-4 }

/** To be evaluated before a page begins: what its camera sees and its microphone hears. */
export const lampAndWhistle = `
	const canvas = new OffscreenCanvas(320, 180)
	const pen = canvas.getContext('2d')
	const generator = new MediaStreamTrackGenerator({ kind: 'video' })
	const writer = generator.writable.getWriter()
	let bright = false
	setInterval(() => {
		pen.fillStyle = bright ? '#fff' : '#124'
		pen.fillRect(0, 0, 320, 180)
		const frame = new VideoFrame(canvas, { timestamp: performance.now() * 1000 })
		writer.write(frame).catch(() => {})
	}, 50)
	const context = new AudioContext()
	const heard = new MediaStreamAudioDestinationNode(context)
	const gain = new GainNode(context, { gain: 0 })
	const whistle = new OscillatorNode(context, { frequency: ${hertz} })
	whistle.connect(gain).connect(heard)
	whistle.start()
	setInterval(() => {
		bright = true
		gain.gain.setValueAtTime(0.7, context.currentTime)
		gain.gain.setValueAtTime(0, context.currentTime + ${lastsMs / 1_000})
		setTimeout(() => { bright = false }, ${lastsMs})
	}, ${flashEveryMs})
	navigator.mediaDevices.getUserMedia = async ({ audio, video }) => new MediaStream([
		...(video ? [generator.clone()] : []),
		...(audio ? heard.stream.clone().getTracks() : []),
	])`

/** When each flash and each whistle begins in this file, in seconds of its time. */
export async function marksOf(file: string): Promise<{ flashes: number[]; whistles: number[] }> {
	const picture = 'scale=64:36,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-'
	const { stdout: told } = await run(
		'ffmpeg',
		['-v', 'error', '-i', file, '-an', '-fps_mode', 'passthrough', '-vf', picture, '-f', 'null', '-'],
		{ maxBuffer: 256 * 1024 * 1024 },
	)
	const pictures = [...told.matchAll(/pts_time:([\d.]+)\s+lavfi\.signalstats\.YAVG=([\d.]+)/g)]
	const luma = pictures.map(([, at, mean]) => ({ at: Number(at), mean: Number(mean) }))
	const { stdout: sound } = await run(
		'ffmpeg',
		[
			...['-v', 'error', '-i', file, '-vn', '-af', 'aresample=async=1:first_pts=0'],
			...['-ac', '1', '-ar', String(whistleRate), '-f', 's16le', '-'],
		],
		{ encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 },
	)
	return { flashes: risesOf(luma), whistles: whistlesOf(sound) }
}

/** Where the picture turns bright: half way between what is dark and what is bright in this file. */
function risesOf(luma: readonly { at: number; mean: number }[]): number[] {
	const sorted = luma.map(({ mean }) => mean).sort((a, b) => a - b)
	const [dark = 0, bright = 0] = [sorted[Math.floor(sorted.length * 0.3)], sorted[Math.floor(sorted.length * 0.97)]]
	const half = (dark + bright) / 2
	if (bright - dark < 20) return []
	return luma.flatMap(({ at, mean }, i) => ((luma[i - 1]?.mean ?? mean) < half && mean >= half ? [at] : []))
}

/** Windows of 10 ms in which the whistle is (Goertzel's algorithm), the first of each. */
function whistlesOf(pcm: Buffer): number[] {
	const size = whistleRate / 100
	const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / whistleRate)
	const found: number[] = []
	let lastAt = Number.NEGATIVE_INFINITY
	for (let from = 0; (from + size) * 2 <= pcm.length; from += size) {
		let [one, two, energy] = [0, 0, 0]
		for (let i = 0; i < size; i++) {
			const sample = pcm.readInt16LE((from + i) * 2) / 32_768
			energy += sample * sample
			;[one, two] = [sample + coefficient * one - two, one]
		}
		const power = ((one * one + two * two - coefficient * one * two) * 2) / size / size
		const at = from / whistleRate
		if (power < isWhistle.power || power < (isWhistle.share * energy) / size) continue
		if (at - lastAt > 0.5) found.push(at)
		lastAt = at
	}
	return found
}

/** How much later than its whistle each flash is, in milliseconds; such as stand alone are left out. */
export function offsetsOf({ flashes, whistles }: { flashes: number[]; whistles: number[] }): number[] {
	return flashes.flatMap((flash) => {
		const near = whistles.map((whistle) => flash - whistle).filter((apart) => Math.abs(apart) < 0.5)
		return near.length === 1 && near[0] !== undefined ? [near[0] * 1_000] : []
	})
}
