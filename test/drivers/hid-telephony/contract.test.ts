import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { parseDescriptor } from '../../../drivers/hid-telephony/descriptor.ts'
import { HidSpeakerphone } from '../../../drivers/hid-telephony/device.ts'
import { layoutOf } from '../../../drivers/hid-telephony/layout.ts'
import type { CallLamps, SpeakerphoneEvent, SpeakerphoneState } from '../../../drivers/speakerphone.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { plugIn } from '../../../drivers/virtual/phone-cable.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'

import { silentLog, until } from '../wait.ts'

/** What every speakerphone promises, whatever its layout, on real time. */

const dark: CallLamps = { offHook: false, muted: false, ringing: false, held: false }

async function open(model: (typeof phoneModels)[number], lamps = dark) {
	const phone = new VirtualPhone(model)
	const cable = plugIn(phone)
	const layout = layoutOf(parseDescriptor(phone.descriptor))
	if (!layout) throw new Error('no telephone')
	const { name, vendorId, productId } = model
	const speakerphone = new HidSpeakerphone(cable.open(), {
		...{ layout, lamps, log: silentLog },
		model: { name, vendorId, productId, serial: null, firmware: null, usb: null },
	})
	await speakerphone.start()
	return { phone, cable, speakerphone, [Symbol.asyncDispose]: () => speakerphone[Symbol.asyncDispose]() }
}

describe.concurrent.each(phoneModels)('$kind as a speakerphone', (model) => {
	it('has taken the lamps when it is open', async () => {
		await using scene = await open(model, { ...dark, offHook: true, ringing: true })
		expect(scene.phone).toMatchObject({ hook: true, ringing: true })
	})

	it('says what it can', async () => {
		await using scene = await open(model)
		const { capabilities } = scene.speakerphone
		expect(capabilities).toMatchObject({ hook: model.hook, mute: model.mute })
		expect(capabilities.volume).toBe('volumeUp' in model.keys)
		expect(capabilities.hold).toBe('flash' in model.keys)
		expect(capabilities.reject).toBe('reject' in model.keys || 'drop' in model.keys)
		expect(capabilities.lamps).toEqual({ offHook: true, mute: true, ring: true, hold: 'hold' in model.lamps })
	})

	it('tells its state at once, on change, and to nobody who no longer watches', async () => {
		await using scene = await open(model)
		const { speakerphone } = scene
		const states: SpeakerphoneState[] = []
		const unwatch = speakerphone.watch((state) => states.push(state))
		expect(states).toEqual([{ offHook: false, muted: false, unconfirmed: false }])
		await speakerphone.show({ ...dark, offHook: true, muted: true })
		expect(states.at(-1)).toEqual({ offHook: true, muted: true, unconfirmed: false })
		unwatch()
		const { length } = states
		await speakerphone.show(dark)
		expect(states).toHaveLength(length)
	})

	it('shows the newest of many', async () => {
		await using scene = await open(model)
		const { speakerphone, phone } = scene
		const shows = Array.from({ length: 40 }, (_, i) =>
			speakerphone.show({ ...dark, offHook: true, muted: i % 2 === 0 }),
		)
		await Promise.all([...shows, speakerphone.show({ ...dark, offHook: true, muted: true, ringing: true })])
		await until('the lamps', () => phone.hook && phone.muted && phone.ringing)
	})

	it('tells what was pressed to the first who listens, then at once, and not after that', async () => {
		await using scene = await open(model)
		const { speakerphone, phone } = scene
		phone.press('hook')
		await delay(20)
		const events: SpeakerphoneEvent[] = []
		const end = speakerphone.onEvent((event) => events.push(event))
		expect(events).toEqual([{ type: 'hook', offHook: true }])
		await speakerphone.show({ ...dark, offHook: true })
		await delay(100)
		phone.press('mute')
		await until('the press', () => events.length === 2)
		expect(events[1]).toEqual({ type: 'mute', muted: true })
		end()
		await speakerphone.show({ ...dark, offHook: true, muted: true })
		phone.press('mute')
		await delay(20)
		expect(events).toHaveLength(2)
	})

	it('is lost when it is unplugged, and refuses what comes then', async () => {
		await using scene = await open(model)
		const { speakerphone, cable } = scene
		const waiting = speakerphone.show({ ...dark, offHook: true })
		waiting.catch(() => {})
		cable.unplug()
		expect(await speakerphone.lost).toMatchObject({ code: 'lost' })
		await expect(waiting).rejects.toMatchObject({ code: 'lost' })
		await expect(speakerphone.show(dark)).rejects.toMatchObject({ code: 'lost' })
	})

	it('is given up when it takes no reports, and says before that it is not sure', async () => {
		await using scene = await open(model)
		const { speakerphone, cable } = scene
		const states: SpeakerphoneState[] = []
		speakerphone.watch((state) => states.push(state))
		cable.hang()
		await expect(speakerphone.show({ ...dark, offHook: true })).rejects.toMatchObject({ code: 'timeout' })
		expect(await speakerphone.lost).toMatchObject({ code: 'timeout' })
		expect(states.at(-1)).toMatchObject({ muted: false, unconfirmed: true })
	})

	it('lets go when it is disposed of', async () => {
		const scene = await open(model)
		await scene[Symbol.asyncDispose]()
		expect(await scene.speakerphone.lost).toBeUndefined()
		scene.phone.press('hook')
	})
})
