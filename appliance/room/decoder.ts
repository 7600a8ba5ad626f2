import type { Logger } from 'pino'
import { type Ffmpeg, startFfmpeg } from '../ffmpeg/process.ts'
import { JpegSplitter } from './jpeg.ts'
import { askUntilShown } from './key-frames.ts'
import { ByteStream } from './rtsp/byte-stream.ts'
import { connectRtsp, isPlainRtsp } from './rtsp/connection.ts'
import { rtspInput } from './rtsp-source.ts'

/**
 * Makes JPEGs of a camera's stream, ten a second at most and 640 wide, until it breaks off or is killed. While ffmpeg is being
 * started we ask for the stream ourselves: a key frame that is asked for when it flows is there when ffmpeg is.
 */
export interface Decoder {
	/** When nothing of it runs any more; never rejects. 'unsupported': there is no need to wait before another way is tried. */
	readonly ended: Promise<'unsupported' | 'over'>
	kill(): void
}

export interface DecoderOptions {
	onPicture: (jpeg: Buffer) => void
	/** Somebody waits for the next key frame. */
	needKeyFrame: () => void
	log: Logger
}

const stalledMs = 3000
const firstPictureMs = 8000

/** `failures`: how many attempts showed nothing. For servers that we do not get along with ffmpeg asks, at last with patience. */
export function startDecoder(rtsp: string, failures: number, options: DecoderOptions): Decoder {
	const ways = isPlainRtsp(rtsp) ? [startPiped, startPlain, startPatient] : [startPlain, startPatient]
	const start = ways[failures % ways.length] ?? startPlain
	return start(rtsp, options)
}

const startPlain = (rtsp: string, options: DecoderOptions) => startAsking(rtsp, false, options)
const startPatient = (rtsp: string, options: DecoderOptions) => startAsking(rtsp, true, options)

function startAsking(rtsp: string, patient: boolean, { onPicture, needKeyFrame, log }: DecoderOptions): Decoder {
	const ffmpeg = startFfmpeg([...common, ...rtspInput(rtsp, patient), ...pictures], log)
	const asking = askUntilShown(needKeyFrame)
	watch(ffmpeg, onPicture, asking.shown)
	const ended = ffmpeg.ended.then(() => {
		asking.shown()
		return 'over' as const
	})
	return { ended, kill: ffmpeg.kill }
}

function startPiped(rtsp: string, { onPicture, needKeyFrame, log }: DecoderOptions): Decoder {
	// It is told nothing, and needs nothing to be told: what it reads begins with a key frame.
	const blind = ['-use_wallclock_as_timestamps', '1', '-probesize', '32', '-analyzeduration', '1', '-fpsprobesize', '0']
	const ffmpeg = startFfmpeg(
		[...common, ...blind, '-flags', 'low_delay', '-f', 'h264', '-i', 'pipe:0', ...pictures],
		log,
		{
			input: 'open',
		},
	)
	let asking: ReturnType<typeof askUntilShown> | null = null
	let stream: ByteStream | null = null
	let payloadType = -1
	let keySeen = false
	const connection = connectRtsp(
		rtsp,
		{
			onPlaying(media) {
				payloadType = media.payloadType
				stream = new ByteStream(media.parameterSets)
			},
			onPacket(packet) {
				const piece = stream?.push(packet, payloadType)
				if (!piece) return
				if (piece.bytes.length > 0) ffmpeg.input?.write(piece.bytes)
				keySeen ||= piece.isKey
				if (keySeen) asking?.shown()
				else if (piece.endsPicture) asking ??= askUntilShown(needKeyFrame, 0)
			},
		},
		log,
	)
	watch(ffmpeg, onPicture, () => {})
	void connection.ended.then(ffmpeg.kill)
	const ended = ffmpeg.ended.then(async () => {
		connection.close()
		asking?.shown()
		return (await connection.ended) === 'unsupported' ? 'unsupported' : 'over'
	})
	return { ended, kill: ffmpeg.kill }
}

/** Hands out its pictures, and ends it when there are no more. */
function watch(ffmpeg: Ffmpeg, onPicture: (jpeg: Buffer) => void, onFirst: () => void) {
	const splitter = new JpegSplitter()
	let deadline = setTimeout(ffmpeg.kill, firstPictureMs)
	let shown = false
	ffmpeg.output.on('data', (chunk: Buffer) => {
		for (const picture of splitter.push(chunk)) {
			if (!shown) {
				shown = true
				onFirst()
				clearTimeout(deadline)
				deadline = setTimeout(ffmpeg.kill, stalledMs)
			}
			deadline.refresh()
			onPicture(picture)
		}
	})
	void ffmpeg.ended.then(() => clearTimeout(deadline))
}

const common = ['-nostdin', '-nostats', '-threads', '1']

/** Picked by their time, not interpolated: a filter with a fixed rate would wait for the next one. */
const pictures = [
	...['-map', '0:v:0'],
	...['-vf', "select='isnan(prev_selected_t)+gte(t-prev_selected_t,0.095)',scale=640:-2:flags=fast_bilinear"],
	...['-fps_mode', 'passthrough', '-c:v', 'mjpeg', '-q:v', '5', '-threads', '1'],
	...['-flush_packets', '1', '-f', 'image2pipe', 'pipe:1'],
]
