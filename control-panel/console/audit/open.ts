import { mount } from 'svelte'
import type { LanguageChoice } from '../../lib/i18n.svelte.ts'
import type { ThemeChoice } from '../../lib/theme.svelte.ts'
import AuditPage from './AuditPage.svelte'
import { Trail } from './trail.svelte.ts'

/** The page of whoever looks after what was done: it reads, and changes nothing. `token` null: this browser's session. */
export function openAudit(
	target: HTMLElement,
	{ token, language, theme }: { token: string | null; language: LanguageChoice; theme: ThemeChoice },
) {
	mount(AuditPage, { target, props: { trail: new Trail(token), language, theme } })
}
