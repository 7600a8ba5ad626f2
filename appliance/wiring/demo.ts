import type { DatabaseSync } from 'node:sqlite'
import { demoPresets } from '../config-demo.ts'
import type { Hub } from '../hub/hub.ts'
import type { Identity } from '../identity/identity.ts'
import { openPresets } from '../room/presets.ts'
import type { Room } from '../room/room.ts'
import type { House } from './house.ts'

/** What the demo room has from the start: seats that its camera knows, a meeting, and every way in. */

export function seedPresets(db: DatabaseSync): void {
	const presets = openPresets(db)
	if (presets.list('front').length > 0) return
	for (const { slot, seat, pan, tilt, zoom } of demoPresets) {
		presets.save('front', slot, seat, { pan, tilt, zoom, unit: 'degrees', at: 0 })
	}
}

interface Around {
	room: Room
	hub: Hub
	identity: Identity
}

/** Has the room join the demo's meeting, and answers a line for each way in. */
export async function enterDemo(house: House, { room, hub, identity }: Around): Promise<string[]> {
	const { loopback, outside } = house
	const meeting = await meetingOf(hub)
	// Back by itself after a restart; the first time it is told to.
	if (room.state().state.call.phase === 'idle') {
		void room.dispatch({ type: 'room.join', meeting }, { id: 'demo', label: 'demo', role: 'panel' })
	}
	const [here, away] = [await hub.links(meeting, loopback), await hub.links(meeting)]
	const [kiosk, official] = await Promise.all([identity.issue({ role: 'kiosk' }), identity.issue({ role: 'official' })])
	return [
		`attend  ${here.member}`,
		`chair   ${here.chair}`,
		`desk    ${here.clerk.replace('/attend#', '/console#')}`,
		`watch   ${here.viewer}`,
		`others  ${away.member}`,
		`kiosk   ${loopback}/kiosk#${kiosk}`,
		`lobby   ${loopback}/lobby#${kiosk}`,
		`counsel ${loopback}/counsel#${official}`,
		`trust   ${outside}/trust`,
	]
}

async function meetingOf(hub: Hub): Promise<string> {
	const open = hub.list().find(({ phase }) => phase === 'open')
	return open?.id ?? (await hub.create({ title: '시연 회의', kind: 'council' })).id
}
