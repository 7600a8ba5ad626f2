import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { CameraSetup, CameraSetupView, Feel } from '../../../appliance/protocol/facilities.ts'
import type { Answer } from '../../lib/ask.ts'
import type { Api } from './api.ts'

/** How the cameras of the room are set up, as the room keeps it. */
export class Setups {
	/** Null until they were read. */
	list = $state.raw<CameraSetupView[] | null>(null)
	/** Why they could not be read last; null: they could. */
	failed = $state<ErrorCode | null>(null)
	readonly #api: Api

	constructor(api: Api) {
		this.#api = api
	}

	find(id: string): CameraSetupView | null {
		return this.list?.find((one) => one.id === id) ?? null
	}

	async load() {
		const answer = await this.#api.setups()
		this.failed = answer.ok ? null : answer.code
		if (answer.ok) this.list = answer.data
	}

	async put(id: string, setup: CameraSetup): Promise<Answer<unknown>> {
		const answer = await this.#api.setUp(id, setup)
		if (answer.ok) await this.load()
		return answer
	}

	/** How it feels in the hand, whatever else is set up; null: there is no such camera. */
	async feel(id: string, difference: Partial<Feel>): Promise<Answer<unknown> | null> {
		const setup = this.find(id)
		return setup && this.put(id, withFeel(again(setup), { ...feelOf(setup), ...difference }))
	}

	async remove(id: string): Promise<Answer<unknown>> {
		const answer = await this.#api.remove(id)
		if (answer.ok) await this.load()
		return answer
	}
}

/** As it is kept, to be sent back with a change; its password stays the one it has. */
export function again({ setup }: CameraSetupView, difference: Partial<CameraSetup> = {}): CameraSetup {
	const { hasPassword: _, ...kept } = setup
	return { ...kept, ...difference }
}

const usualFeel: Feel = { invertPan: false, invertTilt: false, scale: 1 }

export function feelOf({ setup }: CameraSetupView): Feel {
	return { ...usualFeel, ...setup.feel }
}

/** As every camera feels that nobody has tuned: then there is nothing to keep. */
export function withFeel({ feel: _, ...rest }: CameraSetup, wanted: Feel): CameraSetup {
	const { invertPan, invertTilt, scale } = wanted
	return invertPan || invertTilt || scale !== 1 ? { ...rest, feel: wanted } : rest
}
