import type { Camera, CameraState, Position } from '../../drivers/camera.ts'
import type { DeviceError } from '../../drivers/device.ts'

export interface FakeCamera extends Camera {
	/** Names of what was called, in order. */
	readonly calls: string[]
	readonly disposed: boolean
	show(change: Partial<CameraState>): void
	lose(reason: DeviceError): void
}

/** A camera at the driver's seam: obeys at once, except where `over` says otherwise. */
export function fakeCamera(over: Partial<Camera> = {}): FakeCamera {
	const calls: string[] = []
	const listeners = new Set<(state: CameraState) => void>()
	const { promise: lost, resolve: lose } = Promise.withResolvers<DeviceError | undefined>()
	let state: CameraState = { moving: false, position: null, fault: null, firmware: null }
	let disposed = false

	function show(change: Partial<CameraState>): void {
		state = { ...state, ...change }
		for (const listener of listeners) listener(state)
	}

	const obeys: Camera = {
		capabilities: {
			panTilt: { speeds: 24 },
			zoom: { speeds: 8 },
			presets: null,
			focus: null,
			positions: 'degrees',
		},
		video: null,
		lost,
		watch(listener) {
			listeners.add(listener)
			listener(state)
			return () => listeners.delete(listener)
		},
		move: async () => show({ moving: true }),
		stop: async () => show({ moving: false }),
		home: async () => {},
		position: async (): Promise<Position> => ({ pan: 1, tilt: 2, zoom: 0, unit: 'degrees', at: 0 }),
		moveTo: async () => {},
		focus: async () => {},
		recallSlot: async () => {},
		saveSlot: async () => {},
		health: () => ({ ackMs: 16, timeouts: 2, clockOffsetMs: null, model: 'fake' }),
		async [Symbol.asyncDispose]() {
			disposed = true
			lose(undefined)
		},
	}
	const camera = { ...obeys, ...over }
	const noted = <A extends unknown[], R>(name: string, call: (...args: A) => R) => {
		return (...args: A): R => {
			calls.push(name)
			return call(...args)
		}
	}
	return {
		...camera,
		move: noted('move', camera.move),
		stop: noted('stop', camera.stop),
		home: noted('home', camera.home),
		moveTo: noted('moveTo', camera.moveTo),
		focus: noted('focus', camera.focus),
		calls,
		get disposed() {
			return disposed
		},
		show,
		lose,
	}
}
