import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSession, type Output } from '../../../drivers/microphones/session.ts'
import { fuzzInputs } from '../fuzz.ts'
import { configured } from './setup.ts'

/** A conversation on paper: time is a number. */
function converse(change: Record<string, unknown> = {}, seats = ['1', '2', '3', '4']) {
	const session = createSession(configured(change), seats)
	let now = 1_000
	let wakeAt = Number.POSITIVE_INFINITY
	const said: string[] = []

	function note(outputs: Output[]) {
		wakeAt = Number.POSITIVE_INFINITY
		for (const output of outputs) {
			if (output.type === 'write') said.push(`> ${Buffer.from(output.bytes).toString().trim()}`)
			else if (output.type === 'seat')
				said.push(`${output.event.seat} ${output.event.state}${output.event.own ? ' own' : ''}`)
			else if (output.type === 'settled') said.push(`#${output.id} ${output.error?.code ?? 'done'}`)
			else if (output.type === 'unconfirmed') said.push(`unconfirmed ${output.seats.join(',')}`)
			else if (output.type === 'stranger') said.push(`stranger ${output.number}`)
			else if (output.type === 'lost') said.push(`lost ${output.error.code}`)
			else wakeAt = output.at
		}
	}

	/** What was said since the last time. */
	const news = () => said.splice(0)

	return {
		session,
		news,
		begin: () => note(session.begin(now)),
		set: (id: number, seat: string, open: boolean) => note(session.set(id, seat, open, now)),
		hold: (...open: string[]) => note(session.hold(open, now)),
		hear: (...lines: string[]) => note(session.receive(Buffer.from(lines.map((line) => `${line}\r\n`).join('')), now)),
		/** Time passes, and every wake on the way is kept. */
		wait(ms: number) {
			const end = now + ms
			while (wakeAt <= end) {
				expect(wakeAt).toBeGreaterThanOrEqual(now)
				now = Math.max(now + 1, wakeAt)
				note(session.tick(now))
			}
			now = end
		},
	}
}

describe('What the system tells', () => {
	it('is told by seat, and on and off only when they change', () => {
		const it = converse()
		it.hear('MIC 1 ON', 'MIC 1 ON', 'REQ 2', 'REQ 2', 'REQ 2 CANCEL', 'PRIO 3', 'nonsense', 'MIC 1 OFF')
		expect(it.news()).toEqual(['1 on', '2 request', '2 request', '2 withdraw', '3 priority', '1 off'])
	})

	it('about a seat that is not ours is told once, as such', () => {
		const it = converse({ map: { '11': '1' } })
		it.hear('MIC 9 ON', 'MIC 9 OFF', 'MIC 1 ON', 'MIC 11 ON', 'REQ 9')
		expect(it.news()).toEqual(['stranger 9', 'stranger 1', '1 on'])
	})

	it('is too much when it is a flood', () => {
		const it = converse()
		for (let i = 0; i < 8; i++) it.hear(...Array.from({ length: 1_000 }, () => 'MIC 7 ON'))
		expect(it.news()).toContain('lost protocol')
		const other = converse()
		for (let i = 0; i < 8; i++) {
			other.hear(...Array.from({ length: 1_000 }, () => 'MIC 7 ON'))
			other.wait(1_000)
		}
		expect(other.news()).toEqual(['stranger 7'])
	})
})

