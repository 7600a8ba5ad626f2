import { Type } from 'typebox'
import { mostLetters } from './passwords.ts'
import type { CounterRole, HouseRole, MeetingRole } from './roles.ts'

/** Signing in with an account of this appliance, and what has been signed in. */

const closed = { additionalProperties: false }
/** Longer than any account's: what is none is looked at as well, and takes as long. */
const Name = Type.String({ minLength: 1, maxLength: 100 })
const Password = Type.String({ minLength: 1, maxLength: 4 * mostLetters })

export const SignIn = Type.Object({ name: Name, password: Password }, closed)
/** `next` is the password from now on. */
export const PasswordChange = Type.Object({ name: Name, password: Password, next: Password }, closed)

/** Who this browser, or this token, is. */
export interface Standing {
	role: HouseRole | CounterRole | MeetingRole
	/** Of the account; null: it came by a link or a token. */
	name: string | null
	/** By the city's sign-in: there is no password of ours to change. */
	sso?: true
}

/** How one may sign in, besides by a name and a password of this appliance. */
export interface WaysIn {
	/** What stands on the button of the city's sign-in; null: there is none. */
	sso: { ko: string; en: string } | null
}

/**
 * Why the city's sign-in let nobody in, as the address of our page says it: its server does not answer; it gives this person no
 * role here; they gave up there; anything else, which is for another try.
 */
export const ssoFaults = ['sso-away', 'sso-unknown', 'sso-refused', 'sso-failed'] as const
export type SsoFaultCode = (typeof ssoFaults)[number]

/** Whether one may go there after signing in: a page of this house, by its path alone. */
export function isWayBack(path: string): boolean {
	return /^\/(console|counsel|recordings|panel)(#[\w=&%.-]{0,200})?$/.test(path)
}

/** A browser in which somebody is signed in. */
export interface AccountSession {
	id: string
	name: string
	role: HouseRole | CounterRole
	/** 'Chrome · Windows': what it says of itself. */
	browser: string
	/** From where it signed in. */
	address: string
	since: number
	/** By the city's sign-in. */
	sso: boolean
	/** The one that asks. */
	own: boolean
}
