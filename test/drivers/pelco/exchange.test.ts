import { describe, expect, it } from 'vitest'
import type { Axis } from '../../../drivers/pelco/codec.ts'
import { createExchange, type Exchange, type Output } from '../../../drivers/pelco/exchange.ts'
import type { Drive, Message } from '../../../drivers/pelco/orders.ts'
import { bytes, notation } from '../hex.ts'

/** Conversations on one line at 2400 baud, in the notation of the Pelco D Protocol Manual; time is a number. */

const byteMs = 10_000 / 2_400

/** Writes what is due until so much time has passed, and notes it. */
class Talk {
	readonly exchange: Exchange = createExchange(byteMs)
	readonly said: { at: number; what: string }[] = []
	readonly settled: { at: number; id: number; error: string | null; steps: number | null; taken: boolean }[] = []
	now = 1_000
	#id = 0
	#wakeAt = Number.POSITIVE_INFINITY

	submit(address: number, message: Message): number {
		this.#note(this.exchange.submit(++this.#id, address, message, this.now))
		return this.#id
	}

	ask(address: number, axis: Axis = 'pan'): number {
		this.#note(this.exchange.ask(++this.#id, address, axis, this.now))
		return this.#id
	}

	hear(notated: string): void {
		this.#note(this.exchange.receive(bytes(notated), this.now))
	}

	/** So much later; the timers ring on the way. */
	pass(ms: number): void {
		const end = this.now + ms
		while (this.#wakeAt <= end) {
			this.now = Math.max(this.now, this.#wakeAt)
			this.#note(this.exchange.tick(this.now))
		}
		this.now = end
	}

	/** What was said, and nothing of when. */
	get words(): string[] {
		return this.said.map(({ what }) => what)
	}

	outcome(id: number) {
		return this.settled.find((one) => one.id === id)
	}

	#note(outputs: Output[]): void {
		this.#wakeAt = Number.POSITIVE_INFINITY
		for (const output of outputs) {
			if (output.type === 'wake') this.#wakeAt = output.at
			else if (output.type === 'write') this.said.push({ at: this.now, what: notation(output.bytes) })
			else {
				const { id, error, steps, taken } = output
				this.settled.push({ at: this.now, id, error: error?.code ?? null, steps, taken })
			}
		}
	}
}

const still: Drive = { pan: 0, tilt: 0, zoom: 0, focus: null }
const drive = (over: Partial<Drive>): Message => ({ kind: 'drive', drive: { ...still, ...over }, first: [] })
const stop = (unseen = false): Message => ({ kind: 'stop', unseen, instead: null })
const goto5: Message = { kind: 'act', commands: [{ kind: 'preset', action: 'goto', preset: 5 }], moves: true }
const set5: Message = { kind: 'act', commands: [{ kind: 'preset', action: 'set', preset: 5 }], moves: false }

const right = 'FF 01 00 02 20 00 23'
const halt = 'FF 01 00 00 00 00 01'
const askPan = 'FF 01 00 51 00 00 52'
const panAt45 = 'FF 01 00 59 11 94 FF'

/** A line on which camera 1 was stopped and is known to acknowledge nothing. */
function quietTalk(): Talk {
	const talk = new Talk()
	for (let i = 0; i < 3; i++) {
		talk.submit(1, stop(true))
		talk.pass(1_000)
	}
	talk.said.length = 0
	talk.settled.length = 0
	return talk
}

describe('On the wire', () => {
	it('a movement is said at once, and the next one when that has left', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ pan: 0x20 }))
		expect(talk.words).toEqual([right])
		talk.submit(1, drive({ pan: 0x21 }))
		expect(talk.words).toHaveLength(1)
		talk.pass(100)
		expect(talk.words).toEqual([right, 'FF 01 00 02 21 00 24'])
		const [first, second] = talk.said
		// Seven bytes and the rest of one.
		expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(8 * byteMs, 0)
	})

	it('of many movements only the newest is said', () => {
		const talk = quietTalk()
		for (let pan = 1; pan <= 40; pan++) talk.submit(1, drive({ pan }))
		talk.pass(200)
		expect(talk.words).toEqual(['FF 01 00 02 01 00 04', 'FF 01 00 02 28 00 2B'])
		expect(talk.settled.every(({ error }) => error === null)).toBe(true)
		expect(talk.settled).toHaveLength(40)
	})

	it('the speed of a zoom goes before it, when it is another one', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ zoom: 3 }))
		talk.pass(100)
		talk.submit(1, drive({ zoom: -3 }))
		talk.pass(100)
		talk.submit(1, drive({ zoom: 4 }))
		talk.pass(100)
		expect(talk.words).toEqual([
			...['FF 01 00 25 00 02 28', 'FF 01 00 20 00 00 21'],
			...['FF 01 00 40 00 00 41'],
			...['FF 01 00 25 00 03 29', 'FF 01 00 20 00 00 21'],
		])
	})

	it('a dome that was stopped is told its zoom speed anew', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ zoom: 3 }))
		talk.pass(100)
		talk.submit(1, stop())
		talk.pass(1_000)
		talk.said.length = 0
		talk.submit(1, drive({ zoom: 3 }))
		talk.pass(100)
		expect(talk.words[0]).toBe('FF 01 00 25 00 02 28')
	})
})

