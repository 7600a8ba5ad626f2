import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { backOf } from '../lib/sign-in.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { Account } from './account.svelte.ts'
import SignInPage from './SignInPage.svelte'

const target = document.getElementById('page')
const account = new Account({ back: backOf(location.search), go: (path) => location.replace(path) })
if (target) {
	mount(SignInPage, { target, props: { account, language: new LanguageChoice(), theme: new ThemeChoice() } })
}
