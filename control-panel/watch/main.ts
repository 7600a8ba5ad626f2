import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import './watch.css'
import { mount } from 'svelte'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { keepIn } from '../lib/keep.ts'
import { takeToken } from '../lib/meeting/link.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { arrive } from './arrival.ts'
import { playsHttp } from './http-player.ts'
import { WatchSession } from './session.svelte.ts'
import WatchRoot from './WatchRoot.svelte'

const session = keepIn(() => sessionStorage)
const keep = keepIn(() => localStorage)
// Where nothing can be remembered the link stays in the address: a reload needs it.
const token = session.lasts ? takeToken(location, history, session) : location.hash.slice(1)
const arrival = await arrive({
	...{ token, location, fetch: fetch.bind(globalThis) },
	wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})
const language = new LanguageChoice(keep)
// As the page around this one is, until somebody chooses.
if (new URLSearchParams(location.search).get('language') === 'en') language.suggest('en')
// Another link opened in the same frame changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const can = { webrtc: 'RTCPeerConnection' in globalThis, http: playsHttp() }
const watch = new WatchSession(arrival, { language, theme: new ThemeChoice(keep), ...{ keep, tab: session, can } })
const target = document.getElementById('page')
if (target) mount(WatchRoot, { target, props: { session: watch } })
// The page around shows that it loads until then. Which one it is is nothing to us: it learns no more than that.
if (parent !== window) parent.postMessage({ maru: 'watch' }, '*')
