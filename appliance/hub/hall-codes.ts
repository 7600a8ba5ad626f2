import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Refusal } from '../protocol/errors.ts'

/**
 * What the QR code in the hall of a class says: which class, and when it was shown. It changes twice a minute and is taken
 * for little longer, so that a photograph sent home is worth nothing by the time it is read. Whoever reads it in time is
 * given a pass for their phone, and then has time to say who they are. Pure: key and clock are arguments.
 */

export const codeEveryMs = 30_000
/** After it was shown first: whoever reads it in its last second has time to be answered. */
const codeGoodMs = 75_000
const passGoodMs = 10 * 60_000

/** A guess in 2^96. */
const signBytes = 12

export function codeOf(key: Uint8Array, meeting: string, now: number): { code: string; until: number } {
	const from = Math.floor(now / codeEveryMs) * codeEveryMs
	return { code: signed(key, 'code', meeting, from), until: from + codeEveryMs }
}

/** Which class it is of. Throws 'forged', 'expired'. */
export function readCode(key: Uint8Array, code: string, now: number): string {
	return read(key, 'code', code, now, codeGoodMs)
}

export function passFor(key: Uint8Array, meeting: string, phone: string, now: number): string {
	return signed(key, `pass ${phone}`, meeting, now)
}

/** Throws 'forged' (also for the pass of another phone), 'expired'. */
export function readPass(key: Uint8Array, pass: string, phone: string, now: number): string {
	return read(key, `pass ${phone}`, pass, now, passGoodMs)
}

/** What is kept of a phone: nothing that tells it in another class. */
export function digestOf(meeting: string, phone: string): string {
	return createHash('sha256').update(`${meeting} ${phone}`).digest('base64url').slice(0, 22)
}

function signed(key: Uint8Array, use: string, meeting: string, at: number): string {
	const said = `${meeting}.${at.toString(36)}`
	return `${said}.${sign(key, `${use} ${said}`).toString('base64url')}`
}

function read(key: Uint8Array, use: string, text: string, now: number, goodMs: number): string {
	const [meeting = '', time = '', shown = '', ...more] = text.split('.')
	const given = Buffer.from(shown, 'base64url')
	const right = sign(key, `${use} ${meeting}.${time}`)
	if (more.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) {
		throw new Refusal('forged', 'this code was not made here, or not for this phone')
	}
	if (now - Number.parseInt(time, 36) > goodMs) throw new Refusal('expired', 'this code was shown too long ago')
	return meeting
}

function sign(key: Uint8Array, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest().subarray(0, signBytes)
}
