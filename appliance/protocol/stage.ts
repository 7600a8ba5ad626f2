import type { CallReason } from './room-state.ts'

/** What the room and its stage page say to each other, over the browser's own pipe: no socket, no token in an address. */

export type StageCommand =
	| {
			type: 'join'
			/** The hub's `/ws/meeting`, absolute. */
			hub: string
			token: string
			/** What the resume token of the room's Node client is, so that both are one person. */
			resume: string | null
			language: 'ko' | 'en'
			roomName: string
			muted: boolean
			/** Labels of the capture devices to send; null: the default; 'none': send no such thing. */
			microphone: string | null | 'none'
			cameras: { label: string | null; name: string }[]
			/** False leaves echo cancelling to the speakerphone. */
			processing: boolean
	  }
	| { type: 'mute'; muted: boolean }
	| { type: 'leave' }

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
	  }
	/** The name strip of this speech is on the screen, `ms` after the page heard of the grant. */
	| { type: 'strip'; who: string; grantedAt: number; ms: number }
	/** The name strip of a grant is on the screen; `ms` after the grant, by the hub's clock. */
	| { type: 'strip'; who: string; grantedAt: number; ms: number }
	| { type: 'joined' }
	| { type: 'left' }
	| { type: 'failed'; reason: CallReason; detail: string }
