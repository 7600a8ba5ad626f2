import '../lib/fonts.css'
import '../lib/tokens.css'
import '../lib/base.css'
import './panel.css'
import { mount } from 'svelte'
import type { ErrorCode } from '../../appliance/protocol/errors.ts'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, PanelMessage } from '../../appliance/protocol/messages.ts'
import type { RoomCommand, SettingsCommand } from '../../appliance/protocol/room-commands.ts'
import { Notices } from '../lib/camera/notices.svelte.ts'
import { RoomClient } from '../lib/camera/room-client.svelte.ts'
import { Clock } from '../lib/clock.svelte.ts'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { openSession } from '../lib/session.ts'
import { openSocket, socketUrl } from '../lib/socket.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { leaveWith, takeToken, whyOut } from './access.ts'
import { PanelDesk } from './desk.svelte.ts'
import PanelPage from './PanelPage.svelte'
import { View } from './view.svelte.ts'
import { Words } from './words.ts'

const token = takeToken(location, history, sessionStorage, localStorage)
const why = whyOut(sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const language = new LanguageChoice()
const theme = new ThemeChoice()
const target = document.getElementById('page')
/** The room was away while the page for pairing was fetched. */
const againMs = 3_000

if (target && token !== null && why === null) {
	openPanel(target, token)
} else if (target) {
	// Not awaited: what is fetched imports this script, and would wait for it in turn.
	void import('./pairing/open.ts').then(
		({ openPairing }) =>
			openPairing(target, { token, why, language, theme, onIn: (right) => openPanel(target, right) }),
		() => setTimeout(() => location.reload(), againMs),
	)
}

function openPanel(target: HTMLElement, token: string | null) {
	const words = new Words(language)
	const notices = new Notices()
	const view = new View()
	const room = new RoomClient({
		connect: ({ onMessage, onStatus, probe }) =>
			openSocket<PanelMessage, RoomCommand | SettingsCommand>({
				url: socketUrl('/ws/panel'),
				auth: () => token,
				probe,
				onMessage,
				onStatus(status) {
					// Sessions may not outlive a restart of the room: each connection brings a fresh one.
					if (status === 'online' && token !== null) openSession(token).then(() => view.sessionOpened())
					onStatus(status)
				},
			}),
		onFailure: ({ command, code }) =>
			notices.show({
				tone: 'problem',
				title: words.failure(command),
				text: code === 'unconfirmed' ? words.t('unconfirmed') : words.cameraError(code),
				action: null,
			}),
	})
	const desk = new PanelDesk({
		bearer: token,
		connect: (options) =>
			openSocket<MeetingMessage, MeetingCommand>({ url: socketUrl('/ws/meeting'), auth: () => token, ...options }),
	})
	function leave(code: ErrorCode) {
		leaveWith(code, token, sessionStorage, localStorage)
		location.reload()
	}
	const clock = new Clock()
	const panel = { role: 'panel', bearer: token, room, desk, words, notices, view, theme, clock, leave } as const
	mount(PanelPage, { target, props: { panel } })
}