describe('A stop', () => {
	it('is told three times, with pauses', () => {
		const talk = quietTalk()
		const id = talk.submit(1, stop())
		talk.pass(1_000)
		expect(talk.words).toEqual([halt, halt, halt])
		const [first, second, third] = talk.said.map(({ at }) => at) as [number, number, number]
		expect(second - first).toBeGreaterThan(80)
		expect(third - second).toBeGreaterThan(80)
		expect(talk.outcome(id)?.at).toBeLessThan(second)
	})

	it('that nobody sees obeyed is settled with its last telling', () => {
		const talk = quietTalk()
		const id = talk.submit(1, stop(true))
		talk.pass(1_000)
		expect(talk.outcome(id)?.at).toBe(talk.said[2]?.at)
	})

	it('passes all that waits, and what it stops is not said any more', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ pan: 0x20 }))
		talk.submit(1, goto5)
		talk.submit(2, drive({ pan: 0x20 }))
		talk.submit(2, set5)
		talk.submit(1, stop())
		talk.pass(1_000)
		expect(talk.words).toEqual([right, halt, 'FF 02 00 02 20 00 24', 'FF 02 00 03 00 05 0A', halt, halt])
	})

	it('ends a journey that was not told yet', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ pan: 0x20 }))
		const journey = talk.submit(1, goto5)
		talk.submit(1, stop())
		expect(talk.outcome(journey)?.error).toBe('rejected')
	})

	it('is not told again once something newer moves the dome', () => {
		const talk = quietTalk()
		talk.submit(1, stop())
		talk.pass(40)
		talk.submit(1, drive({ pan: 0x20 }))
		talk.pass(1_000)
		expect(talk.words).toEqual([halt, right])
	})

	it('that was not told yet still goes before what is newer', () => {
		const talk = quietTalk()
		talk.ask(2)
		const id = talk.submit(1, stop())
		talk.submit(1, goto5)
		talk.pass(1_000)
		expect(talk.words.filter((what) => what.startsWith('FF 01'))).toEqual([halt, 'FF 01 00 07 00 05 0D'])
		expect(talk.outcome(id)?.error).toBeNull()
	})

	it('asked for twice is told three times from then on, and both are told', () => {
		const talk = quietTalk()
		const first = talk.submit(1, stop(true))
		talk.pass(40)
		const second = talk.submit(1, stop(true))
		talk.pass(1_000)
		expect(talk.words).toEqual([halt, halt, halt, halt])
		expect([talk.outcome(first)?.error, talk.outcome(second)?.error]).toEqual([null, null])
	})

	it('by other means is as urgent, and said whole before anything else', () => {
		const talk = quietTalk()
		talk.submit(2, drive({ pan: 0x20 }))
		talk.ask(1)
		const here = [
			{ kind: 'go', axis: 'pan', steps: 4500 },
			{ kind: 'go', axis: 'tilt', steps: 33000 },
		] as const
		talk.submit(1, { kind: 'stop', unseen: false, instead: here })
		talk.pass(110)
		expect(talk.words).toEqual(['FF 02 00 02 20 00 24', 'FF 01 00 4B 11 94 F1', 'FF 01 00 4D 80 E8 B6', askPan])
	})

	it('leaves what does not move the dome', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ pan: 0x20 }))
		talk.submit(1, set5)
		talk.submit(1, stop())
		talk.pass(1_000)
		expect(talk.words).toContain('FF 01 00 03 00 05 09')
	})
})

