import { afterEach, expect, it, vi } from 'vitest'
import { type Ends, endAll } from '../../appliance/wiring/ends.ts'

afterEach(() => {
	vi.restoreAllMocks()
})

/** What ends, in which order; each takes a turn of the event loop. */
function started(...names: string[]) {
	const ended: string[] = []
	const ends: Ends = names.map((name) => async () => {
		await new Promise(setImmediate)
		ended.push(name)
	})
	return { ends, ended }
}

it('What was started last ends first, one after another', async () => {
	const { ends, ended } = started('database', 'hub', 'listeners')
	await endAll(ends)
	expect(ended).toEqual(['listeners', 'hub', 'database'])
})

it('One that fails to end is told of, and keeps no other', async () => {
	const error = vi.spyOn(console, 'error').mockImplementation(() => {})
	const { ends, ended } = started('database', 'hub')
	const fault = new Error('its worker does not answer')
	ends.splice(1, 0, () => {
		throw fault
	})
	await endAll(ends)
	expect(ended).toEqual(['hub', 'database'])
	expect(error.mock.calls).toEqual([[fault]])
})

it('What had begun to start when the signal came ends as well', async () => {
	const { ends, ended } = started('database')
	ends.push(() => ends.push(() => ended.push('what came late')))
	await endAll(ends)
	expect(ended).toEqual(['what came late', 'database'])
})
