import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { takeToken } from '../lib/meeting/link.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import CounselPage from './CounselPage.svelte'

const token = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const target = document.getElementById('page')
const props = { token, language: new LanguageChoice(), theme: new ThemeChoice() }
if (target) mount(CounselPage, { target, props })
