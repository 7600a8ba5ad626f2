import type { CameraCapabilities, Position } from '../../drivers/camera.ts'
import type { RehearsalView } from '../protocol/rehearsal.ts'
import type {
	CameraStatus,
	CameraView,
	ParticipantView,
	PresetView,
	RoomState,
	SeatView,
	SpeakerphoneView,
} from '../protocol/room-state.ts'

/** Everything that changes what panels see. `at` is when, in milliseconds since the epoch. */
export type RoomEvent =
	| { type: 'call'; call: Omit<RoomState['call'], 'meeting'> }
	| { type: 'meeting'; meeting: RoomState['call']['meeting'] }
	| { type: 'phone'; muted: boolean; volume: number; ring: RoomState['ring'] }
	| { type: 'speakerphone'; speakerphone: Omit<SpeakerphoneView, 'since'>; at: number }
	| { type: 'sound'; sound: RoomState['sound'] }
	| { type: 'hub'; status: RoomState['hub']['status']; at: number }
	| { type: 'stage'; status: RoomState['stage']['status']; reason: string | null; at: number }
	| { type: 'devices'; status: RoomState['devices']['status']; at: number }
	| { type: 'participants'; participants: ParticipantView[] }
	| { type: 'meetings'; meetings: RoomState['meetings'] }
	| { type: 'attend'; address: string | null }
	| { type: 'rehearsal'; rehearsal: RehearsalView }
	| { type: 'seat'; seat: string; mic: SeatView['mic'] }
	| {
			type: 'camera'
			camera: string
			status: CameraStatus
			reason: string | null
			position: Position | null
			capabilities: CameraCapabilities | null
			at: number
	  }
	/** These cameras and no others, in this order. `anew`: another device than before, of which nothing is known yet. */
	| {
			type: 'cameras'
			cameras: readonly { id: string; name: string; driver: string; blind?: boolean; anew: boolean }[]
			at: number
	  }
	| { type: 'aims'; aims: readonly { id: string; camera: string | null; preset: number | null }[] }
	| { type: 'motion'; camera: string; motion: CameraView['motion'] }
	| { type: 'undo'; camera: string; undo: CameraView['undo'] }
	| { type: 'stream'; camera: string; stream: CameraView['stream'] }
	| { type: 'lease'; camera: string; lease: CameraView['lease'] }
	| { type: 'presets'; camera: string; presets: PresetView[] }
	| { type: 'preset'; camera: string; preset: number | null }
	| { type: 'video'; camera: string; video: CameraView['video'] }

