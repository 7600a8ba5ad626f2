import { join } from 'node:path'
import { checkCamera } from '../config-camera.ts'
import { networksOf } from '../config-networks.ts'
import type { DevicesOptions } from '../devices/client.ts'
import { readSecret, replaceSecret } from '../identity/secret-file.ts'
import { openDatabase } from '../ops/database.ts'
import type { RoomConfig } from '../room/room.ts'
import { deviceOf, openSetups, type Setups } from '../room/setup.ts'
import type { House } from './house.ts'

/** The room and its devices, as maru.yaml and the console say. */

export function openCameras({ config, demo, dataDir, db, log }: House): Setups {
	const secretFile = join(dataDir, 'secrets', 'cameras.json')
	return openSetups({
		// The demo's cameras have other addresses the next time.
		db: demo ? openDatabase(':memory:') : db,
		file: config.cameras,
		secrets: demo
			? { read: () => null, write() {} }
			: { read: () => readSecret(secretFile), write: (text) => replaceSecret(secretFile, text) },
		check: checkCamera,
		log: log.child({ module: 'setup' }),
	})
}

export function devicesOptions({ config, dataDir, log }: House, { cameras }: Setups): DevicesOptions {
	const { microphones, seats, speakerphone } = config
	return {
		cameras: cameras.flatMap(deviceOf),
		microphones: microphones === 'none' ? null : { system: microphones, seats: seats.map(({ id }) => id) },
		speakerphone: speakerphone === 'none' ? null : speakerphone,
		log: log.child({ module: 'devices' }),
		cacheDir: join(dataDir, 'cache', 'devices'),
		pins: join(dataDir, 'camera-certificates.json'),
		networks: networksOf(config),
	}
}

export function roomConfig({ config, demo }: House): RoomConfig {
	const { room, seats, stage, audio, counsel } = config
	return {
		...room,
		demo,
		counter: counsel !== undefined,
		seats: seats.map(({ id, name, camera = null, preset = null }) => ({ id, name, camera, preset })),
		stage: {
			display: stage.display,
			fakeDevices: stage.devices === 'virtual',
			standBy: stage.standBy,
		},
		sound: {
			microphone: audio.input === 'default' ? null : audio.input,
			output: audio.output === 'default' ? null : audio.output,
			processing: audio.processing === 'browser',
			delayMs: audio.delayMs,
		},
	}
}
