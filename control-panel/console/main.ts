import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage } from '../../appliance/protocol/messages.ts'
import { openDesk } from '../lib/desk/port.svelte.ts'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { readHouseRole, takeToken } from '../lib/meeting/link.ts'
import { standing } from '../lib/sign-in.ts'
import { openSocket, socketUrl } from '../lib/socket.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import ConsolePage from './ConsolePage.svelte'

const token = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const language = new LanguageChoice()
const theme = new ThemeChoice()
const target = document.getElementById('page')

// Not awaited: what is fetched imports this script, and would wait for it in turn.
if (target) void open(target)

/** The page of a token, or of whoever is signed in; else the desk of a meeting, whose link may be missing. */
async function open(target: HTMLElement) {
	const who = token === null ? await standing() : null
	const role = token === null ? who?.role : readHouseRole(token)
	if (role === 'facilities' || role === 'admin') {
		const { openFacilities } = await import('./facilities/open.ts')
		openFacilities(target, { token, role, name: who?.name ?? null, language, theme })
	} else if (role === 'audit') {
		const { openAudit } = await import('./audit/open.ts')
		openAudit(target, { token, name: who?.name ?? null, language, theme })
	} else {
		mount(ConsolePage, { target, props: { port: token === null ? null : openPort(token), language, theme } })
	}
}

function openPort(bearer: string) {
	return openDesk({
		meeting: null, // the link names it
		bearer,
		connect: (options) =>
			openSocket<MeetingMessage, MeetingCommand>({ url: socketUrl('/ws/meeting'), auth: () => bearer, ...options }),
	})
}
