import { VirtualPhone } from '../../drivers/virtual/phone.ts'
import { phoneModels } from '../../drivers/virtual/phone-models.ts'
import { servePhone } from '../../drivers/virtual/phone-server.ts'
import { openSite } from '../scene/appliance.ts'
import { memberLink } from '../scene/attendee.ts'
import { openMember } from '../scene/member.ts'
import { openPanel } from '../scene/panel.ts'
import { percentile, until } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'

/**
 * The room's mute, pressed by turns at the speakerphone and at the panel: how long until the device's lamp, the panel and
 * the hub, as another attendee is told of it, all say the same. A whole room in a meeting; the device alone is virtual.
 */
const presses = 120
const warmUp = 10
/** A finger needs its time. */
const spacingMs = 120

export async function mutesAgree(port: number): Promise<Figure[]> {
	const phone = new VirtualPhone(phoneModels[1])
	const cable = await servePhone(phone)
	const { host, port: at } = cable
	const site = await openSite({ addresses: [] }, port, { speakerphone: { driver: 'virtual-phone', host, port: at } })
	try {
		const appliance = await site.start()
		const panel = await openPanel(appliance.origin, appliance.token('panel'))
		await panel.command({ type: 'room.start' })
		const { call } = await panel.until('the room to be in a call', ({ call }) => call.phase === 'inCall', 30_000)
		const link = new URL(await memberLink(appliance, call.meeting?.id ?? ''))
		const member = await openMember({ origin: appliance.origin, token: link.hash.slice(1), name: '측정' })
		const atHub = () =>
			member.people.find(({ role }) => role === 'room')?.sources.find(({ use }) => use === 'microphone')?.muted
		await until('the hub to have the room, open', () => atHub() === false && phone.hook)

		const took = { lamp: [] as number[], panel: [] as number[], hub: [] as number[], all: [] as number[] }
		for (let press = 0; press < presses + warmUp; press++) {
			const muted = press % 2 === 0
			const begun = performance.now()
			// Two and two, so that both sides mute and open.
			if (press % 4 < 2) phone.press('mute')
			else void panel.command({ type: 'room.mute', muted })
			const ends = { lamp: 0, panel: 0, hub: 0 }
			const says = { lamp: () => phone.muted, panel: () => panel.state()?.muted, hub: atHub }
			await until(
				'all to agree',
				() => {
					for (const side of ['lamp', 'panel', 'hub'] as const) {
						if (ends[side] === 0 && says[side]() === muted) ends[side] = performance.now() - begun
					}
					return Object.values(ends).every((end) => end > 0)
				},
				10_000,
				1,
			)
			if (press >= warmUp) {
				for (const side of ['lamp', 'panel', 'hub'] as const) took[side].push(ends[side])
				took.all.push(Math.max(...Object.values(ends)))
			}
			await until('the finger to leave the key', () => performance.now() - begun > spacingMs, 1_000, 5)
		}
		member.close()
		panel.close()
		return (['lamp', 'panel', 'hub', 'all'] as const).map((side) =>
			figure(`mute pressed → ${side}, p95`, 'ms', percentile(took[side], 0.95), 150, 'the promise', 1),
		)
	} finally {
		await site.close()
		cable.close()
	}
}
