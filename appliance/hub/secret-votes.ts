import type { Meeting, MeetingEvent } from '../meeting/meeting.ts'
import type { MeetingRequest } from '../meeting/requests.ts'
import type { BallotBox } from './ballot-box.ts'

const sealAgainMs = 500

/** The secret votes of a meeting and the box of their ballots: what one says goes into the box and nowhere else. */
export class SecretVotes {
	readonly #box: BallotBox
	readonly #meeting: () => Meeting

	constructor(box: BallotBox, meeting: () => Meeting) {
		this.#box = box
		this.#meeting = meeting
	}

	/** What is kept with this ballot when it is journaled; undefined: nothing, its vote is not secret. */
	keeping({ vote, choice }: Extract<MeetingRequest, { type: 'vote.cast' }>): (() => void) | undefined {
		return this.#isSecret(vote) ? () => this.#box.put(vote, choice) : undefined
	}

	/** The ballots of a vote that is to be counted; null: it is not secret, and they stand in the journal. */
	take(vote: string): ReturnType<BallotBox['take']> | null {
		return this.#isSecret(vote) ? this.#box.take(vote) : null
	}

	/** Those that are closed or cancelled by these events, also with the meeting: of their boxes nothing stays behind. */
	endedBy(events: readonly MeetingEvent[]): string[] {
		return events
			.filter((event) => event.type === 'vote.closed' || event.type === 'vote.cancelled')
			.map(({ vote }) => vote)
			.filter((vote) => this.#isSecret(vote))
	}

	/** Within the transaction that journals their end. */
	empty(votes: readonly string[]) {
		for (const vote of votes) this.#box.empty(vote)
	}

	/** After that transaction. A reader of the database may hold the log for a moment; a start seals as well. */
	seal() {
		if (!this.#box.seal()) setTimeout(() => this.seal(), sealAgainMs).unref()
	}

	#isSecret(vote: string): boolean {
		return this.#meeting().votes.get(vote)?.kind === 'secret'
	}
}
