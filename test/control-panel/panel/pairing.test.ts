import { describe, expect, it } from 'vitest'
import type { PairingCode, PairingStanding } from '../../../appliance/protocol/pairing.ts'
import type { Answer } from '../../../control-panel/lib/ask.ts'
import { backIn, isEnd, keepToken, leaveWith, takeToken, whyOut } from '../../../control-panel/panel/access.ts'
import { Pairing, type PairingWays } from '../../../control-panel/panel/pairing/pairing.svelte.ts'

function storage(): Storage {
	const kept = new Map<string, string>()
	return {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key),
	} as Storage
}

const nowhere = { hash: '', pathname: '/panel', search: '' }
const history = { replaceState() {} }

describe('What a panel keeps of its right', () => {
	it('by pairing lasts longer than its tab; a link opened in a tab counts there alone', () => {
		const [tab, lasting] = [storage(), storage()]
		keepToken('paired', tab, lasting)
		expect(takeToken(nowhere, history, storage(), lasting)).toBe('paired')
		expect(takeToken({ ...nowhere, hash: '#link' }, history, tab, lasting)).toBe('link')
		expect(takeToken(nowhere, history, tab, lasting)).toBe('link')
	})

	it('is thrown away where it was withdrawn, and kept where the clock or the keys of the room may be wrong', () => {
		const [tab, lasting] = [storage(), storage()]
		keepToken('paired', tab, lasting)
		leaveWith('expired', 'paired', tab, lasting)
		expect([whyOut(tab), takeToken(nowhere, history, tab, lasting)]).toEqual(['expired', 'paired'])
		backIn(tab)
		expect(whyOut(tab)).toBeNull()
		leaveWith('revoked', 'paired', tab, lasting)
		expect(takeToken(nowhere, history, tab, lasting)).toBeNull()
	})

	it('is not lost with a link that was withdrawn', () => {
		const [tab, lasting] = [storage(), storage()]
		keepToken('paired', tab, lasting)
		takeToken({ ...nowhere, hash: '#link' }, history, tab, lasting)
		leaveWith('revoked', 'link', tab, lasting)
		expect(takeToken(nowhere, history, tab, lasting)).toBe('paired')
	})

	it.each([
		['revoked', true],
		['expired', true],
		['forged', true],
		['unauthorized', true],
		['not-allowed', false],
		['too-many', false],
	] as const)('ends with %s: %s', (code, ends) => {
		expect(isEnd(code)).toBe(ends)
	})
})

/** A room that answers from these lists, the last of each again and again; and what the page did. */
function room(script: {
	ask: Answer<PairingCode>[]
	standing?: Answer<PairingStanding>[]
	claim?: Answer<{ token: string }>[]
	isIn?: boolean[]
}) {
	let now = 0
	const did: string[] = []
	const next = <T>(list: T[] | undefined, otherwise: T): T =>
		(list && list.length > 1 ? list.shift() : list?.[0]) ?? otherwise
	const lost = { ok: false, code: 'lost', detail: '' } as const
	const ways: PairingWays = {
		ask: async () => next(script.ask, lost),
		standing: async () => next(script.standing, lost),
		claim: async (id, proof) => {
			did.push(`claim ${id} ${proof}`)
			return next(script.claim, lost)
		},
		sign: async (text) => `signed:${text}`,
		isIn: async () => next(script.isIn, false),
		onToken: (token) => void did.push(`token ${token}`),
		onIn: () => void did.push('in'),
		onLanguage: (language) => void did.push(language),
		now: () => now,
		async pause(ms) {
			now += ms
			seen.push(pairing.phase)
		},
	}
	const pairing = new Pairing(ways)
	const seen: string[] = []
	return { pairing, did, seen, now: () => now }
}

const code = (id: string, leftMs = 300_000): Answer<PairingCode> => ({
	ok: true,
	data: { id, code: '482913', leftMs, language: 'ko' },
})
const stands = (state: PairingStanding['state']): Answer<PairingStanding> => ({
	ok: true,
	data: { state, leftMs: 1_000 },
})

describe('A page that is no panel', () => {
	it('shows its code until it was let in, then signs for its token once', async () => {
		const { pairing, did, seen } = room({
			ask: [code('a')],
			standing: [stands('open'), stands('open'), stands('approved')],
			claim: [{ ok: true, data: { token: 't' } }],
		})
		await pairing.run()
		expect(did).toEqual(['ko', 'claim a signed:maru-pairing a', 'token t'])
		expect(seen).toEqual(['shown', 'shown', 'shown'])
		expect(pairing.code).toBe('482913')
	})

	it('shows another code when one is over', async () => {
		const { pairing, did } = room({
			ask: [code('a', 5_000), code('b')],
			standing: [stands('open'), stands('open'), stands('gone'), stands('approved')],
			claim: [{ ok: true, data: { token: 't' } }],
		})
		await pairing.run()
		expect(did).toContain('claim b signed:maru-pairing b')
	})

	it('says so while the room is away or makes no more codes, and goes on trying', async () => {
		const { pairing, did, seen } = room({
			ask: [{ ok: false, code: 'lost', detail: '' }, { ok: false, code: 'full', detail: '' }, code('a')],
			standing: [{ ok: false, code: 'lost', detail: '' }, stands('approved')],
			claim: [
				{ ok: false, code: 'lost', detail: '' },
				{ ok: true, data: { token: 't' } },
			],
		})
		await pairing.run()
		expect(seen).toEqual(['away', 'full', 'shown', 'away', 'approved'])
		expect(did.at(-1)).toBe('token t')
	})

	it('is a panel again as soon as the token that it had is taken', async () => {
		const { pairing, did } = room({ ask: [code('a')], standing: [stands('open')], isIn: [false, false, true] })
		await pairing.run()
		expect(did.at(-1)).toBe('in')
	})
})
