import './facilities.css'
import { mount } from 'svelte'
import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { PanelMessage } from '../../../appliance/protocol/messages.ts'
import type { HouseRole } from '../../../appliance/protocol/roles.ts'
import type { RoomCommand, SettingsCommand } from '../../../appliance/protocol/room-commands.ts'
import { Notices } from '../../lib/camera/notices.svelte.ts'
import { RoomClient } from '../../lib/camera/room-client.svelte.ts'
import { Clock } from '../../lib/clock.svelte.ts'
import type { LanguageChoice } from '../../lib/i18n.svelte.ts'
import { openSession } from '../../lib/session.ts'
import { signInAddress } from '../../lib/sign-in.ts'
import { openSocket, socketUrl } from '../../lib/socket.ts'
import type { ThemeChoice } from '../../lib/theme.svelte.ts'
import { createApi } from './api.ts'
import FacilitiesPage from './FacilitiesPage.svelte'
import { Outcome } from './outcome.ts'
import { Setups } from './setups.svelte.ts'
import { FacilitiesView } from './view.svelte.ts'
import { FacilitiesWords } from './words.ts'

/** Somebody ended this session, or it ended by itself. */
const over: readonly ErrorCode[] = ['unauthorized', 'expired', 'revoked']

interface Opened {
	/** Null: the session of whoever is signed in. */
	token: string | null
	role: HouseRole
	/** Of their account. */
	name: string | null
	language: LanguageChoice
	theme: ThemeChoice
}

/** The facilities page: the room by its socket, like a panel; the set-up of its cameras over HTTP. */
export function openFacilities(target: HTMLElement, { token, role, name, language, theme }: Opened) {
	const words = new FacilitiesWords(language)
	const notices = new Notices()
	const view = new FacilitiesView()
	const api = createApi(token)
	const setups = new Setups(api)
	const room = new RoomClient({
		connect: ({ onMessage, onStatus, probe }) =>
			openSocket<PanelMessage, RoomCommand | SettingsCommand>({
				url: socketUrl('/ws/panel'),
				auth: () => token,
				probe,
				onMessage(message) {
					if (token === null && message.type === 'error' && over.includes(message.code))
						location.assign(signInAddress('/console'))
					onMessage(message)
				},
				onStatus(status) {
					if (status === 'online') {
						void (token === null ? Promise.resolve() : openSession(token)).then(() => view.sessionOpened())
						void setups.load()
					}
					onStatus(status)
				},
			}),
		onFailure: ({ command, code }) =>
			notices.show({
				tone: 'problem',
				title: words.failure(command),
				text: code === 'unconfirmed' ? words.say('unconfirmed') : words.cameraError(code),
				action: null,
			}),
	})
	const facilities = {
		role,
		room,
		words,
		notices,
		view,
		clock: new Clock(),
		api,
		setups,
		outcome: new Outcome(notices, words),
	}
	mount(FacilitiesPage, { target, props: { facilities, theme, name } })
}
