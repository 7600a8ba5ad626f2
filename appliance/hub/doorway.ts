import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { Result } from '../protocol/messages.ts'
import type { HubConnection } from './peer.ts'

type Watching = Extract<MeetingCommand, { type: 'relay.join' }>

/** Whoever asks to watch the relay watches from then on, and does nothing else by this connection. */
export function withDoorway(inside: HubConnection, open: (command: Watching) => HubConnection): HubConnection {
	let watching: HubConnection | null = null
	return {
		get role() {
			return watching ? undefined : inside.role
		},
		async handle(command): Promise<Result> {
			if (command.type === 'relay.join') watching ??= open(command)
			return (watching ?? inside).handle(command)
		},
		gone() {
			watching?.gone()
			inside.gone()
		},
	}
}
