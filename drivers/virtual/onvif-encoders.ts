import { invalid, Refusal } from './onvif-soap.ts'

/** What a virtual ONVIF camera encodes: two streams of H.264, and what may be changed about them. */

export interface EncoderFaults {
	/** Pictures from key frame to key frame, until somebody sets it. */
	gop?: number
	/** B-frames between others, until somebody sets a profile that has none. */
	bFrames?: number
	/** SetVideoEncoderConfiguration is refused. */
	refuseEncoder?: boolean
	/** It is acknowledged, and nothing changes. */
	keepsEncoder?: boolean
}

type Profile = 'Baseline' | 'Main' | 'High'

export interface Encoder {
	readonly token: string
	readonly width: number
	readonly height: number
	readonly rate: number
	readonly bitrate: number
	readonly gop: number
	readonly profile: Profile
	readonly bFrames: number
}

/** The streams that stand behind the encoders, where there are any. */
export interface RealEncoder {
	/** 0 is the large one. */
	keyFrame(stream: number): void
	change(stream: number, to: { gop: number; bFrames: number }): void
}

export interface Encoders {
	list(): Encoder[]
	get(token: string): Encoder
	set(token: string, to: { width: number; height: number; gop: number; profile: string }): void
	keyFrame(stream: number): void
}

const sizes = [
	{ token: 'encoder_main', width: 640, height: 360, bitrate: 900 },
	{ token: 'encoder_sub', width: 320, height: 180, bitrate: 300 },
] as const
export const longestGop = 300
const rate = 15
const profiles: readonly Profile[] = ['Baseline', 'Main', 'High']

export function createEncoders(faults: EncoderFaults, real: RealEncoder | undefined): Encoders {
	const changes = new Map<string, { gop: number; profile: Profile }>()

	const list = () =>
		sizes.map((size): Encoder => {
			const change = changes.get(size.token)
			const profile = change?.profile ?? (faults.bFrames ? 'Main' : 'Baseline')
			const bFrames = profile === 'Baseline' ? 0 : (faults.bFrames ?? 0)
			return { ...size, rate, gop: change?.gop ?? faults.gop ?? rate, profile, bFrames }
		})

	function get(token: string): Encoder {
		const encoder = list().find((one) => one.token === token)
		if (!encoder) throw invalid('NoConfig', `no encoder ${token}`)
		return encoder
	}

	return {
		list,
		get,
		set(token, { width, height, gop, profile: wanted }) {
			const encoder = get(token)
			const profile = profiles.find((one) => one === wanted)
			if (faults.refuseEncoder)
				throw new Refusal(['InvalidArgVal', 'ConfigModify'], 'the configuration cannot be changed')
			if (!profile || width !== encoder.width || height !== encoder.height)
				throw invalid('ConfigModify', 'not among the options')
			if (!Number.isInteger(gop) || gop < 1 || gop > longestGop) throw invalid('ConfigModify', `GovLength ${gop}`)
			if (faults.keepsEncoder) return
			changes.set(token, { gop, profile })
			real?.change(
				sizes.findIndex((one) => one.token === token),
				{ gop, bFrames: get(token).bFrames },
			)
		},
		keyFrame: (stream) => real?.keyFrame(stream),
	}
}
