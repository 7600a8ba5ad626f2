import type { Component } from 'svelte'
import { PageLanguage } from '../lib/meeting/language.svelte.ts'
import { readLink } from '../lib/meeting/link.ts'
import type { ThemeChoice } from '../lib/theme.svelte.ts'
import AttendPage from './AttendPage.svelte'
import attendStyle from './attend.css?inline'
import { Companion } from './companion.svelte.ts'
import { AttendSession } from './session.svelte.ts'

/** The attendee's page within the page of one who watched and is called in. */

export interface Guest {
	readonly Page: Component<{ session: AttendSession | null; language: PageLanguage }>
	readonly session: AttendSession
	readonly language: PageLanguage
	/** They have left, were let go, or cannot come in. */
	readonly over: boolean
	/** Gives devices and styles back. */
	close(): void
}

/** The watch page never scrolls; this one does where it is small. */
const scrolls = 'html, body, #page { height: auto; min-height: 100%; overflow: visible; }'

/** Comes in by this token. Throws where the frame around forbids to remember anything. */
export function openGuest(token: string, theme: ThemeChoice): Guest {
	const style = new CSSStyleSheet()
	style.replaceSync(`${attendStyle}\n${scrolls}`)
	const language = new PageLanguage()
	const session = new AttendSession(readLink(token), language, theme, new Companion(false), true)
	document.adoptedStyleSheets.push(style)
	return {
		...{ Page: AttendPage, session, language },
		get over() {
			const { at } = session.client.stay
			return at === 'left' || at === 'ended' || (at === 'out' && session.entrance.refused !== null)
		},
		close() {
			session.close()
			document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== style)
		},
	}
}
