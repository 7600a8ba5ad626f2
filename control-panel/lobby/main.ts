import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import LobbyPage from './LobbyPage.svelte'

// The token stays in the address: a screen that nobody types at is back by itself after a power cut, and what a visitor's
// page keeps is wiped as a whole.
const token = location.hash.slice(1)
addEventListener('hashchange', () => location.reload())

const target = document.getElementById('page')
const props = { token: token === '' ? null : token, language: new LanguageChoice(), theme: new ThemeChoice() }
if (target) mount(LobbyPage, { target, props })
