import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import CheckInPage from './CheckInPage.svelte'

const code = location.hash.slice(1)
// Another code that was read in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const target = document.getElementById('page')
const props = { code: code === '' ? null : code, language: new LanguageChoice(), theme: new ThemeChoice() }
if (target) mount(CheckInPage, { target, props })
