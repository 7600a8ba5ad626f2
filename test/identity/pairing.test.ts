import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { browserKind } from '../../appliance/identity/browser-kind.ts'
import {
	codeMs,
	decide,
	evolve,
	noPairings,
	type PairingCommand,
	type PairingEvent,
	type Pairings,
	restoreMs,
} from '../../appliance/identity/pairing.ts'
import { TryLater } from '../../appliance/identity/tries.ts'
import { Refusal } from '../../appliance/protocol/errors.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** What is paired, and a clock. */
class House {
	pairings: Pairings = noPairings
	now = 1_000_000

	ask(id: string, codes: readonly string[], { key = id, address = '192.0.2.9' } = {}) {
		return this.run({ type: 'ask', id, key, address, browser: 'Chrome · Android', codes })
	}

	run(command: PairingCommand): PairingEvent[] {
		const events = decide(this.pairings, command, this.now)
		if (events instanceof Refusal) throw events
		this.pairings = events.reduce(evolve, this.pairings)
		return events
	}

	refusal(command: PairingCommand): string | null {
		const decided = decide(this.pairings, command, this.now)
		return decided instanceof Refusal ? decided.code : null
	}

	/** A tablet that is a panel. */
	paired(id: string, hours: number | null = null): House {
		this.ask(id, [`${id.length}${id.charCodeAt(0) % 10}0000`])
		this.run({ type: 'approve', id, name: id, hours })
		this.run({ type: 'claim', id, jti: `token of ${id}` })
		return this
	}

	/** Types a code; whether somebody shows it. */
	look(code: string, by = '192.0.2.1') {
		return this.run({ type: 'look', code, by })[0]?.type === 'found'
	}
}

describe('A code', () => {
	it('leads from a screen to a panel: shown, looked at, let in, and fetched', () => {
		const house = new House()
		house.ask('tablet', ['482913'])
		expect(house.look('482913')).toBe(true)
		house.run({ type: 'approve', id: 'tablet', name: '의장석 태블릿', hours: null })
		house.run({ type: 'claim', id: 'tablet', jti: 'j' })
		expect(house.pairings.panels.get('tablet')).toMatchObject({ name: '의장석 태블릿', jti: 'j', until: null })
	})

	it('lets in once: neither the digits nor the request do anything afterwards', () => {
		const house = new House()
		house.ask('tablet', ['482913'])
		house.run({ type: 'approve', id: 'tablet', name: 'a', hours: null })
		expect(house.look('482913')).toBe(false)
		expect(house.refusal({ type: 'approve', id: 'tablet', name: 'b', hours: null })).toBe('no-panel')
		house.run({ type: 'claim', id: 'tablet', jti: 'j' })
		expect(house.refusal({ type: 'claim', id: 'tablet', jti: 'k' })).toBe('no-panel')
	})

	it('is worth nothing to who asks for a token before it was let in', () => {
		const house = new House()
		house.ask('tablet', ['482913'])
		expect(house.refusal({ type: 'claim', id: 'tablet', jti: 'j' })).toBe('no-panel')
		expect(house.refusal({ type: 'claim', id: 'nobody', jti: 'j' })).toBe('no-panel')
	})

	it.each([
		[codeMs - 1, true],
		[codeMs, false],
	])('after %i ms is good: %s', (ms, good) => {
		const house = new House()
		house.ask('tablet', ['482913'])
		house.now += ms
		expect(house.refusal({ type: 'approve', id: 'tablet', name: 'a', hours: null })).toBe(good ? null : 'no-panel')
		expect(house.look('482913')).toBe(good)
	})

	it('that was let in waits five minutes for its tablet', () => {
		const house = new House()
		house.ask('tablet', ['482913'])
		house.now += codeMs - 1
		house.run({ type: 'approve', id: 'tablet', name: 'a', hours: null })
		house.now += codeMs - 1
		expect(house.refusal({ type: 'claim', id: 'tablet', jti: 'j' })).toBeNull()
		house.now += 1
		expect(house.refusal({ type: 'claim', id: 'tablet', jti: 'j' })).toBe('no-panel')
	})

	it('of one browser takes the place of its last one', () => {
		const house = new House()
		house.ask('first', ['111111'], { key: 'k' })
		house.ask('second', ['222222'], { key: 'k' })
		expect(house.look('111111')).toBe(false)
		expect(house.look('222222')).toBe(true)
	})

	it('that was let in is not asked for twice where the page was opened anew meanwhile', () => {
		const house = new House()
		house.ask('first', ['111111'], { key: 'k' })
		house.run({ type: 'approve', id: 'first', name: 'a', hours: null })
		house.ask('second', ['222222'], { key: 'k' })
		house.run({ type: 'claim', id: 'second', jti: 'j' })
		expect([...house.pairings.panels.values()]).toMatchObject([{ id: 'first', name: 'a', jti: 'j' }])
	})

	it('differs from every other in three digits, so that no slip makes one of another', () => {
		const house = new House()
		house.ask('a', ['123456'])
		house.ask('b', ['123455', '123465', '923456', '923165'], { address: '192.0.2.10' })
		expect(house.pairings.asks.get('b')?.code).toBe('923165')
	})

	it('is refused to a fourth screen of one address, and to an eleventh of all', () => {
		const house = new House()
		const codeOf = (n: number) => String(n).repeat(6)
		for (const n of [0, 1, 2]) house.ask(`a${n}`, [codeOf(n)])
		const fourth = { type: 'ask', id: 'x', key: 'x', address: '192.0.2.9', browser: '', codes: ['987654'] } as const
		expect(house.refusal(fourth)).toBe('too-many')
		for (const n of [3, 4, 5, 6, 7, 8, 9]) house.ask(`b${n}`, [codeOf(n)], { address: `192.0.2.${100 + n}` })
		expect(house.refusal({ ...fourth, address: '192.0.2.200' })).toBe('full')
		house.now += codeMs
		expect(house.refusal(fourth)).toBeNull()
	})
})

