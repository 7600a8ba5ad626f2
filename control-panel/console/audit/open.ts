import { mount } from 'svelte'
import type { LanguageChoice } from '../../lib/i18n.svelte.ts'
import type { ThemeChoice } from '../../lib/theme.svelte.ts'
import AuditPage from './AuditPage.svelte'
import { Trail } from './trail.svelte.ts'

interface Opened {
	/** Null: the session of whoever is signed in. */
	token: string | null
	/** Of their account. */
	name: string | null
	language: LanguageChoice
	theme: ThemeChoice
}

/** The page of whoever looks after what was done: it reads, and changes nothing. */
export function openAudit(target: HTMLElement, { token, name, language, theme }: Opened) {
	mount(AuditPage, { target, props: { trail: new Trail(token), name, language, theme } })
}
