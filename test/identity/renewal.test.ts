import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openCertificates } from '../../appliance/identity/certificates.ts'
import { keepRenewed } from '../../appliance/identity/renewal.ts'

/** A service that is started once and runs for years. The clock is ours. */

const dayMs = 86_400_000
let dir: string
let now: number
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-renewal-'))
	now = Date.UTC(2026, 11, 1)
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
	vi.useRealTimers()
	rmSync(dir, { recursive: true })
})

const open = () => openCertificates({ dir, names: ['maru.example'], addresses: ['127.0.0.1'], now: () => now })
const silent = { info() {}, error() {} } as never

/** The day after, with all that it brings. */
async function dayPasses(looked: { count: number }, days = 1) {
	const before = looked.count
	now += days * dayMs
	vi.advanceTimersByTime(dayMs)
	await vi.waitFor(() => expect(looked.count).toBe(before + 1), 10_000)
}

it('The certificate is another, of the same authority, before it runs out, and stays until then', async () => {
	const looked = { count: 0 }
	const first = await open()
	const renewed: string[] = []
	const stop = keepRenewed({
		current: first,
		open: () => open().finally(() => looked.count++),
		onRenewed: ({ cert, authority }) => {
			expect(authority).toEqual(first.authority)
			renewed.push(cert)
		},
		log: silent,
	})
	await dayPasses(looked)
	await dayPasses(looked, 360)
	expect(renewed).toEqual([])
	await dayPasses(looked, 10)
	await vi.waitFor(() => expect(renewed).toHaveLength(1))
	expect(renewed[0]).not.toBe(first.cert)
	await dayPasses(looked)
	expect(renewed).toHaveLength(1)
	stop()
})

it('One that could not be made is said so, and made the next day', async () => {
	const current = await open()
	const answers = [() => Promise.reject(new Error('ENOSPC')), () => Promise.resolve({ ...current, cert: 'new' })]
	const said: string[] = []
	const log = {
		info: (text: string) => said.push(text),
		error: ({ reason }: { reason: string }) => said.push(reason),
	} as never
	const renewed: string[] = []
	const answered = () => (answers.shift() as () => Promise<typeof current>)()
	const stop = keepRenewed({ current, open: answered, onRenewed: ({ cert }) => renewed.push(cert), log })
	vi.advanceTimersByTime(dayMs)
	await vi.waitFor(() => expect(said).toEqual(['Error: ENOSPC']))
	vi.advanceTimersByTime(dayMs)
	await vi.waitFor(() => expect(renewed).toEqual(['new']))
	stop()
})
