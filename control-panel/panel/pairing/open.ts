import { mount, unmount } from 'svelte'
import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { PairingCode, PairingStanding } from '../../../appliance/protocol/pairing.ts'
import { ask } from '../../lib/ask.ts'
import type { LanguageChoice } from '../../lib/i18n.svelte.ts'
import type { ThemeChoice } from '../../lib/theme.svelte.ts'
import { backIn, keepToken } from '../access.ts'
import { coordinates, ownKey, sign } from './own-key.ts'
import PairingPage from './PairingPage.svelte'
import { Pairing } from './pairing.svelte.ts'

interface Opened {
	/** What this page had, which is not taken now; null: it never had any. */
	token: string | null
	why: ErrorCode | null
	language: LanguageChoice
	theme: ThemeChoice
	/** It may operate the room: by this token, or by the session of whoever signed in here. */
	onIn(token: string | null): void
}

/** A page without a right to operate the room: it shows a code until somebody lets it in. */
export function openPairing(target: HTMLElement, { token, why, language, theme, onIn }: Opened) {
	function goOn(right: string | null) {
		backIn(sessionStorage)
		void unmount(page)
		onIn(right)
	}
	let key: Promise<CryptoKeyPair> | null = null
	const own = () => (key ??= ownKey())
	const code = (id: string) => `pairing/codes/${id}`
	const pairing = new Pairing({
		ask: async () => {
			const body = { key: await coordinates(await own()) }
			return ask<PairingCode>({ method: 'POST', path: 'pairing/codes', token: null, body })
		},
		standing: (id) => ask<PairingStanding>({ method: 'GET', path: code(id), token: null }),
		claim: (id, proof) => ask({ method: 'POST', path: `${code(id)}/token`, token: null, body: { proof } }),
		sign: async (text) => sign(await own(), text),
		isIn: async () => (await ask({ method: 'GET', path: 'room', token })).ok,
		onToken(token) {
			keepToken(token, sessionStorage, localStorage)
			goOn(token)
		},
		onIn: () => goOn(token),
		onLanguage: (of) => language.suggest(of),
		now: () => performance.now(),
		pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
	})
	const page = mount(PairingPage, { target, props: { pairing, why, secure: window.isSecureContext, language, theme } })
	if (window.isSecureContext) void pairing.run()
}
