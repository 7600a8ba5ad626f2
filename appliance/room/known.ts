import type { Devices } from '../devices/client.ts'
import type { Found } from '../protocol/facilities.ts'
import type { RoomCamera } from './setup.ts'

type Discovery = Awaited<ReturnType<Devices['discover']>>

/** Which of the devices that a search found are cameras of this room already. */
export function knownIn({ cameras, lines, networks }: Discovery, room: readonly RoomCamera[]): Found {
	return {
		// A camera is the same whatever its address is today; only one that was set up by its address alone is known by that.
		cameras: cameras.map((found) => ({
			...found,
			known:
				(room.find(({ uuid }) => uuid === found.uuid) ?? room.find((camera) => isAt(camera, found.host)))?.id ?? null,
		})),
		lines: lines.map((line) => ({ ...line, known: room.find(({ path }) => path === line.path)?.id ?? null })),
		networks,
	}
}

function isAt({ host, uuid }: RoomCamera, address: string): boolean {
	return uuid === undefined && typeof host === 'string' && host.toLowerCase() === address.toLowerCase()
}
