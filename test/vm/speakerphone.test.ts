import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { phoneModels } from '../../drivers/virtual/phone-models.ts'
import { connectGuest, type Guest, shell } from './guest.ts'
import { program } from './install.ts'

/** The driver of speakerphones against this kernel's HID, as the service's user. */

let guest: Guest

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	await shell(guest, 'modprobe uhid')
})
afterAll(() => guest.close())

describe('A speakerphone', () => {
	it('without a udev rule is not ours to open, and the command that is named mends that', async () => {
		const kind = `'${phoneModels[1].kind}'`
		await shell(guest, 'rm /etc/udev/rules.d/70-maru.rules; udevadm control --reload')
		const [refused] = (await program(guest, 'layouts', kind)) as { code: string; command: string }[]
		expect(refused?.code).toBe('unauthorized')
		expect(refused?.command).toMatch(/^maru udev-rules --group \d+ \| sudo tee \S+ && sudo udevadm control --reload/)
		await shell(guest, `${refused?.command.replaceAll('sudo ', '')}; udevadm settle`)
		expect(await program(guest, 'layouts', kind)).toMatchObject([{ events: [{ type: 'mute', muted: true }] }])
	})

	it('shows what it can by its descriptor alone, whoever made it', async () => {
		// Of unknown makers only what has sound as well is ours, and what uhid makes has none.
		const rule = (id: string) => `SUBSYSTEM=="hidraw", KERNELS=="0003:${id}:*", GROUP="maru", MODE="0660"`
		const rules = `${rule('1234')}\n${rule('18D1')}`
		await shell(guest, `echo '${rules}' >/etc/udev/rules.d/71-unknown.rules; udevadm control --reload`)
		const found = (await program(guest, 'layouts')) as Found[]
		expect(found.map(({ kind }) => kind)).toEqual(phoneModels.map(({ kind }) => kind))
		for (const [at, model] of phoneModels.entries()) {
			const { hook, mute, keys, lamps } = model
			expect(found[at]?.capabilities, model.kind).toEqual({
				...{ hook, mute, volume: 'volumeUp' in keys, hold: 'flash' in keys },
				reject: expect.any(Boolean),
				lamps: { offHook: 'offHook' in lamps, mute: 'mute' in lamps, ring: 'ring' in lamps, hold: 'hold' in lamps },
			})
			expect(found[at]?.events, model.kind).toContainEqual({ type: 'mute', muted: true })
		}
	})
})

interface Found {
	kind: string
	capabilities: object
	events: object[]
}
