import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { arrivalOf, backOf, signInAddress } from '../lib/sign-in.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { Account } from './account.svelte.ts'
import SignInPage from './SignInPage.svelte'

const target = document.getElementById('page')
const [back, came] = [backOf(location.search), arrivalOf(location.search)]
const account = new Account({ back, came, go: (path) => location.replace(path) })
// What came of it is said once: not again to whoever loads the page anew.
if (came.done || came.fault) history.replaceState(null, '', back === null ? '/sign-in' : signInAddress(back))
if (target) {
	mount(SignInPage, { target, props: { account, language: new LanguageChoice(), theme: new ThemeChoice() } })
}
