import '../lib/tokens.css'
import '../lib/base.css'
import './attend.css'
import { mount } from 'svelte'
import { PageLanguage } from '../lib/meeting/language.svelte.ts'
import { readLink, takeToken } from '../lib/meeting/link.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import AttendPage from './AttendPage.svelte'
import { Companion, splitLink } from './companion.svelte.ts'
import { AttendSession } from './session.svelte.ts'

const fragment = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const language = new PageLanguage()
const theme = new ThemeChoice()
const link = fragment ? splitLink(fragment) : null
const session = link ? new AttendSession(readLink(link.token), language, theme, new Companion(link.companion)) : null
const target = document.getElementById('page')
// Said by the page of a kiosk, which shows this one within itself.
const kiosk = new URLSearchParams(location.search).has('kiosk')
if (target) mount(AttendPage, { target, props: { session, language, kiosk } })
