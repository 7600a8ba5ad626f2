import { SpeakerphoneError, type SpeakerphoneEvent } from '../../../drivers/speakerphone.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { becomeMaru, idle, openSpeakerphone, until } from './program.ts'
import { openUhid } from './uhid.ts'

/**
 * Plugs in one phone of each kind, or only the one of the kind that is named, and looks what the driver makes of it, as
 * the service's user.
 */

const [, , kind] = process.argv
const uhid = openUhid()
becomeMaru()
for (const model of phoneModels) {
	if (kind !== undefined && model.kind !== kind) continue
	const phone = new VirtualPhone(model)
	uhid.plug(phone)
	const said = await look(phone).catch((error: unknown) => {
		if (error instanceof SpeakerphoneError) return { kind: model.kind, code: error.code, command: error.detail }
		throw error
	})
	console.log(JSON.stringify(said))
	uhid.unplug()
}
uhid.close()

async function look(phone: VirtualPhone) {
	const device = await openSpeakerphone(phone.model, idle)
	const events: SpeakerphoneEvent[] = []
	device.onEvent((event) => events.push(event))
	await device.show({ ...idle, offHook: true })
	await until(() => phone.hook, 'the phone knows of the call')
	phone.press('mute')
	await until(() => events.length > 0, 'the press arrives')
	await device.show({ ...idle, offHook: true, muted: true })
	await until(() => phone.muted, 'the lamp is lit')
	await device.show(idle)
	await until(() => !phone.hook && !phone.muted, 'the phone is at rest')
	await device[Symbol.asyncDispose]()
	return { kind: phone.model.kind, capabilities: device.capabilities, events }
}
