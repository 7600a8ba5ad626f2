import { beforeEach, expect, it, vi } from 'vitest'

/** What a join is spared. In the place of the library something that counts; that it sends and receives is shown by the browser's tests. */

const loads: object[] = []
let failing = 0

vi.mock('mediasoup-client', () => ({
	Device: {
		factory: async () => ({
			async load({ routerRtpCapabilities }: { routerRtpCapabilities: object }) {
				loads.push(routerRtpCapabilities)
				if (failing-- > 0) throw new Error('the browser is busy')
			},
		}),
	},
}))

let loadDevice: typeof import('../../../control-panel/lib/meeting/device.ts').loadDevice

beforeEach(async () => {
	vi.resetModules()
	loads.length = 0
	failing = 0
	;({ loadDevice } = await import('../../../control-panel/lib/meeting/device.ts'))
})

const hub = { codecs: ['opus', 'VP8'] }

it('The browser is asked once what it can do, however often the page joins', async () => {
	const first = await loadDevice(hub)
	expect(await loadDevice({ ...hub })).toBe(first)
	expect(loads).toEqual([hub])
})

it('It is asked again for a hub that can do something else', async () => {
	const first = await loadDevice(hub)
	const other = { codecs: ['opus', 'VP8', 'H264'] }
	expect(await loadDevice(other)).not.toBe(first)
	expect(loads).toEqual([hub, other])
})

it('What failed is tried once more at once, and by the next join', async () => {
	failing = 1
	const first = await loadDevice(hub)
	expect(loads).toHaveLength(2)
	expect(await loadDevice(hub)).toBe(first)

	failing = 2
	const other = { codecs: ['opus'] }
	await expect(loadDevice(other)).rejects.toThrow('busy')
	await expect(loadDevice(other)).resolves.toBeDefined()
})
