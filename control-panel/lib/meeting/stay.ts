import type { types } from 'mediasoup-client'
import { type ErrorCode, linkRefusals } from '../../../appliance/protocol/errors.ts'
import type { Wanted } from '../../../appliance/protocol/media.ts'
import type { MeetingCommand } from '../../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, Result } from '../../../appliance/protocol/messages.ts'
import type { Reaction } from '../../../appliance/protocol/reactions.ts'
import type { MeetingView } from '../../../appliance/protocol/room-state.ts'
import type { MediaCall, Outgoing } from './media-call.ts'
import type { People } from './people.ts'

/** The phases of a stay in a meeting, and what a client of one needs around it. */

export type Stay =
	| { at: 'out' }
	| { at: 'joining' }
	/** The link is good and the meeting has not been opened; asked again by itself. */
	| { at: 'waiting' }
	/** Before the door: somebody who presides lets one in. `before`: how many came earlier and wait still. */
	| { at: 'lobby'; before: number; meeting: MeetingView }
	| { at: 'in' }
	/** Was in, and is being brought back. */
	| { at: 'returning'; since: number }
	| { at: 'left' }
	| { at: 'ended'; code: ErrorCode | 'taken-over' }

/** The socket as this client needs it (lib/socket.ts). Sending answers 'lost' or 'timeout', it never throws. */
export interface MeetingSocket {
	send(command: MeetingCommand, deadlineMs: number): Promise<Result>
	/** What was sent just now may not arrive. */
	doubt(): void
	close(): void
}

export interface Surroundings {
	openSocket(listeners: {
		onMessage(message: MeetingMessage): void
		onStatus(status: 'connecting' | 'online' | 'away'): void
	}): MeetingSocket
	/** A loaded mediasoup device; the library comes only now. */
	loadDevice(routerRtpCapabilities: object): Promise<types.Device>
	/** What to send, with its mute as it should be this moment. */
	outgoing(): Outgoing[]
	/** What the page will show, guessed before it is drawn, so that pictures come with the join. */
	firstPictures(people: People, me: string): Wanted['video']
	/** Comes to watch the relay, as nobody in the meeting. Absent: takes part. */
	door?: 'relay.join'
	/** Whether one's own pictures are sent small. Absent: never. */
	frugal?: () => boolean
	/** Whether this page plays sound at all. Absent: it does. */
	hears?: () => boolean
	/** Whether the browser keeps a person's sound and face in step. Absent: it does. */
	inStep?: boolean
	now(): number
	/** What people show for a moment. */
	onReactions?: (list: readonly Reaction[]) => void
	/** What the trainer says to the groups of a class. */
	onTold?: (text: string) => void
	/** What became of a question of one who watches. */
	onQuestion?: (news: Extract<MeetingMessage, { type: 'question' }>) => void
	/** What those who run the meeting did about one's microphone or camera, or ask for. */
	onHost?: (act: Extract<MeetingMessage, { type: 'host' }>['act']) => void
	/** What is said of cameras of the room that people move. */
	onCameras?: (message: CameraMessage) => void
}

/** What the parts of a client need of the call they serve. */
export interface CallAround {
	/** The one that goes on; null: none does. */
	call(): MediaCall | null
	/** Not so while one is being brought back. */
	isIn(): boolean
	ask(command: MeetingCommand, withinMs?: number): Promise<Result>
	/** Joins again as the same person: the way to the hub is there, the media is not. */
	again(): void
}

export type CameraMessage = Extract<MeetingMessage, { type: 'feed.asks' | 'feed.let' | 'feed.refused' }>

/** Answers after which trying again is of no use. */
export const final: readonly ErrorCode[] = [...linkRefusals, 'bad-message', 'full', 'refused', 'elsewhere']

/** What is said to the page: it changes nothing of the stay. */
export function tellPage(page: Surroundings, message: MeetingMessage) {
	switch (message.type) {
		case 'host':
			return page.onHost?.(message.act)
		case 'feed.asks':
		case 'feed.let':
		case 'feed.refused':
			return page.onCameras?.(message)
		case 'groups.told':
			return page.onTold?.(message.text)
		case 'reactions':
			return page.onReactions?.(message.list)
		case 'question':
			return page.onQuestion?.(message)
	}
}
