import { createHash, randomBytes } from 'node:crypto'
import { escapeXml } from './xml.ts'

/** WS-Security's UsernameToken with a digest of the password (OASIS UsernameToken Profile 1.0; ONVIF Core Specification 5.9.4). */

const base = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss'
const secext = `${base}-wssecurity-secext-1.0.xsd`
const utility = `${base}-wssecurity-utility-1.0.xsd`
const digestType = `${base}-username-token-profile-1.0#PasswordDigest`
const encoding = `${base}-soap-message-security-1.0#Base64Binary`

export interface Credentials {
	readonly username: string
	readonly password: string
}

/** For the SOAP header. `cameraMs`: the camera's own clock, in milliseconds since the epoch. The nonce serves once. */
export function usernameToken({ username, password }: Credentials, cameraMs: number, nonce = randomBytes(16)): string {
	const created = `${new Date(cameraMs).toISOString().slice(0, 19)}Z`
	const digest = passwordDigest(nonce, created, password)
	return `<wsse:Security s:mustUnderstand="1" xmlns:wsse="${secext}" xmlns:wsu="${utility}"><wsse:UsernameToken><wsse:Username>${escapeXml(username)}</wsse:Username><wsse:Password Type="${digestType}">${digest}</wsse:Password><wsse:Nonce EncodingType="${encoding}">${nonce.toString('base64')}</wsse:Nonce><wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`
}

/** Base64(SHA-1(nonce + created + password)). */
export function passwordDigest(nonce: Buffer, created: string, password: string): string {
	return createHash('sha1').update(nonce).update(created).update(password).digest('base64')
}
