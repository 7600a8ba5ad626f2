import type { RehearsalStep } from '../../protocol/rehearsal.ts'
import type { RoomState } from '../../protocol/room-state.ts'

/** Which steps a room is rehearsed in, in the order in which they are told. Pure. */

/** What a room has that its state does not say. */
export interface Equipped {
	/** Whether the hub of this house relays and records. */
	relay: boolean
	recording: boolean
	/** Cameras whose picture comes from a capture device of this machine. */
	captures: () => readonly string[]
}

export function plan(
	{ cameras }: Pick<RoomState, 'cameras'>,
	{ relay, recording, captures }: Equipped,
): RehearsalStep[] {
	const ofCameras = cameras.flatMap(({ id, name, driver, presets }): RehearsalStep[] => {
		const camera = { id, name }
		const answers = { id: `camera ${id}`, kind: 'camera', camera } as const
		if (driver === 'fixed') return [answers]
		if (presets.length === 0) return [answers, { id: `motion ${id}`, kind: 'motion', camera }]
		const views = presets.map(({ slot, name: view }): RehearsalStep => {
			return { id: `preset ${id} ${slot}`, kind: 'preset', camera, preset: { slot, name: view } }
		})
		return [answers, ...views, { id: `return ${id}`, kind: 'return', camera }]
	})
	const captured = captures()
	const pictures = cameras
		.filter(({ id, video }) => video !== 'none' || captured.includes(id))
		.map(({ id, name }): RehearsalStep => ({ id: `picture ${id}`, kind: 'picture', camera: { id, name } }))
	const one = (kind: RehearsalStep['kind']): RehearsalStep => ({ id: kind, kind })
	return [
		...ofCameras,
		one('tone'),
		one('call'),
		...pictures,
		...(relay ? [one('relay')] : []),
		...(relay && recording ? [one('recording')] : []),
		...[one('disk'), one('certificate'), one('clock'), one('speakerphone'), one('backup')],
	]
}

/** Which steps can be tried only where this one did not fail. */
export function leansOn(step: RehearsalStep): string | null {
	switch (step.kind) {
		case 'preset':
		case 'motion':
		case 'return':
			return `camera ${step.camera?.id}`
		case 'picture':
			return 'call'
		default:
			return null
	}
}
