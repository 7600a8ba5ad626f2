import type { Links } from '../protocol/messages.ts'
import type { MeetingRole } from '../protocol/roles.ts'
import type { Course } from './course.ts'
import { address, addresses, type Issued, issueLink, issueShared, type LinkIssuer } from './links.ts'

export interface InvitationSources {
	identity: LinkIssuer
	now: () => number
	/** Where links begin unless another base is asked for. */
	linkBase: () => string
}

/** Gives links to meetings. One counts only when the journal has it. */
export class Invitations {
	readonly #sources: InvitationSources

	constructor(sources: InvitationSources) {
		this.#sources = sources
	}

	/** A link for one person. `name`: how they are shown. `base`: where it begins. */
	async link(course: Course, role: MeetingRole, person: string, name?: string, base?: string): Promise<string> {
		const { identity, now, linkBase } = this.#sources
		const issued = await issueLink(identity, course.state, role, person, now(), name)
		give(course, [issued])
		return address(base ?? linkBase(), issued)
	}

	/** A link for each role, for whoever has it. Those given out before stay good. */
	async shared(course: Course, base?: string): Promise<Links> {
		const { identity, now, linkBase } = this.#sources
		const issued = await issueShared(identity, course.state, now())
		give(course, issued)
		return addresses(base ?? linkBase(), issued)
	}
}

function give(course: Course, issued: readonly Issued[]) {
	for (const { jti, role, person } of issued) course.change({ type: 'issueLink', jti, role, person })
}
