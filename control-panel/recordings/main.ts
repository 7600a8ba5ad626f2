import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { takeToken } from '../lib/meeting/link.ts'
import { standing } from '../lib/sign-in.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { Library } from './library.svelte.ts'
import { readRecordingsLink, withoutToken } from './link.ts'
import RecordingsPage from './RecordingsPage.svelte'

const fragment = takeToken(location, history, sessionStorage) ?? ''
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const target = document.getElementById('page')
if (target) void open(target)

async function open(target: HTMLElement) {
	const asked = readRecordingsLink(fragment)
	const who = asked && asked.token !== null ? null : await standing()
	const link = who ? readRecordingsLink(fragment, who.role) : asked
	const library = link && (link.token !== null || who) ? new Library(link) : null
	const props = { library, back: withoutToken(link), name: who?.name ?? null }
	mount(RecordingsPage, { target, props: { ...props, language: new LanguageChoice(), theme: new ThemeChoice() } })
}
