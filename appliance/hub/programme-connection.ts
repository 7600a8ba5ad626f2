import { Refusal } from '../protocol/errors.ts'
import type { MeetingCommand } from '../protocol/meeting-commands.ts'
import type { JoinResult } from '../protocol/messages.ts'
import { programmePerson } from './on-air.ts'
import { SideConnection } from './side-connection.ts'

/**
 * The page that composes the programme: sent what it shows like anybody, seen by nobody, and what it sends goes to those who
 * watch. The newest one counts.
 */
export class ProgrammeConnection extends SideConnection {
	readonly person = programmePerson
	readonly reads = programmePerson
	readonly hasMedia = true

	protected override async obey(command: MeetingCommand): Promise<unknown> {
		switch (command.type) {
			case 'meeting.join':
				return this.#join()
			case 'media.open': {
				const attendee = this.media()
				await attendee.connectSend(command.send)
				await this.meeting.air.media.publish(attendee, command.producers)
				return { consumers: await attendee.watch(command.rtpCapabilities, command.wanted) }
			}
			case 'media.restart-ice':
				return { iceParameters: await this.media().restartIce(command.transport) }
			default:
				return super.obey(command)
		}
	}

	async #join(): Promise<JoinResult> {
		const { meeting } = this
		this.listening = false
		this.drop()
		const { attendee, capabilities } = await meeting.media.attend({
			person: programmePerson,
			publishes: true,
			onChange: (change) => this.hear({ type: 'media', ...change }),
		})
		if (this.over) {
			meeting.media.leave(attendee)
			throw new Refusal('not-joined', 'this connection has ended')
		}
		this.attendee = attendee
		// Not by its person: nobody waits for it, and it is away to nobody.
		meeting.arrived(this, null)
		this.listening = true
		return {
			person: programmePerson,
			resume: programmePerson,
			role: 'programme',
			name: '',
			core: meeting.coreToBegin(),
			people: meeting.people.whole(),
			lists: meeting.lists.public,
			desk: null,
			chat: [],
			ballots: null,
			check: null,
			asked: null,
			token: null,
			media: { routerRtpCapabilities: capabilities, ...attendee.offers },
		}
	}

	protected drop() {
		if (this.attendee) this.meeting.media.leave(this.attendee)
		this.attendee = null
	}
}
