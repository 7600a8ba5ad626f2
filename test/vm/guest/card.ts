import { cardOf, readCards } from '../../../appliance/room/cards.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { createGadget } from './gadget.ts'
import { idle, openSpeakerphone, until } from './program.ts'

/** A phone that is a sound card as well, beside other cards: which of them is its own? */

const phone = new VirtualPhone(phoneModels[1])
const gadget = createGadget(phone, 3, ['uac1'])
await gadget.plug()
await until(() => readCards().some(({ usb }) => usb !== null), 'the host has its card')
const device = await openSpeakerphone(phone.model, idle)
const cards = readCards()
console.log(JSON.stringify({ cards, usb: device.model.usb, own: cardOf(cards, device.model.usb) }))
gadget.unplug()
await device.lost
gadget.close()