describe('A command', () => {
	it('is done when the system has confirmed it, and its answer is our own', () => {
		const it = converse()
		it.set(1, '2', true)
		expect(it.news()).toEqual(['> SET 2 1'])
		it.hear('MIC 2 ON')
		expect(it.news()).toEqual(['2 on own', '#1 done'])
		it.wait(10_000)
		it.hear('MIC 2 OFF')
		expect(it.news()).toEqual(['2 off'])
	})

	it('is told three times, then fails, and what the seat is doing is unconfirmed until it is told', () => {
		const it = converse()
		it.set(1, '2', false)
		it.wait(5_000)
		expect(it.news()).toEqual(['> SET 2 0', '> SET 2 0', '> SET 2 0', 'unconfirmed 2', '#1 timeout'])
		it.hear('MIC 2 ON')
		expect(it.news()).toEqual(['2 on'])
		it.hear('MIC 2 OFF')
		expect(it.news()).toEqual(['2 off', 'unconfirmed '])
	})

	it('is confirmed by an answer that comes after the second time', () => {
		const it = converse()
		it.set(1, '2', true)
		it.wait(700)
		it.hear('MIC 2 ON', 'MIC 2 ON')
		it.wait(5_000)
		expect(it.news()).toEqual(['> SET 2 1', '> SET 2 1', '2 on own', '#1 done'])
	})

	it.each([
		['where the system confirms nothing', { confirmMs: 0 }],
		['where we could not read its confirmation', { patterns: { on: '^MIC (?<seat>\\d+) ON$' } }],
	])('is done once it is sent, %s', (_, change) => {
		const it = converse(change)
		it.set(1, '2', true)
		it.wait(5_000)
		expect(it.news()).toEqual(['> SET 2 1', '#1 done'])
	})

	it('for a seat that already is so is told once, because many systems do not repeat themselves', () => {
		const it = converse()
		it.hear('MIC 2 ON')
		it.set(1, '2', true)
		it.wait(5_000)
		expect(it.news()).toEqual(['2 on', '> SET 2 1', '#1 done'])
	})

	it('does not trust what it heard while the answer to the opposite may be on its way', () => {
		const it = converse()
		it.hear('MIC 2 OFF')
		it.set(1, '2', true)
		it.wait(100)
		it.set(2, '2', false)
		expect(it.news()).toEqual(['2 off', '> SET 2 1', '#1 done', '> SET 2 0'])
		it.hear('MIC 2 ON')
		expect(it.news()).toEqual(['2 on own'])
		it.hear('MIC 2 OFF')
		expect(it.news()).toEqual(['2 off own', '#2 done'])
	})

	it('takes the place of an older one for the same seat, which is not sent any more', () => {
		const it = converse({ paceMs: 100 })
		it.set(1, '1', true)
		it.set(2, '2', true)
		it.set(3, '2', false)
		it.set(4, '2', true)
		it.set(5, '2', true)
		it.wait(300)
		expect(it.news()).toEqual(['> SET 1 1', '#2 done', '#3 done', '> SET 2 1'])
		it.hear('MIC 2 ON')
		expect(it.news()).toEqual(['2 on own', '#4 done', '#5 done'])
	})

	it('keeps the pace, and closing goes before opening', () => {
		const it = converse({ paceMs: 100 })
		it.set(1, '1', true)
		it.set(2, '2', true)
		it.set(3, '3', false)
		expect(it.news()).toEqual(['> SET 1 1'])
		it.wait(99)
		expect(it.news()).toEqual([])
		it.wait(1)
		expect(it.news()).toEqual(['> SET 3 0'])
		it.wait(100)
		expect(it.news()).toEqual(['> SET 2 1'])
	})

	it('speaks of a seat by the number that the system gives it', () => {
		const it = converse({ map: { '11': '1' } }, ['1', '2', '11'])
		it.set(1, '1', true)
		it.hear('MIC 11 ON')
		it.wait(100)
		it.set(2, '2', false)
		it.set(3, '11', true)
		expect(it.news()).toEqual(['> SET 11 1', '1 on own', '#1 done', '> SET 2 0', '#3 unsupported'])
	})

	it('is refused by a system that takes none, and for a seat that it does not have', () => {
		const it = converse({ commands: {} })
		expect(it.session.takesCommands).toBe(false)
		it.set(1, '1', true)
		it.hold('1')
		it.wait(5_000)
		expect(it.news()).toEqual(['#1 unsupported'])
		const other = converse()
		other.set(1, '99', true)
		expect(other.news()).toEqual(['#1 unsupported'])
	})

	it('that a pressed button contradicts later does not make that button ours', () => {
		const it = converse()
		it.set(1, '2', true)
		it.hear('MIC 2 ON', 'MIC 2 OFF', 'MIC 2 ON')
		expect(it.news().slice(-3)).toEqual(['#1 done', '2 off', '2 on'])
	})
})

describe('Seats that are held', () => {
	it('are set right: all others closed first, then these opened, at the pace', () => {
		const it = converse({ paceMs: 10 })
		it.hold('3')
		it.wait(100)
		expect(it.news()).toEqual(['> SET 1 0', '> SET 2 0', '> SET 4 0', '> SET 3 1'])
		it.hear('MIC 1 OFF', 'MIC 3 ON')
		it.wait(5_000)
		// Those that did not answer are closed once more: the line may have swallowed it.
		expect(it.news()).toEqual(['1 off own', '3 on own', '> SET 2 0', '> SET 4 0'])
		it.wait(5_000)
		expect(it.news()).toEqual([])
	})

	it('let a command pass, and it takes the place of what was planned', () => {
		const it = converse({ paceMs: 10 })
		it.hold('3')
		it.set(1, '4', true)
		it.wait(100)
		expect(it.news()).toEqual(['> SET 1 0', '> SET 4 1', '> SET 2 0', '> SET 3 1'])
	})

	it('let one pass that somebody waits for, also where it was planned anyhow', () => {
		const it = converse({ paceMs: 10 })
		it.hold('3')
		it.set(1, '3', true)
		it.wait(20)
		expect(it.news()).toEqual(['> SET 1 0', '> SET 3 1', '> SET 2 0'])
		it.hear('MIC 3 ON')
		expect(it.news()).toEqual(['3 on own', '#1 done'])
	})

	it('that were found open are nobody’s wish while their closing is on its way', () => {
		const it = converse({ paceMs: 100 })
		it.hold()
		it.hear('MIC 4 ON')
		it.wait(900)
		it.hear('MIC 4 OFF')
		expect(it.news()).toEqual(['> SET 1 0', '4 on own', '> SET 2 0', '> SET 3 0', '> SET 4 0', '4 off own'])
	})

	it('are told again when they stay silent', () => {
		const it = converse({ paceMs: 10 }, ['1'])
		it.hold('1')
		it.wait(5_000)
		expect(it.news()).toEqual(['> SET 1 1', '> SET 1 1', '> SET 1 1', 'unconfirmed 1'])
	})
})

