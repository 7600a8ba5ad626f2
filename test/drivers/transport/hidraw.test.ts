import { describe, expect, it } from 'vitest'
import { openHidraw } from '../../../drivers/transport/hidraw.ts'

/** What can be seen of it without a device: the rest is in test/vm. */

const { signal } = new AbortController()
const refusal = (code: string) => Object.assign(new Error(code), { code })

describe.concurrent('A hidraw device', () => {
	it('that is not there is lost', async () => {
		await expect(openHidraw('/dev/hidraw-none', { signal })).rejects.toMatchObject({ code: 'lost' })
	})

	it('that is none is lost: node-hid itself says so', async () => {
		await expect(openHidraw('/dev/null', { signal })).rejects.toMatchObject({
			...{ code: 'lost', message: expect.stringContaining('/dev/null') },
		})
	})

	it('whose rights come a moment after itself is opened then', async () => {
		let asked = 0
		const permits = async () => {
			if (++asked < 4) throw refusal('EACCES')
		}
		await expect(openHidraw('/dev/null', { signal, permits })).rejects.toMatchObject({ code: 'lost' })
		expect(asked).toBe(4)
	})

	it('that stays forbidden is given up after two seconds, as what it is', async () => {
		const begin = performance.now()
		const permits = () => Promise.reject(refusal('EACCES'))
		await expect(openHidraw('/dev/null', { signal, permits })).rejects.toMatchObject({ code: 'unauthorized' })
		expect(performance.now() - begin).toBeGreaterThan(1_900)
	})

	it('that nobody wants any more is not waited for', async () => {
		const permits = () => Promise.reject(refusal('EPERM'))
		const opening = openHidraw('/dev/null', { signal: AbortSignal.timeout(50), permits })
		await expect(opening).rejects.toMatchObject({ code: 'lost' })
	})
})
