import { describe, expect, it } from 'vitest'
import { Lane } from '../../../drivers/onvif/lane.ts'

const flush = () => new Promise((resolve) => setImmediate(resolve))

/** Orders that last until they are told to end. */
function scene() {
	const lane = new Lane()
	const begun: string[] = []
	const open = new Map<string, PromiseWithResolvers<string>>()
	const submit = (name: string, end: 'done' | 'rejected' = 'done') => {
		const work = Promise.withResolvers<string>()
		open.set(name, work)
		const outcome = lane.submit(() => {
			begun.push(name)
			return work.promise
		}, end)
		return outcome.then(
			(value) => value ?? 'superseded',
			(error: { code?: string; message: string }) => error.code ?? error.message,
		)
	}
	return {
		lane,
		begun,
		submit,
		end: (name: string) => open.get(name)?.resolve(name),
		fail: (name: string) => open.get(name)?.reject(new Error('no')),
	}
}

describe('Orders to a head', () => {
	it('begin in the same moment where nothing is under way', () => {
		const { begun, submit } = scene()
		void submit('a')
		expect(begun).toEqual(['a'])
	})

	it('are one under way and one waiting, the newest', async () => {
		const { begun, submit, end } = scene()
		const [a, b, c] = [submit('a'), submit('b'), submit('c')]
		expect(await b).toBe('superseded')
		expect(begun).toEqual(['a'])
		end('a')
		await flush()
		expect(begun).toEqual(['a', 'c'])
		end('c')
		expect([await a, await c]).toEqual(['a', 'c'])
	})

	it('that are journeys are rejected by what is newer', async () => {
		const { submit } = scene()
		void submit('a')
		const journey = submit('b', 'rejected')
		void submit('c')
		expect(await journey).toBe('rejected')
	})

	it('go on after one that failed', async () => {
		const { begun, submit, fail } = scene()
		const a = submit('a')
		void submit('b')
		fail('a')
		expect(await a).toBe('no')
		await flush()
		expect(begun).toEqual(['a', 'b'])
	})

	it('wait for a stop, and what waited before it is dropped', async () => {
		const { lane, begun, submit, end } = scene()
		void submit('a')
		const dropped = submit('b')
		const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
		lane.hold(first.promise)
		expect(await dropped).toBe('superseded')
		lane.hold(second.promise)
		void submit('c')
		end('a')
		first.reject(new Error('no answer'))
		await flush()
		expect(begun).toEqual(['a'])
		second.resolve()
		await flush()
		expect(begun).toEqual(['a', 'c'])
	})

	it('know whether they are still what is wanted', async () => {
		const lane = new Lane()
		let newest = () => false
		const work = Promise.withResolvers<void>()
		void lane.submit((is) => {
			newest = is
			return work.promise
		}, 'done')
		expect(newest()).toBe(true)
		void lane.submit(async () => {}, 'done')
		expect(newest()).toBe(false)
		lane.hold(Promise.resolve())
		expect(newest()).toBe(false)
		work.resolve()
		await flush()
		expect(lane.underWay).toBeNull()
	})
})
