import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import VisitPage from './VisitPage.svelte'

const target = document.getElementById('page')
if (target) mount(VisitPage, { target, props: { language: new LanguageChoice(), theme: new ThemeChoice() } })
