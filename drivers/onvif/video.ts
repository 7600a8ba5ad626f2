import type { CameraStream, CameraVideo } from '../camera.ts'
import { DeviceError } from '../device.ts'
import { type Conversation, unlessRefused } from './conversation.ts'
import { getEncoderOptions, plainestProfile, setEncoder } from './encoder.ts'
import {
	getProfiles,
	getStreamUri,
	type Media,
	type Profile,
	readEncoder,
	readProfiles,
	readStreamUri,
	setSynchronizationPoint,
} from './media.ts'
import type { Credentials } from './username-token.ts'
import type { XmlElement } from './xml.ts'

export interface VideoOptions {
	readonly talk: Conversation
	/** Where the camera was found. */
	readonly host: string
	readonly who: Credentials | null
	/** The media services that it has, the one that answered for its profiles first. */
	readonly media: readonly Media[]
}

/** A camera with a dozen profiles is asked for the streams of these, the largest. */
const mostStreams = 4
/** Writing into a camera's configuration takes some of them seconds. */
const writeMs = 4_000

/** The pictures of a camera. Whatever one media service does not do as it should, the other is asked for. */
export function createVideo({ talk, host, who, media }: VideoOptions): CameraVideo {
	async function byEither<T>(work: (one: Media) => Promise<T>, order = media): Promise<T> {
		let failure: unknown = new DeviceError('unsupported', 'the camera has no media service')
		for (const one of order) {
			try {
				return await work(one)
			} catch (error) {
				if (!(error instanceof DeviceError) || !otherMayDo.has(error.code)) throw error
				failure = error
			}
		}
		throw failure
	}

	/** The older one has no word for H.265. */
	const newest = media.toSorted((a, b) => Number(b === 'tr2') - Number(a === 'tr2'))

	const profilesOf = async (one: Media) =>
		readProfiles(await talk.ask(getProfiles(one), { limitMs: 2_500, again: 'closed' })).filter(hasEncoder)

	async function streamOf(one: Media, { token, encoder }: Encoded): Promise<CameraStream[]> {
		const response = await talk.ask(getStreamUri(one, token))
		const url = readStreamUri(response, host, who ?? { username: '', password: '' })
		return url === null ? [] : [{ token, url, ...readEncoder(encoder) }]
	}

	async function profileOf(one: Media, token: string): Promise<Encoded> {
		const found = (await profilesOf(one)).find((profile) => profile.token === token)
		if (!found) throw new DeviceError('rejected', `the camera has no stream ${token}`)
		return found
	}

	return {
		streams: () =>
			byEither(async (one) => {
				const profiles = (await profilesOf(one)).toSorted((a, b) => pixels(b) - pixels(a)).slice(0, mostStreams)
				const streams: CameraStream[] = []
				for (const profile of profiles) streams.push(...(await streamOf(one, profile)))
				return streams
			}, newest),

		async keyFrame(token) {
			await byEither((one) => talk.ask(setSynchronizationPoint(one, token)))
		},

		setForBrowsers: (token) =>
			byEither(async (one) => {
				const { encoder } = await profileOf(one, token)
				const options = await talk.ask(getEncoderOptions(one, encoder, token)).catch(unlessRefused)
				const second = Math.max(1, Math.round(readEncoder(encoder).rate ?? usualRate))
				const order = setEncoder(one, encoder, second, plainestProfile(options))
				await talk.ask(order, { limitMs: writeMs, again: 'never' })
				// As it is then, and not as it was told to be: some acknowledge it and change nothing.
				const [stream] = await streamOf(one, await profileOf(one, token))
				if (!stream) throw new DeviceError('protocol', 'the camera tells no address of its stream')
				return stream
			}),
	}
}

type Encoded = Profile & { readonly encoder: XmlElement }

const otherMayDo: ReadonlySet<string> = new Set(['rejected', 'unsupported', 'protocol', 'timeout'])
const usualRate = 25
const hasEncoder = (profile: Profile): profile is Encoded => profile.encoder !== undefined

function pixels({ encoder }: Encoded): number {
	const { width, height } = readEncoder(encoder)
	return width * height
}
