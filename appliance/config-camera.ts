import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type Placed, schemaFaults } from './config-faults.ts'
import { type CameraConfig, cameraDrivers } from './config-schema.ts'
import { Refusal } from './protocol/errors.ts'

/** A camera by the schema of its driver, whether the file says it or facilities staff at run time. */

/** Undefined: there is no such driver. */
export function schemaOf(driver: unknown): TSchema | undefined {
	return typeof driver === 'string' && Object.hasOwn(cameraDrivers, driver)
		? cameraDrivers[driver as keyof typeof cameraDrivers]
		: undefined
}

export function cameraFaults(camera: Record<string, unknown>, path: (string | number)[]): Placed[] {
	const { driver } = camera
	if (typeof driver !== 'string') return [] // said by the schema
	const schema = schemaOf(driver)
	return schema ? schemaFaults(schema, camera, path) : [{ path: [...path, 'driver'], message: noDriver(driver) }]
}

function noDriver(driver: string): string {
	return `there is no driver '${driver}'; there are: ${Object.keys(cameraDrivers).join(', ')}`
}

/** A camera set up at run time, with its defaults. Throws a Refusal: 'no-such-driver', 'bad-message' with every fault. */
export function checkCamera(camera: Record<string, unknown>): CameraConfig {
	const schema = schemaOf(camera.driver)
	if (!schema) throw new Refusal('no-such-driver', noDriver(String(camera.driver)))
	const whole = Value.Default(schema, structuredClone(camera))
	const faults = schemaFaults(schema, whole, ['camera'])
	if (faults.length > 0) throw new Refusal('bad-message', faults.map(({ message }) => message).join('; '))
	return whole as CameraConfig
}
