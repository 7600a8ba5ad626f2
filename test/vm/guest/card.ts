import { cardOf, readCards } from '../../../appliance/room/cards.ts'
import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { createGadget } from './gadget.ts'
import { idle, openSpeakerphone } from './program.ts'

/** A phone on a USB cable, beside sound cards of this machine: which of them is its own? */

const phone = new VirtualPhone(phoneModels[1])
const gadget = createGadget(phone, 3)
await gadget.plug()
const device = await openSpeakerphone(phone.model, idle)
const cards = readCards()
const { usb } = device.model
console.log(JSON.stringify({ cards, usb, own: cardOf(cards, usb) }))
gadget.unplug()
await device.lost
gadget.close()
