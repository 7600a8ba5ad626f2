import type { CameraStream } from '../../drivers/camera.ts'
import type { CameraView } from '../protocol/room-state.ts'
import { beginsPicture, isB, kindOf, nalUnits, readSps, type Sps } from './h264.ts'

/** What a camera sends, judged by what browsers show of it. Pure. */

export type StreamFault = NonNullable<CameraView['stream']>['fault']

/** As seen for a few seconds without decoding. */
export interface Probe {
	codec: 'h264' | 'h265' | 'other'
	profile: 'baseline' | 'main' | 'high' | null
	width: number
	height: number
	/** Pictures a second. */
	rate: number | null
	/** Milliseconds from key frame to key frame; where that is longer than it was looked at, how long none came. */
	gop: number | null
	/** Pictures are shown in another order than they are sent, which WebRTC can't. */
	bFrames: boolean
}

/** Whoever comes waits half of it for the first picture. */
const longestGopMs = 2500

/** What is wrong with it for browsers. `probe` null: nothing could be made of it. */
export function faultOf(probe: Probe | null): StreamFault | null {
	if (probe === null) return 'unreadable'
	if (probe.codec !== 'h264') return 'codec'
	if (probe.bFrames) return 'b-frames'
	return (probe.gop ?? 0) > longestGopMs ? 'long-gop' : null
}

/** Whether it can't go into a meeting as it is. A long GOP can. */
export const needsTranscoding = (fault: StreamFault | null) => fault === 'b-frames' || fault === 'codec'

export interface ChosenStreams {
	main: CameraStream
	/** For small tiles and panels; null: there is none that is smaller. */
	sub: CameraStream | null
}

/** A picture for a big tile. Smaller, and a larger one of another codec is worth its transcoding. */
const bigEnough = 700
const smallEnough = 0.75
const smallest = 180

export function chooseStreams(streams: readonly CameraStream[]): ChosenStreams | null {
	const byHeight = [...streams].sort((a, b) => b.height - a.height)
	const plain = byHeight.filter(({ codec }) => codec === 'h264')
	const largest = plain[0] && plain[0].height >= bigEnough ? plain[0] : byHeight[0]
	if (!largest) return null
	const smaller = plain.filter(({ height }) => height >= smallest && height <= largest.height * smallEnough)
	return { main: largest, sub: smaller.at(-1) ?? null }
}

/** Time stamps may jump once, when a camera first tells its clock. */
const reordered = 3

/** Takes one coded picture after the other, and knows what the stream is like. */
export class H264Look {
	#sps: Sps | null = null
	#pictures = 0
	#first: number | null = null
	#last = 0
	#highest = Number.NEGATIVE_INFINITY
	/** The last key frame, or where the look began: the one before that is no nearer. */
	#keyAt = 0
	#keys = 0
	#gop = 0
	#bSlices = false
	#backwards = 0

	/** `at`: its time stamp in milliseconds. */
	add(picture: Uint8Array, at: number) {
		if (this.#first === null) this.#first = this.#keyAt = at
		// Shown before one that was sent before, whatever the headers say.
		if (at < this.#highest) this.#backwards += 1
		this.#highest = Math.max(this.#highest, at)
		this.#last = at
		for (const unit of nalUnits(picture)) {
			const kind = kindOf(unit)
			if (kind === 'sps') this.#sps = readSps(unit) ?? this.#sps
			if (kind === 'slice' && isB(unit)) this.#bSlices = true
			if ((kind === 'slice' || kind === 'idr') && beginsPicture(unit)) this.#pictures += 1
			if (kind === 'idr' && beginsPicture(unit)) this.#key(at)
		}
	}

	/** Since the first picture, in milliseconds. */
	get seenMs(): number {
		return this.#first === null ? 0 : this.#last - this.#first
	}

	/**
	 * Whether what was measured between key frames goes for the stream: the last is no longer ago than that. Cameras send one
	 * more when somebody comes, and two in a row tell nothing.
	 */
	get isSteady(): boolean {
		return this.#keys > 1 && this.#last - this.#keyAt <= this.#gop
	}

	/** Null while nothing told the size. */
	get probe(): Probe | null {
		const sps = this.#sps
		if (!sps || this.#first === null) return null
		const { width, height } = sps
		const tail = this.#last - this.#keyAt
		const rate = this.seenMs > 0 ? ((this.#pictures - 1) * 1000) / this.seenMs : null
		return {
			codec: 'h264',
			profile: profileOf(sps.profile),
			width,
			height,
			rate: rate === null || rate <= 0 ? null : Math.round(rate * 10) / 10,
			gop: Math.round(Math.max(this.#gop, tail)),
			bFrames: this.#backwards >= reordered || (this.#bSlices && sps.orderType !== 2 && sps.reorder !== 0),
		}
	}

	#key(at: number) {
		this.#gop = Math.max(this.#gop, at - this.#keyAt)
		this.#keyAt = at
		this.#keys += 1
	}
}

/** Table A-1 and annex A.2. */
function profileOf(idc: number): Probe['profile'] {
	switch (idc) {
		case 66:
			return 'baseline'
		case 77:
			return 'main'
		case 100:
			return 'high'
		default:
			return null
	}
}
