import { setTimeout as sleep } from 'node:timers/promises'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { createGadget } from './gadget.ts'
import { idle, openFiles, openSpeakerphone, until } from './program.ts'

/** A phone on a real USB cable, muted, pulled out and plugged in again, over and over. */

const rounds = 20
const model = phoneModels[1]
const phone = new VirtualPhone(model)
const gadget = createGadget(phone, 3)
const lamps = { ...idle, offHook: true, muted: true }
const backMs: number[] = []
const noticedMs: number[] = []
const files: number[] = []
let inverted = 0

await gadget.plug()
let device = await openSpeakerphone(model, lamps)
await until(() => phone.muted, 'the phone is muted')
for (let round = 0; round < rounds; round++) {
	const out = performance.now()
	gadget.unplug()
	await device.lost
	noticedMs.push(performance.now() - out)
	await sleep(Math.random() * 200)
	const back = performance.now()
	await gadget.plug()
	device = await openSpeakerphone(model, lamps)
	device.onEvent((event) => {
		if (event.type === 'mute' && !event.muted) inverted += 1
	})
	await until(() => phone.hook && phone.muted, 'the phone is muted again')
	backMs.push(performance.now() - back)
	files.push(openFiles())
}
console.log(JSON.stringify({ rounds, backMs: Math.max(...backMs), noticedMs: Math.max(...noticedMs), inverted, files }))
gadget.unplug()
await device.lost
gadget.close()