describe('Who types codes', () => {
	it('may err five times, then waits, and longer each time', () => {
		const house = new House()
		const waits: number[] = []
		for (let wrong = 0; wrong < 7; wrong += 1) {
			house.look('000000')
			const refused = decide(house.pairings, { type: 'look', code: '000000', by: '192.0.2.1' }, house.now)
			waits.push(refused instanceof TryLater ? refused.seconds : 0)
			house.now += (waits.at(-1) ?? 0) * 1_000
		}
		expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120])
	})

	it('keeps nobody at another machine from it, and begins anew with a right one', () => {
		const house = new House()
		house.ask('tablet', ['482913'])
		for (let wrong = 0; wrong < 4; wrong += 1) house.look('000000')
		expect(house.look('482913')).toBe(true)
		for (let wrong = 0; wrong < 5; wrong += 1) house.look('000000')
		expect(house.refusal({ type: 'look', code: '482913', by: '192.0.2.1' })).toBe('too-many')
		expect(house.look('482913', '192.0.2.2')).toBe(true)
	})

	it('has a chance of one in ten thousand a day to hit one, however many are shown and from wherever it is tried', () => {
		const tries = fc.array(
			fc.record({ after: fc.nat(20 * minute), from: fc.nat(40), shown: fc.integer({ min: 1, max: 10 }) }),
			{
				maxLength: 600,
			},
		)
		fc.assert(
			fc.property(tries, (list) => {
				const house = new House()
				const looked: { at: number; of: number }[] = []
				for (const { after, from, shown } of list) {
					house.now += after
					house.pairings = { ...house.pairings, asks: new Map() }
					for (let n = 0; n < shown; n += 1) {
						house.ask(`s${n}`, [String(n).repeat(6)], { address: `198.51.100.${n}` })
					}
					const events = decide(house.pairings, { type: 'look', code: '987654', by: `192.0.2.${from}` }, house.now)
					if (events instanceof Refusal) continue
					house.pairings = events.reduce(evolve, house.pairings)
					looked.push({ at: house.now, of: shown })
				}
				for (const { at } of looked) {
					const inADay = looked.filter((one) => one.at >= at && one.at - at < day)
					expect(inADay.reduce((sum, { of }) => sum + of, 0)).toBeLessThanOrEqual(100)
				}
			}),
			{ numRuns: 40 },
		)
	})
})

