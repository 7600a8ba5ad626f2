import type { Turn } from '../lib/meeting/captions.ts'
import type { Stretch } from './timeline.ts'

/** What plays the relay over HTTP: hls.js, or the browser itself where that cannot (iPhone before 17.1). */
export interface HttpPlayer {
	/** The moment that is shown, by the hub's clock; null: not known yet. */
	readonly atMs: number | null
	/** What is kept; null: not known yet. */
	readonly stretch: Stretch | null
	/** Null: to the present. */
	seek(toMs: number | null): void
	/** The small pictures only. */
	save(on: boolean): void
	caption(on: boolean): void
	/** What is said at this moment, for the page to show; empty where the browser draws it. */
	readonly captions: Turn[]
	close(): void
}

export interface HttpPlayerOptions {
	video: HTMLVideoElement
	/** Of the playlist of playlists. */
	url: string
	token: string
	/** Where it begins; null: with the present. */
	fromMs: number | null
	saves: boolean
	/** 'failed': it tries on by itself. */
	onStatus(status: 'playing' | 'failed' | 'ended'): void
	/** Whether there are any to be shown. */
	onCaptions(there: boolean): void
}

const nativeType = 'application/vnd.apple.mpegurl'

const hasMediaSource = () => 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis

/** Whether this browser plays HLS by any means. */
export function playsHttp(): boolean {
	return hasMediaSource() || document.createElement('video').canPlayType(nativeType) !== ''
}

/** The library comes only now. */
export async function openHttpPlayer(options: HttpPlayerOptions): Promise<HttpPlayer> {
	if (hasMediaSource()) {
		const { HlsPlayer } = await import('./hls-player.ts')
		return new HlsPlayer(options)
	}
	const { NativePlayer } = await import('./native-player.ts')
	return new NativePlayer(options)
}