/** The next state; the same object when nothing that a panel could see has changed. */
export function reduce(state: RoomState, event: RoomEvent): RoomState {
	switch (event.type) {
		case 'call':
			return change(state, { call: change(state.call, event.call) })
		case 'meeting':
			return change(state, { call: change(state.call, { meeting: event.meeting }) })
		case 'phone': {
			const { muted, volume, ring } = event
			return change(state, { muted, volume, ring })
		}
		case 'speakerphone': {
			const { status, reason } = event.speakerphone
			const { speakerphone: before } = state
			const since = status === before.status && reason === before.reason ? before.since : event.at
			return change(state, { speakerphone: change(before, { ...event.speakerphone, since }) })
		}
		case 'rehearsal':
			return change(state, { rehearsal: event.rehearsal })
		case 'sound':
			return change(state, { sound: event.sound })
		case 'hub':
			return change(state, { hub: dated(state.hub, { status: event.status }, event.at) })
		case 'stage':
			return change(state, { stage: dated(state.stage, { status: event.status, reason: event.reason }, event.at) })
		case 'devices': {
			const next = change(state, { devices: dated(state.devices, { status: event.status }, event.at) })
			if (event.status === 'ready') return next
			// What the cameras do while nobody watches them is unknown, and nothing can be ordered.
			return change(next, {
				cameras: same(
					next.cameras,
					next.cameras.map((camera) => stale(camera, event.at)),
				),
			})
		}
		case 'participants':
			return change(state, { participants: event.participants })
		case 'meetings':
			return change(state, { meetings: event.meetings })
		case 'attend':
			return change(state, { addresses: { attend: event.address } })
		case 'seat': {
			const seats = state.seats.map((seat) => (seat.id === event.seat ? change(seat, { mic: event.mic }) : seat))
			return change(state, { seats: same(state.seats, seats) })
		}
		case 'aims': {
			const aimed = state.seats.map((seat) => {
				const aim = event.aims.find(({ id }) => id === seat.id)
				return aim ? change(seat, { camera: aim.camera, preset: aim.preset }) : seat
			})
			return change(state, { seats: same(state.seats, aimed) })
		}
		case 'cameras': {
			const cameras = event.cameras.map(({ id, name, driver, blind = false, anew }) => {
				const before = state.cameras.find((view) => view.id === id)
				if (before && !anew) return change(before, { name })
				// Its picture may come another way than the device.
				const { video = 'none', stream = null } = before ?? {}
				return { ...newCamera(id, name, driver, event.at), ...(blind ? { blind } : {}), video, stream }
			})
			return change(state, { cameras: same(state.cameras, cameras) })
		}
		case 'motion':
			return camera(state, event.camera, () => ({ motion: event.motion }))
		case 'undo':
			return camera(state, event.camera, () => ({ undo: event.undo }))
		case 'camera':
			return camera(state, event.camera, (view) => ({
				...dated(view, { status: event.status, reason: event.reason }, event.at),
				position: newer(view.position, event.position),
				capabilities: event.capabilities ?? view.capabilities,
				blind: isBlind(view, event.capabilities),
			}))
		case 'stream':
			return camera(state, event.camera, () => ({ stream: event.stream }))
		case 'lease':
			return camera(state, event.camera, () => ({ lease: event.lease }))
		case 'presets':
			return camera(state, event.camera, () => ({ presets: event.presets }))
		case 'preset':
			return camera(state, event.camera, () => ({ preset: event.preset }))
		case 'video':
			return camera(state, event.camera, () => ({ video: event.video }))
	}
}

/** Of which nothing is known yet. */
function newCamera(id: string, name: string, driver: string, since: number): CameraView {
	return {
		id,
		name,
		driver,
		// A fixed camera has no driver that could tell: its picture is all there is of it.
		status: driver === 'fixed' ? 'ready' : 'off',
		reason: null,
		since,
		position: null,
		capabilities: { panTilt: null, zoom: null, presets: null, focus: null, positions: null },
		motion: null,
		undo: null,
		presets: [],
		preset: null,
		lease: null,
		video: 'none',
		stream: null,
	}
}

/** By its setup, or because it turned out to tell nothing of its movements; one that tells where it is isn't. */
function isBlind(view: CameraView, capabilities: CameraCapabilities | null): true | undefined {
	if (capabilities?.unseen) return true
	return capabilities?.positions ? undefined : view.blind
}

/** A camera that says again where it stands is no news to a panel. */
function newer(before: Position | null, after: Position | null): Position | null {
	if (before === null || after === null) return after ?? before
	const still = before.pan === after.pan && before.tilt === after.tilt && before.zoom === after.zoom
	return still && before.unit === after.unit ? before : after
}

function stale(view: CameraView, at: number): CameraView {
	if (view.driver === 'fixed' || (view.status !== 'ready' && view.status !== 'moving')) return view
	return { ...view, status: 'stale', reason: 'lost', since: at }
}

function camera(state: RoomState, id: string, difference: (view: CameraView) => Partial<CameraView>): RoomState {
	const cameras = state.cameras.map((view) => (view.id === id ? change(view, difference(view)) : view))
	return change(state, { cameras: same(state.cameras, cameras) })
}

/** A status with its date, which stands as long as the status does. */
function dated<T extends { since: number }>(before: T, difference: Partial<T>, at: number): T {
	const after = change(before, difference)
	return after === before ? before : { ...after, since: at }
}

/** A copy with these fields, or the same object when they are so already. Values are small and plain. */
function change<T extends object>(before: T, difference: Partial<T>): T {
	const keys = Object.keys(difference) as (keyof T)[]
	const changed = keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(difference[key]))
	return changed ? { ...before, ...difference } : before
}

function same<T>(before: T[], after: T[]): T[] {
	return after.length === before.length && after.every((value, index) => value === before[index]) ? before : after
}
