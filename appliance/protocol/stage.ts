import type { CallReason } from './room-state.ts'

/** What the room and its stage page say to each other, over the browser's own pipe: no socket, no token in an address. */

export type StageCommand =
	| ({
			type: 'join'
			/** The hub's `/ws/meeting`, absolute. */
			hub: string
			token: string
			/** What the resume token of the room's Node client is, so that both are one person. */
			resume: string | null
			language: 'ko' | 'en'
			roomName: string
			muted: boolean
			cameras: { label: string | null; name: string }[]
			volume: number
	  } & SoundDevices)
	| { type: 'mute'; muted: boolean }
	/** 0..100. */
	| { type: 'volume'; volume: number }
	/** Measures the microphone, in a call or not, and tells `level` until it is told to stop. Nothing of it is sent. */
	| ({ type: 'listen'; on: boolean } & SoundDevices)
	/** From now on these, in a call: the speakerphone was found only now. */
	| ({ type: 'devices' } & SoundDevices)
	/** Plays a short tone into the room's speakers. */
	| ({ type: 'tone'; volume: number } & SoundDevices)
	| { type: 'leave' }

export interface SoundDevices {
	/** The capture device, by its label or the name of its card; null: the default; 'none': send no sound. */
	microphone: string | null | 'none'
	/** The same of the playback device. */
	output: string | null
	/** False leaves echo cancelling to the speakerphone or to a mixer. */
	processing: boolean
}

export type StageEvent =
	/** The page has loaded and takes commands. */
	| { type: 'ready'; build: string }
	/** Every 500 ms. A page that draws nothing counts no frames. */
	| {
			type: 'beat'
			/** Animation frames drawn since the page loaded. */
			frames: number
			/** Pictures of others decoded since the join, all tiles together. */
			decoded: number
			/** Pictures wanted from others now; in a call with 0 nothing is expected to decode. */
			expected: number
			/** Energy of the sound played since the join (WebRTC's totalAudioEnergy, summed). */
			energy: number
			ice: 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed'
			/** Whether the page holds its microphone shut. It may know of a mute at the hub that the room hears of later. */
			muted: boolean
	  }
	/** On each change. 'missing': it is looked for again; what was to be played there is played by the default device. */
	| { type: 'sound'; microphone: 'off' | 'open' | 'missing'; output: 'good' | 'missing' }
	/** Ten times a second while it listens: 0..1, even steps to the ear; null: there is no microphone. */
	| { type: 'level'; level: number | null }
	/** Whether the tone went to the device that it was meant for. */
	| { type: 'tone'; played: 'there' | 'elsewhere' | 'nowhere' }
	/** The name strip of this speech is on the screen, `ms` after the page heard of the grant. */
	| { type: 'strip'; who: string; grantedAt: number; ms: number }
	/** The name strip of a grant is on the screen; `ms` after the grant, by the hub's clock. */
	| { type: 'strip'; who: string; grantedAt: number; ms: number }
	| { type: 'joined' }
	| { type: 'left' }
	| { type: 'failed'; reason: CallReason; detail: string }
