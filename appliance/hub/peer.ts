import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { MeetingMessage, Result } from '../protocol/messages.ts'
import type { MeetingRole } from '../protocol/roles.ts'

/** The other end of a connection, as the hub sees it: a socket, without its framing. */
export interface Peer {
	/** The same message object goes to many peers: whoever serialises may do so once. */
	send(message: MeetingMessage): void
	close(): void
	/** From where they came; absent: from this very process. */
	readonly address?: string
}

/** One connection to the hub. */
export interface HubConnection {
	/** `command` is of its schema, and of a role that may. Rejects with a Refusal at most. */
	handle(command: MeetingCommand): Promise<Result>
	/** The role of the moment, where it may differ from the link's. */
	readonly role?: MeetingRole | undefined
	/** The socket has closed. */
	gone(): void
}
