import '../lib/tokens.css'
import '../lib/base.css'
import './panel.css'
import { mount } from 'svelte'
import type { MeetingCommand } from '../../appliance/protocol/meeting-commands.ts'
import type { MeetingMessage, PanelMessage } from '../../appliance/protocol/messages.ts'
import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import { Notices } from '../lib/camera/notices.svelte.ts'
import { RoomClient } from '../lib/camera/room-client.svelte.ts'
import { Clock } from '../lib/clock.svelte.ts'
import { LanguageChoice } from '../lib/i18n.svelte.ts'
import { openSession } from '../lib/session.ts'
import { openSocket, socketUrl } from '../lib/socket.ts'
import { ThemeChoice } from '../lib/theme.svelte.ts'
import { takeToken } from './access.ts'
import { PanelDesk } from './desk.svelte.ts'
import PanelPage from './PanelPage.svelte'
import { View } from './view.svelte.ts'
import { Words } from './words.ts'

const token = takeToken(location, history, sessionStorage)
// Another link opened in the same tab changes only the fragment: begin anew with it.
addEventListener('hashchange', () => location.reload())

const words = new Words(new LanguageChoice())
const notices = new Notices()
const view = new View()
const room = new RoomClient({
	connect: ({ onMessage, onStatus, probe }) =>
		openSocket<PanelMessage, RoomCommand>({
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

const target = document.getElementById('page')
if (target) {
	mount(PanelPage, {
		target,
		props: {
			panel: {
				role: 'panel',
				bearer: token,
				room,
				desk,
				words,
				notices,
				view,
				theme: new ThemeChoice(),
				clock: new Clock(),
			},
		},
	})
}
