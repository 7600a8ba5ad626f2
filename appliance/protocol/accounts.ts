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
	/** The one that asks. */
	own: boolean
}
