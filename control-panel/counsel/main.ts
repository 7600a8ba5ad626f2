import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { takeToken } from '../lib/meeting/link.ts'
import { standing } from '../lib/sign-in.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import CounselPage from './CounselPage.svelte'

const token = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const target = document.getElementById('page')
if (target) void open(target)

async function open(target: HTMLElement) {
	const who = token === null ? await standing() : null
	const props = { token, open: token !== null || who !== null, name: who?.name ?? null }
	mount(CounselPage, { target, props: { ...props, language: new LanguageChoice(), theme: new ThemeChoice() } })
}
