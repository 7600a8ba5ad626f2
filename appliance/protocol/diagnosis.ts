/** What `maru doctor --json` says, and the page for facilities shows. */

/** The same in both languages of the room. */
export interface Said {
	ko: string
	en: string
}

/**
 * 'advice': it works, and could be better. 'unread': nobody knows, which is not the same as well. 'fault': something of Maru
 * does not work, or soon will not.
 */
export type FindingState = 'ok' | 'advice' | 'unread' | 'fault'

export interface FindingView {
	/** The name that scripts know. */
	check: string
	/** Which of several: a camera's id, a unit. */
	of: string | null
	title: Said
	state: FindingState
	detail: Said
	/** A command, or a place in maru.yaml. Null where all is well. */
	mend: Said | null
}

export interface DiagnosisView {
	ok: boolean
	findings: FindingView[]
}
