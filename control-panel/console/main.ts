import '../lib/tokens.css'
import '../lib/base.css'
import { mount } from 'svelte'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage } from '../../appliance/protocol/messages.ts'
import { openDesk } from '../lib/desk/port.svelte.ts'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { takeToken } from '../lib/meeting/link.ts'
import { openSocket, socketUrl } from '../lib/socket.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import ConsolePage from './ConsolePage.svelte'

const token = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const port =
	token === null
		? null
		: openDesk({
				meeting: null, // the link names it
				bearer: token,
				connect: (options) =>
					openSocket<MeetingMessage, MeetingCommand>({
						url: socketUrl('/ws/meeting'),
						auth: () => token,
						...options,
					}),
			})
const target = document.getElementById('page')
if (target) mount(ConsolePage, { target, props: { port, language: new LanguageChoice(), theme: new ThemeChoice() } })
