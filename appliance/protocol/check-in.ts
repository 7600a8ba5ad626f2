import { Type } from 'typebox'
import { Id, Line } from './text.ts'

/** Checking in to a class (교육) where it is held: the screen there shows a QR code, a trainee's own phone reads it. */

/** What a phone calls itself: made by its browser at random, and kept there. */
const Phone = Type.String({ pattern: '^[A-Za-z0-9_-]{22,64}$' })
const Code = Type.String({ minLength: 1, maxLength: 200 })

function shape<T extends Record<string, Type.TSchema>>(properties: T) {
	return Type.Object(properties, { additionalProperties: false })
}

/** `code`: what the QR code says after `#`. */
export const ScanRequest = shape({ code: Code, phone: Phone })
/** Who comes: by a name, of several of that name the one meant, or by a link of their own; none: who came by this phone before. */
export const ComeRequest = shape({
	pass: Code,
	phone: Phone,
	name: Type.Optional(Line),
	person: Type.Optional(Id),
	link: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
})
export const GoRequest = shape({ meeting: Id, phone: Phone })

/** For the screen in the hall. */
export interface HallCode {
	link: string
	/** It shows another one then. In the clock of `at`. */
	until: number
	at: number
	/** How many are checked in now. */
	here: number
}

/** How somebody says who they are: by a link of their own alone, by a name on the roll, or by any name. */
export type CheckInRule = 'link' | 'roll' | 'name'

export interface Scanned {
	meeting: string
	title: string
	/** Good for some minutes and this phone: time to say who one is. */
	pass: string
	rule: CheckInRule
	/** Who checked in with this phone before. */
	own: { name: string; here: boolean } | null
}

/** Checked in; or which of several of this name. */
export type Came = { name: string } | { choices: { person: string; bureau: string; title: string }[] }
