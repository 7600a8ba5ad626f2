import { type ErrorCode, errorCodes } from '../../../appliance/protocol/errors.ts'
import type {
	CameraHealthView,
	CameraSetup,
	CameraSetupView,
	Found,
	MotionTest,
	PresetFile,
} from '../../../appliance/protocol/facilities.ts'

/** What the facilities page asks over HTTP, with the right of its own token. Nothing here rejects. */

export type Answer<T> = { ok: true; data: T } | { ok: false; code: ErrorCode; detail: string }

const usualMs = 15_000
/** The search listens for four seconds; a test waits for a head that may be slow. */
const patientMs = 45_000

export type Api = ReturnType<typeof createApi>

export function createApi(token: string) {
	async function ask<T>(method: string, path: string, body?: unknown, deadlineMs = usualMs): Promise<Answer<T>> {
		try {
			const response = await fetch(`/api/v1/${path}`, {
				method,
				cache: 'no-store',
				signal: AbortSignal.timeout(deadlineMs),
				headers: {
					authorization: `Bearer ${token}`,
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
				},
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			})
			if (!response.ok) return refusal(await response.json().catch(() => null))
			return { ok: true, data: await response.json() }
		} catch (error) {
			const late = error instanceof DOMException && error.name === 'TimeoutError'
			return { ok: false, code: late ? 'timeout' : 'lost', detail: '' }
		}
	}

	const camera = (id: string, what: string) => `cameras/${encodeURIComponent(id)}/${what}`
	const setup = (id: string) => `facilities/cameras/${encodeURIComponent(id)}`

	return {
		setups: () => ask<CameraSetupView[]>('GET', 'facilities/cameras'),
		setUp: (id: string, body: CameraSetup) => ask<unknown>('PUT', setup(id), body),
		remove: (id: string) => ask<unknown>('DELETE', setup(id)),
		discover: () => ask<Found>('POST', 'facilities/discover', {}, patientMs),
		health: (id: string) => ask<CameraHealthView>('GET', camera(id, 'health')),
		test: (id: string) => ask<MotionTest>('POST', camera(id, 'test'), {}, patientMs),
		presets: (id: string) => ask<PresetFile>('GET', camera(id, 'presets')),
		putPresets: (id: string, file: PresetFile) => ask<unknown>('PUT', camera(id, 'presets'), file),
		aimSeat: (seat: string, aim: { camera: string | null; preset: number | null }) =>
			ask<unknown>('PUT', `seats/${encodeURIComponent(seat)}`, aim),
	}
}

/** From a problem document (RFC 9457); whatever else came is a fault of ours. */
function refusal(problem: unknown): { ok: false; code: ErrorCode; detail: string } {
	const { code, detail } = { ...(problem as { code?: unknown; detail?: unknown } | null) }
	return {
		ok: false,
		code: errorCodes.find((known) => known === code) ?? 'internal',
		detail: typeof detail === 'string' ? detail : '',
	}
}
