import type { Logger } from 'pino'
import type { Position, Velocity } from '../../drivers/camera.ts'
import { Refusal } from '../protocol/errors.ts'
import type { MotionTest } from '../protocol/facilities.ts'
import type { Result } from '../protocol/messages.ts'
import { failed } from './result.ts'
import { tryMotion } from './trial.ts'

/** One camera, driven by the one who tests it. */
interface TestDrive {
	move(velocity: Velocity, forMs: number): Promise<Result>
	stop(): Promise<Result>
	position(): Promise<Position | null>
	moveTo(position: Position): Promise<Result>
	mirrored: boolean
	/** Counts what was ordered of it, by whomever. */
	turn(): number
}

export interface Trials {
	/** It is being tested. */
	busy(camera: string): boolean
	/** One at a time. Rejects with a Refusal: 'busy', or what a camera can't be driven for; with what was thrown by a bug. */
	run(camera: string, drive: TestDrive): Promise<MotionTest>
}

/** Tests of movement, one for each camera at a time. Whoever stops or drives the camera meanwhile ends its test. */
export function createTrials(log: Logger): Trials {
	const running = new Set<string>()

	async function run(drive: TestDrive): Promise<MotionTest> {
		let mine = drive.turn()
		const still = () => {
			if (drive.turn() !== mine) throw new Refusal('busy', 'the camera was stopped or driven during the test')
		}
		const act = async (order: () => Promise<Result>) => {
			still()
			const acting = order()
			mine = drive.turn()
			const result = await acting
			if (!result.ok) throw new Refusal(result.code, result.message)
			still()
		}
		try {
			const verdict = await tryMotion({
				move: (velocity, forMs) => act(() => drive.move(velocity, forMs)),
				stop: () => act(drive.stop),
				position: drive.position,
				moveTo: (position) => act(() => drive.moveTo(position)),
				mirrored: drive.mirrored,
			})
			still()
			return verdict
		} catch (error) {
			const result = failed(error, log)
			if (result.ok || notOfTheCamera.has(result.code)) throw error
			if (drive.turn() === mine) void drive.stop()
			return { outcome: 'failed', reason: result.code, startedMs: null, moved: null, restored: null }
		}
	}

	return {
		busy: (camera) => running.has(camera),
		async run(camera, drive) {
			running.add(camera)
			try {
				return await run(drive)
			} finally {
				running.delete(camera)
			}
		},
	}
}

const notOfTheCamera: ReadonlySet<string> = new Set(['busy', 'leased', 'no-camera', 'internal'])
