import { Refusal } from '../protocol/errors.ts'

/**
 * What mediasoup throws, as the asker should hear it. It answers a TypeError or an UnsupportedError to parameters that it
 * cannot take, which is the asker's fault; the rest means that the media behind the call are gone (a worker that died, a transport closed).
 */
export function mediaRefusal(error: unknown): Refusal {
	if (error instanceof Refusal) return error
	const reason = error instanceof Error ? error.message : String(error)
	if (error instanceof TypeError || (error instanceof Error && error.name === 'UnsupportedError')) {
		return new Refusal('bad-message', `the media parameters are not usable: ${reason}`)
	}
	if (error instanceof Error && /^(InvalidState|WorkerClosed|NotFound)Error$/.test(error.name)) {
		return new Refusal('media-unavailable', `the media of this connection are gone: ${reason}`)
	}
	return new Refusal('media-failed', `the media did not come about: ${reason}`)
}