describe('A system that can be asked', () => {
	const poll = { commands: { on: 'SET {seat} 1', off: 'SET {seat} 0', poll: 'STATUS' }, pollMs: 1_000 }

	it('is asked at once and then again and again', () => {
		const it = converse(poll)
		it.begin()
		for (let i = 0; i < 3; i++) {
			it.wait(999)
			it.hear('READY')
			it.wait(1)
		}
		expect(it.news()).toEqual(['> STATUS', '> STATUS', '> STATUS', '> STATUS'])
	})

	it('is lost when it does not answer three times, also while there is much to set right', () => {
		const it = converse(
			{ ...poll, paceMs: 500 },
			Array.from({ length: 50 }, (_, i) => String(i)),
		)
		it.begin()
		it.hold()
		it.wait(10_000)
		const news = it.news()
		const lost = news.indexOf('lost timeout')
		expect(news.slice(0, lost).filter((line) => line === '> STATUS').length).toBeGreaterThanOrEqual(3)
	})
})

describe('Whatever happens', () => {
	const action = fc.oneof(
		fc.record({ do: fc.constant('set' as const), seat: fc.constantFrom('1', '2', '3'), open: fc.boolean() }),
		fc.record({
			do: fc.constant('hear' as const),
			line: fc.constantFrom('MIC 1 ON', 'MIC 1 OFF', 'MIC 2 ON', 'x', ''),
		}),
		fc.record({ do: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
		fc.record({ do: fc.constant('hold' as const), open: fc.subarray(['1', '2', '3']) }),
		fc.record({ do: fc.constant('wait' as const), ms: fc.nat(700) }),
	)

	it('every call is settled once, no command comes too soon, and the last word for a seat is the newest', () => {
		fc.assert(
			fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
				const config = configured({ paceMs: 40, confirmMs: 100 })
				const session = createSession(config, ['1', '2', '3'])
				const settled: number[] = []
				const writes: number[] = []
				const last = new Map<string, string>()
				const wanted = new Map<string, string>()
				let now = 0
				let wakeAt = Number.POSITIVE_INFINITY
				let calls = 0
				const note = (outputs: Output[]) => {
					wakeAt = Number.POSITIVE_INFINITY
					for (const output of outputs) {
						if (output.type === 'settled') settled.push(output.id)
						if (output.type === 'wake') wakeAt = output.at
						if (output.type !== 'write') continue
						writes.push(now)
						const [, seat = '', state = ''] = Buffer.from(output.bytes).toString().trim().split(' ')
						last.set(seat, state)
					}
				}
				const wait = (ms: number) => {
					for (const end = now + ms; now < end; note(session.tick(now))) now = Math.min(end, Math.max(now + 1, wakeAt))
				}
				for (const action of actions) {
					if (action.do === 'set') {
						wanted.set(action.seat, action.open ? '1' : '0')
						note(session.set(++calls, action.seat, action.open, now))
					} else if (action.do === 'hold') {
						for (const seat of ['1', '2', '3']) wanted.set(seat, action.open.includes(seat) ? '1' : '0')
						note(session.hold(action.open, now))
					} else if (action.do === 'hear') note(session.receive(Buffer.from(`\n${action.line}\n`), now))
					else if (action.do === 'bytes') note(session.receive(action.bytes, now))
					else wait(action.ms)
				}
				wait(5_000)
				expect(settled.sort((a, b) => a - b)).toEqual(Array.from({ length: calls }, (_, i) => i + 1))
				expect(writes.every((at, i) => i === 0 || at - (writes[i - 1] ?? 0) >= 40)).toBe(true)
				expect(last).toEqual(wanted)
				expect(wakeAt).toBe(Number.POSITIVE_INFINITY)
			}),
			{ numRuns: fuzzInputs },
		)
	})
})
