import type { Logger } from 'pino'
import { type ErrorCode, errorCodes, isStorageFault, notSaved, Refusal } from '../protocol/errors.ts'
import type { Result } from '../protocol/messages.ts'

const codes: ReadonlySet<string> = new Set(errorCodes)

export function refused(code: ErrorCode, message: string): { ok: false; code: ErrorCode; message: string } {
	return { ok: false, code, message }
}

/**
 * The result of something asked of a device or the hub. What they refuse has a code; anything else is a bug of ours,
 * answered 'internal' and logged.
 */
export async function resultOf(promise: Promise<unknown>, log: Logger): Promise<Result> {
	try {
		await promise
		return { ok: true }
	} catch (error) {
		return failed(error, log)
	}
}

export function failed(error: unknown, log: Logger): Result {
	const code = error instanceof Error && 'code' in error ? String(error.code) : ''
	if (error instanceof Refusal || (error instanceof Error && error.name === 'DeviceError' && codes.has(code))) {
		return refused(code as ErrorCode, error.message)
	}
	if (isStorageFault(error)) {
		log.error({ err: error }, 'the disk took nothing of what a command changes')
		return refused('not-saved', notSaved)
	}
	log.error({ err: error }, 'a command failed by a fault of ours')
	return refused('internal', 'internal fault')
}