describe('A panel', () => {
	it('that is temporary ends by itself', () => {
		const house = new House().paired('tablet', 8)
		expect(house.pairings.panels.get('tablet')?.until).toBe(house.now + 8 * 60 * minute)
		house.now += 8 * 60 * minute - 1
		house.run({ type: 'tick' })
		expect(house.pairings.panels.has('tablet')).toBe(true)
		house.now += 1
		expect(house.run({ type: 'tick' })).toContainEqual({ type: 'ended', id: 'tablet' })
		expect(house.pairings.panels.has('tablet')).toBe(false)
	})

	it('that was revoked and brought back fetches another token by its own key, without a code', () => {
		const house = new House().paired('tablet')
		house.run({ type: 'revoke', id: 'tablet' })
		house.ask('again', ['111111'], { key: 'tablet' })
		expect(house.refusal({ type: 'claim', id: 'again', jti: 'new' })).toBe('no-panel')
		house.run({ type: 'restore', id: 'tablet' })
		house.run({ type: 'claim', id: 'again', jti: 'new' })
		expect(house.pairings.panels.get('tablet')).toMatchObject({ jti: 'new', revokedAt: null })
	})

	it('that was brought back while it was off is let in when it comes', () => {
		const house = new House().paired('tablet')
		house.run({ type: 'revoke', id: 'tablet' })
		house.run({ type: 'restore', id: 'tablet' })
		house.now += day
		house.run({ type: 'tick' })
		house.ask('other', ['222222'])
		expect(house.refusal({ type: 'claim', id: 'other', jti: 'stolen' })).toBe('no-panel')
		house.ask('again', ['111111'], { key: 'tablet' })
		house.run({ type: 'claim', id: 'again', jti: 'new' })
		expect(house.pairings.panels.get('tablet')?.jti).toBe('new')
	})

	it('that was revoked is gone for good after ten minutes', () => {
		const house = new House().paired('tablet')
		house.run({ type: 'revoke', id: 'tablet' })
		house.now += restoreMs
		expect(house.refusal({ type: 'restore', id: 'tablet' })).toBe('no-panel')
		house.run({ type: 'tick' })
		expect(house.pairings.panels.size).toBe(0)
	})

	it.each(['revoke', 'restore'] as const)('that there is not, or not so, is none to %s', (type) => {
		const house = new House().paired('tablet')
		expect(house.refusal({ type, id: 'nobody' })).toBe('no-panel')
		if (type === 'revoke') house.run({ type, id: 'tablet' })
		expect(house.refusal({ type, id: 'tablet' })).toBe('no-panel')
	})

	it('that is paired anew is one panel, not two', () => {
		const house = new House().paired('tablet')
		house.ask('again', ['111111'], { key: 'tablet' })
		house.run({ type: 'approve', id: 'again', name: 'again', hours: null })
		expect(house.run({ type: 'claim', id: 'again', jti: 'new' })).toContainEqual({ type: 'ended', id: 'tablet' })
		expect([...house.pairings.panels.keys()]).toEqual(['again'])
	})
})

it('holds whatever happens in whatever order: a token goes only to a key that somebody let in', () => {
	const ids = ['a', 'b', 'c', 'd']
	const id = fc.constantFrom(...ids)
	const key = fc.constantFrom('k', 'l', 'm')
	const command = fc.oneof(
		fc.record({
			type: fc.constant('ask' as const),
			id,
			key,
			codes: fc.constant(['111111', '222222', '333333', '444444']),
		}),
		fc.record({ type: fc.constant('approve' as const), id, name: fc.constant('n'), hours: fc.constantFrom(null, 1) }),
		fc.record({ type: fc.constant('claim' as const), id, jti: fc.uuid() }),
		fc.record({ type: fc.constantFrom('revoke' as const, 'restore' as const), id }),
		fc.record({ type: fc.constant('tick' as const) }),
	)
	fc.assert(
		fc.property(fc.array(fc.tuple(command, fc.nat(4 * minute)), { maxLength: 60 }), (list) => {
			const house = new House()
			const letIn = new Set<string>()
			const used = new Set<string>()
			for (const [step, after] of list) {
				house.now += after
				// Ids are never used twice: the service draws them.
				if (step.type === 'ask' && (used.has(step.id) || house.pairings.asks.has(step.id))) continue
				const whole = (step.type === 'ask' ? { ...step, address: step.key, browser: '' } : step) as PairingCommand
				const asked = 'id' in step ? house.pairings.asks.get(step.id) : undefined
				if (house.refusal(whole) !== null) continue
				if (step.type === 'ask') used.add(step.id)
				if (step.type === 'approve' && asked) letIn.add(asked.key)
				for (const event of house.run(whole)) {
					if (event.type === 'paired') expect(letIn.has(event.panel.key)).toBe(true)
				}
				const live = [...house.pairings.panels.values()]
				expect(new Set(live.map((panel) => panel.key)).size).toBe(live.length)
				const open = [...house.pairings.asks.values()].filter((one) => one.until > house.now && one.grant === null)
				expect(new Set(open.map(({ code }) => code)).size).toBe(open.length)
			}
		}),
		{ numRuns: 300 },
	)
})

describe('A browser', () => {
	it.each([
		[
			'Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
			'Chrome · Android',
		],
		[
			'Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Safari/537.36',
			'Samsung Internet · Android',
		],
		[
			'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1',
			'Safari · iPad',
		],
		[
			'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15',
			'Safari · Mac',
		],
		[
			'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0',
			'Edge · Windows',
		],
		['Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox · Linux'],
		['curl/8.5', '?'],
		[undefined, '?'],
	])('that says %s is told as %s', (agent, kind) => {
		expect(browserKind(agent)).toBe(kind)
	})
})
