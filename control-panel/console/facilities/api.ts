import type { DiagnosisView } from '../../../appliance/protocol/diagnosis.ts'
import type {
	CameraHealthView,
	CameraSetup,
	CameraSetupView,
	Found,
	MotionTest,
	PresetFile,
} from '../../../appliance/protocol/facilities.ts'
import type { PairingApproval, PairingAsk, PanelView, PinView } from '../../../appliance/protocol/pairing.ts'
import { ask } from '../../lib/ask.ts'

/** What the facilities page asks over HTTP, with the right of its own token. Nothing here rejects. */

/** The search listens for four seconds; a test waits for a head that may be slow. */
const patientMs = 45_000

export type Api = ReturnType<typeof createApi>

export function createApi(token: string | null) {
	const asked = <T>(method: string, path: string, body?: unknown, deadlineMs?: number) =>
		ask<T>({ method, path, token, body, ...(deadlineMs === undefined ? {} : { deadlineMs }) })

	const camera = (id: string, what: string) => `cameras/${encodeURIComponent(id)}/${what}`
	const panel = (id: string) => `panels/${encodeURIComponent(id)}`
	const setup = (id: string) => `facilities/cameras/${encodeURIComponent(id)}`

	return {
		setups: () => asked<CameraSetupView[]>('GET', 'facilities/cameras'),
		setUp: (id: string, body: CameraSetup) => asked<unknown>('PUT', setup(id), body),
		remove: (id: string) => asked<unknown>('DELETE', setup(id)),
		discover: () => asked<Found>('POST', 'facilities/discover', {}, patientMs),
		health: (id: string) => asked<CameraHealthView>('GET', camera(id, 'health')),
		test: (id: string) => asked<MotionTest>('POST', camera(id, 'test'), {}, patientMs),
		presets: (id: string) => asked<PresetFile>('GET', camera(id, 'presets')),
		putPresets: (id: string, file: PresetFile) => asked<unknown>('PUT', camera(id, 'presets'), file),
		aimSeat: (seat: string, aim: { camera: string | null; preset: number | null }) =>
			asked<unknown>('PUT', `seats/${encodeURIComponent(seat)}`, aim),
		doctor: () => asked<DiagnosisView>('GET', 'doctor', undefined, patientMs),
		panels: () => asked<PanelView[]>('GET', 'panels'),
		lookAtCode: (code: string) => asked<PairingAsk>('POST', 'pairing/look', { code }),
		letIn: (id: string, approval: PairingApproval) => asked<unknown>('PUT', panel(id), approval),
		shutOut: (id: string) => asked<unknown>('DELETE', panel(id)),
		bringBack: (id: string) => asked<unknown>('POST', `${panel(id)}/restore`),
		pin: () => asked<PinView>('GET', 'settings/pin'),
		setPin: (pin: string) => asked<PinView>('PUT', 'settings/pin', { pin }),
		clearPin: () => asked<PinView>('DELETE', 'settings/pin'),
	}
}
