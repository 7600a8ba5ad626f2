import type { Velocity } from '../../drivers/camera.ts'
import type { Feel } from './messages.ts'

/**
 * What a camera is told when a hand asks for this. All axes are scaled as one vector, so that a diagonal keeps its
 * direction, also where it asks for more than full speed. Positions are not touched: they stay the camera's own.
 */
export function felt({ pan, tilt, zoom }: Velocity, feel: Feel): Velocity {
	const scale = feel.scale / Math.max(1, Math.abs(pan), Math.abs(tilt))
	return {
		pan: turned(pan * scale, feel.invertPan),
		tilt: turned(tilt * scale, feel.invertTilt),
		zoom: zoom * feel.scale,
	}
}

const turned = (part: number, invert: boolean) => (invert && part !== 0 ? -part : part)
