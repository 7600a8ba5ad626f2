/** The house's own journal, for the role `audit` alone: who did what, and from where. Ids, never names or contents. */

export const auditKinds = [
	...(['sign-in', 'token', 'role', 'microphone', 'camera', 'meeting'] as const),
	...(['export', 'configuration', 'update', 'audit'] as const),
] as const
export type AuditKind = (typeof auditKinds)[number]

export interface AuditEntry {
	/** 1, 2, 3 … without a gap. */
	seq: number
	at: number
	kind: AuditKind
	/** Of the one who did it: a role; 'nobody' whose token opened nothing; 'system'; 'command line'. */
	role: string
	/** The token, link or session that it was done with; of the command line, the user's number. Empty: none. */
	jti: string
	/** Whom that was made for, where it was made for one person. */
	person: string | null
	/** An address, 'panel' for the one at this machine, 'local'. Null: it was not told. */
	place: string | null
	/** A command or a request, and the ids in it. */
	action: string
	/** sha256 of the hash before, 'audit', `seq` and all the rest as canonical JSON, with line feeds between. */
	hash: string
}

/** `GET /api/v1/audit` */
export interface AuditPage {
	entries: AuditEntry[]
	/** Where the next page begins, as `after` (or `before`, where that was asked); null: there is none yet. */
	next: number | null
}

/** `GET /api/v1/audit/chain`: all of it, looked at anew. */
export interface AuditChain {
	entries: number
	/** The hash of the last entry that is as it was written. */
	head: string
	/** Null: the chain is whole. */
	fault: { seq: number; fault: 'changed' | 'missing' } | null
}
