import { DeviceError } from './device.ts'

/** What was made, once it has started. Where that fails, or it is no longer wanted meanwhile, it is disposed of. */
export async function whileWanted<Made extends AsyncDisposable>(
	made: Made,
	signal: AbortSignal,
	start: () => Promise<unknown>,
): Promise<Made> {
	const abort = () => void made[Symbol.asyncDispose]()
	signal.addEventListener('abort', abort, { once: true })
	try {
		if (signal.aborted) throw new DeviceError('lost', 'no longer wanted')
		await start()
		return made
	} catch (error) {
		await made[Symbol.asyncDispose]()
		throw error
	} finally {
		signal.removeEventListener('abort', abort)
	}
}
