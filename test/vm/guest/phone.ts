import { VirtualPhone } from '../../../drivers/virtual/phone.ts'
import { phoneModels } from '../../../drivers/virtual/phone-models.ts'
import { openUhid } from './uhid.ts'

/** Plugs in a phone, which stays until this program ends: the kernel pulls out what nobody holds. */

const uhid = openUhid()
uhid.plug(new VirtualPhone(phoneModels[1]))
setInterval(() => {}, 60_000)
