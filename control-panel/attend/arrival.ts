import { PageLanguage } from '../lib/meeting/language.svelte.ts'
import { readLink, takeToken } from '../lib/meeting/link.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { Companion, splitLink } from './companion.svelte.ts'
import { AttendSession } from './session.svelte.ts'

/**
 * The link that this page was opened with. Without anything that draws, so that the way to the hub is being opened while the
 * rest of the script is read.
 */

const fragment = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

export const language = new PageLanguage()
const theme = new ThemeChoice()
const link = fragment ? splitLink(fragment) : null
/** Null: opened without a link. */
export const session = link
	? new AttendSession(readLink(link.token), language, theme, new Companion(link.companion))
	: null
