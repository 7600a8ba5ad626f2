import { setTimeout as sleep } from 'node:timers/promises'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { becomeMaru, idle, openSpeakerphone, p95, until } from './program.ts'
import { openUhid } from './uhid.ts'

/**
 * Presses of the mute at the device and elsewhere, at random and at the same time: a room in its smallest form decides,
 * and the lamp, the device and the room must soon say the same.
 */

const presses = 200
/** A finger is on the key for 30 ms, and comes down again no sooner than this. */
const fingerMs = 80
const model = phoneModels[1]
const uhid = openUhid()
becomeMaru()
const phone = new VirtualPhone(model)
uhid.plug(phone)
const device = await openSpeakerphone(model, { ...idle, offHook: true })

let muted = false
let shown = false
let heard = 0
device.watch((state) => {
	shown = state.muted && !state.unconfirmed
})
device.onEvent((event) => {
	if (event.type !== 'mute') return
	heard += 1
	decide(event.muted)
})
function decide(next: boolean): void {
	muted = next
	void device.show({ ...idle, offHook: true, muted })
}
await until(() => phone.hook, 'the call is on')

const agreeMs: number[] = []
let pressed = 0
let finger = 0
for (let left = presses; left > 0; ) {
	const burst = Math.min(left, 1 + Math.floor(Math.random() * 5))
	for (let press = 0; press < burst; press++) {
		if (Math.random() < 0.5 && performance.now() - finger > fingerMs) {
			finger = performance.now()
			pressed += phone.press('mute') ? 1 : 0
		} else decide(!muted)
		if (press < burst - 1) await sleep(Math.random() * 60)
	}
	left -= burst
	const last = performance.now()
	await until(() => heard === pressed && phone.muted === muted && shown === muted, 'all agree')
	agreeMs.push(performance.now() - last)
	// The finger leaves the key, which is a report of its own.
	await sleep(fingerMs)
	if (phone.muted !== muted) throw new Error('they agreed, and then no more')
}
console.log(
	JSON.stringify({ presses, bursts: agreeMs.length, pressed, heard, p95: p95(agreeMs), most: Math.max(...agreeMs) }),
)
await device[Symbol.asyncDispose]()
uhid.unplug()
uhid.close()