describe('A question', () => {
	it('is answered with where the axis stands', () => {
		const talk = quietTalk()
		const id = talk.ask(1)
		talk.pass(70)
		talk.hear(panAt45)
		expect(talk.words).toEqual([askPan])
		expect(talk.outcome(id)).toMatchObject({ steps: 4500, error: null })
	})

	it('is not talked over: a movement waits for its answer', () => {
		const talk = quietTalk()
		talk.ask(1)
		talk.submit(1, drive({ pan: 0x20 }))
		talk.pass(70)
		expect(talk.words).toEqual([askPan])
		talk.hear(panAt45)
		talk.pass(20)
		expect(talk.words).toEqual([askPan, right])
	})

	it('keeps a stop waiting while its answer comes in, not while it is late', () => {
		const talk = quietTalk()
		talk.ask(1)
		talk.submit(1, stop())
		talk.pass(80)
		expect(talk.words).toEqual([askPan, halt])

		const other = quietTalk()
		other.ask(1)
		other.pass(50)
		other.hear('FF 01 00 59')
		other.submit(1, stop())
		other.pass(30)
		expect(other.words).toEqual([askPan])
		other.hear('11 94 FF')
		other.pass(10)
		expect(other.words).toEqual([askPan, halt])
	})

	it('that a stop has passed is asked again', () => {
		const talk = quietTalk()
		const id = talk.ask(1)
		talk.submit(1, stop())
		talk.pass(160)
		expect(talk.words).toEqual([askPan, halt, askPan])
		talk.hear(panAt45)
		expect(talk.outcome(id)?.steps).toBe(4500)
	})

	it('without an answer is asked three times and given up', () => {
		const talk = quietTalk()
		const id = talk.ask(1)
		talk.pass(2_000)
		expect(talk.words).toEqual([askPan, askPan, askPan])
		expect(talk.outcome(id)).toMatchObject({ error: 'timeout' })
		expect((talk.outcome(id)?.at ?? 0) - (talk.said[0]?.at ?? 0)).toBeLessThan(600)
	})

	it('to a dome that is dead does not keep the others from being asked', () => {
		const talk = quietTalk()
		talk.ask(9)
		const id = talk.ask(1)
		talk.pass(190)
		expect(talk.words.at(-1)).toBe(askPan)
		talk.pass(60)
		talk.hear(panAt45)
		expect(talk.outcome(id)?.steps).toBe(4500)
	})

	it('that waits for others is no silence of its dome; one without an answer is', () => {
		const talk = quietTalk()
		talk.ask(9)
		talk.ask(1)
		talk.pass(170)
		expect([talk.exchange.isSilent(9), talk.exchange.isSilent(1)]).toEqual([false, false])
		talk.pass(40)
		expect([talk.exchange.isSilent(9), talk.exchange.isSilent(1)]).toEqual([true, false])
	})

	it('comes to its turn among hands that never rest', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ pan: 0x20 }))
		talk.ask(1)
		for (let pan = 1; pan < 20; pan++) {
			talk.submit(1, drive({ pan }))
			talk.submit(2, drive({ pan }))
			talk.pass(20)
		}
		expect(talk.words.indexOf(askPan)).toBeGreaterThan(0)
		expect(talk.words.indexOf(askPan)).toBeLessThan(5)
	})
})

describe('A dome that acknowledges', () => {
	function obligingTalk(): Talk {
		const talk = new Talk()
		talk.submit(1, stop(true))
		talk.pass(50)
		talk.hear('FF 01 00 01')
		talk.pass(500)
		return talk
	}

	it('is stopped with one word', () => {
		const talk = obligingTalk()
		expect(talk.words).toEqual([halt])
		expect(talk.settled).toEqual([expect.objectContaining({ error: null, taken: true })])
	})

	it('is not talked over before it has', () => {
		const talk = obligingTalk()
		const first = talk.submit(1, drive({ pan: 0x20 }))
		talk.submit(2, drive({ pan: 0x20 }))
		talk.pass(60)
		expect(talk.words).toEqual([halt, right])
		talk.hear('FF 01 00 23')
		talk.pass(20)
		expect(talk.outcome(first)).toMatchObject({ taken: true })
		expect(talk.words).toHaveLength(3)
	})

	it('and does not is told four times, each time with more patience, and that it does not', () => {
		const talk = obligingTalk()
		const moved = talk.submit(1, drive({ pan: 0x20 }))
		talk.pass(1_000)
		expect(talk.outcome(moved)?.error).toBe('timeout')
		const stopped = talk.submit(1, stop())
		talk.pass(1_000)
		expect(talk.words).toEqual([halt, ...Array(4).fill(right), ...Array(4).fill(halt)])
		expect(talk.outcome(stopped)?.error).toBe('timeout')
		const kept = talk.submit(1, set5)
		talk.pass(1_000)
		expect(talk.words.filter((what) => what === 'FF 01 00 03 00 05 09')).toHaveLength(4)
		expect(talk.outcome(kept)?.error).toBe('timeout')
	})

	it('is known by it also when it was thought not to', () => {
		const talk = quietTalk()
		talk.submit(1, drive({ pan: 0x20 }))
		talk.pass(50)
		talk.hear('FF 01 00 23')
		talk.submit(1, stop())
		talk.pass(60)
		talk.hear('FF 01 00 01')
		talk.pass(500)
		expect(talk.words).toEqual([right, halt])
	})
})

describe('What is forgotten', () => {
	it('is not said, and leaves no timer behind', () => {
		const talk = quietTalk()
		talk.ask(1)
		talk.submit(1, drive({ pan: 0x20 }))
		talk.exchange.forget(1)
		talk.pass(1_000)
		expect(talk.words).toEqual([askPan])
		expect(talk.exchange.tick(talk.now)).toEqual([])
	})
})
