/** Every code that a result, an error message or a problem document may carry. Screens hold a text for each. */
export const errorCodes = [
	// What could not be read.
	'bad-message',
	'unknown-command',
	'too-large',
	'too-many',
	// Who asks.
	'unauthorized',
	'expired',
	'forged',
	'revoked',
	'not-allowed',
	/** This relay is for those whom the house knows: a shared link says of nobody who they are. */
	'staff-only',
	/** No account of this name has this password. */
	'bad-password',
	/** The first password, made by the machine, opens nothing: another one is to be chosen. */
	'must-change',
	'weak-password',
	/** There is no such panel, or the code that it showed is over. */
	'no-panel',
	/** These settings open with the admin PIN. */
	'locked',
	// Meetings.
	'no-meeting',
	'meeting-closed',
	'meeting-not-open',
	'not-joined',
	'already-so',
	'full',
	'removed',
	/** They are in from another page. */
	'elsewhere',
	// The floor, people, agenda and votes.
	'no-person',
	'no-seat',
	'not-in-queue',
	'has-floor',
	'no-floor',
	'floor-full',
	'no-time',
	'outranked',
	'suspended',
	'refused',
	'no-item',
	'no-document',
	'no-vote',
	'vote-closed',
	'not-eligible',
	'has-voted',
	'no-choice',
	'weights-secret',
	/** Somebody else has checked in to the class with it. */
	'phone-used',
	// Relay and recording.
	'not-on-air',
	'no-consent',
	/** A counselling session is relayed to nobody. */
	'private',
	'no-recording',
	// Chat.
	'chat-off',
	'no-line',
	// The counter of 민원 상담.
	'no-visit',
	'bad-code',
	// Media.
	'no-source',
	'media-unavailable',
	'media-failed',
	// The room.
	'not-in-call',
	'busy',
	'hub-away',
	// Devices, as drivers say it.
	'no-camera',
	'no-preset',
	'leased',
	/** No driver of this name is part of this version. */
	'no-such-driver',
	/** It stands in the configuration file, and can only be removed there. */
	'in-file',
	'unreachable',
	/** Its certificate is another one than when it was first seen. */
	'untrusted',
	/** It is in no network where devices may be. */
	'address-refused',
	'timeout',
	'rejected',
	'unsupported',
	'protocol',
	'lost',
	// A bug of ours.
	'internal',
	/** No bug: the disk took nothing: it is full or broken. What was asked was not done. */
	'not-saved',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** Refusals of who asks rather than of what is asked: trying again with the same link is of no use. */
export const linkRefusals = [
	'unauthorized',
	'expired',
	'forged',
	'revoked',
	'not-allowed',
	'staff-only',
	'no-meeting',
	'meeting-closed',
] as const satisfies ErrorCode[]

/** A refusal that is the asker's to know: a code, and a sentence in English for logs and scripts. */
export class Refusal extends Error {
	readonly code: ErrorCode

	constructor(code: ErrorCode, message: string) {
		super(message)
		this.name = 'Refusal'
		this.code = code
	}
}

/** What is said of it in English. */
export const notSaved = 'the disk took nothing, so this was not done'

/** SQLite's READONLY, IOERR, FULL and CANTOPEN (sqlite3.h). The upper bits say more. */
const storageCodes: ReadonlySet<number> = new Set([8, 10, 13, 14])

/** The disk took nothing of what was to be kept. That is no bug, and it passes once there is room. */
export function isStorageFault(error: unknown): boolean {
	return error instanceof Error && 'errcode' in error && storageCodes.has(Number(error.errcode) & 0xff)
}
