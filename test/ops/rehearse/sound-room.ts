import { expect } from 'vitest'
import { startViscaCamera, type VirtualCamera } from '../../../drivers/virtual/visca-camera.ts'
import { eventually } from '../../eventually.ts'
import { type RehearsedRoom, startRehearsedRoom } from './rehearsed-room.ts'

const places = [
	{ pan: 20, tilt: 0, zoom: 0, unit: 'degrees' },
	{ pan: 0, tilt: 0, zoom: 0, unit: 'degrees' },
] as const

/** One camera with two views, at the second of which it stands; sound, and a speakerphone. */
export async function startSoundRoom(ends: (() => unknown)[]): Promise<{ hall: RehearsedRoom; camera: VirtualCamera }> {
	const camera = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	ends.push(() => camera.close())
	const front = { id: 'front', driver: 'visca-ip', host: '127.0.0.1', port: camera.port }
	const hall = await startRehearsedRoom({ cameras: [front], presets: { front: [...places] } })
	ends.push(() => hall.close())
	await eventually(() => expect(hall.view('front')?.status).toBe('ready'))
	await eventually(() => expect(hall.room.state().state.speakerphone.status).toBe('ready'))
	await eventually(() => expect(hall.room.state().state.stage.status).toBe('ready'))
	return { hall, camera }
}
