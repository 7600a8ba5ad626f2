import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { phoneSerial } from '../hall.ts'
import { openUhid } from './uhid.ts'

/** Plugs in the hall's phone, which stays until this program ends: the kernel pulls out what nobody holds. */

const uhid = openUhid()
uhid.plug(new VirtualPhone(phoneModels[1]), phoneSerial)
setInterval(() => {}, 60_000)
