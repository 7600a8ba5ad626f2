import { createHmac } from 'node:crypto'
import type { IceServer } from '../protocol/media.ts'

/** A TURN server of the city's (coturn with `use-auth-secret`), for networks that let nothing else through. */
export interface Turn {
	/** turns:turn.city.example:443?transport=tcp */
	urls: readonly string[]
	secret: string
	/** All media goes by it, also where another way is open. */
	always: boolean
}

/** A meeting is over by then. */
const goodForSeconds = 12 * 3_600

/**
 * What a client is told, good for twelve hours from `now` (ms): the name is the time of expiry and an id, the password its
 * HMAC (draft-uberti-behave-turn-rest-00, §2.2; coturn's README.turnserver, "use-auth-secret").
 */
export function iceServerOf({ urls, secret }: Turn, person: string, now: number): IceServer {
	const username = `${Math.floor(now / 1_000) + goodForSeconds}:${person}`
	return { urls: [...urls], username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
