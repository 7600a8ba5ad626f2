import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { PairingCode, PairingStanding } from '../../appliance/protocol/pairing.ts'
import { signedText } from '../../appliance/protocol/pairing-text.ts'
import type { Site } from './site.ts'

const android = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36'

/** A tablet as the page of the panel makes one: a key of its own, and a code on its screen. */
export class Tablet {
	readonly #site: Site
	readonly #key: { privateKey: KeyObject; publicKey: KeyObject }

	constructor(site: Site) {
		this.#site = site
		this.#key = generateKeyPairSync('ec', { namedCurve: 'P-256' })
	}

	get key() {
		const { x = '', y = '' } = this.#key.publicKey.export({ format: 'jwk' })
		return { x, y }
	}

	async shows(): Promise<PairingCode> {
		const headers = { 'user-agent': android }
		const response = await this.#site.fetch('POST', '/api/v1/pairing/codes', { body: { key: this.key }, headers })
		if (response.status !== 201) throw new Error(`no code: ${response.status} ${await response.text()}`)
		return (await response.json()) as PairingCode
	}

	async standing(id: string): Promise<PairingStanding> {
		return (await (await this.#site.fetch('GET', `/api/v1/pairing/codes/${id}`)).json()) as PairingStanding
	}

	claim(id: string): Promise<Response> {
		const key = { key: this.#key.privateKey, dsaEncoding: 'ieee-p1363' } as const
		const proof = sign('sha256', Buffer.from(signedText(id)), key).toString('base64url')
		return this.#site.fetch('POST', `/api/v1/pairing/codes/${id}/token`, { body: { proof } })
	}

	/** Let in by somebody at the console; answers its token. */
	async paired(name = '의장석 태블릿', hours?: number): Promise<{ id: string; token: string }> {
		const { id } = await this.shows()
		this.#site.panels.approve(id, { name, ...(hours === undefined ? {} : { hours }) })
		const { token } = (await (await this.claim(id)).json()) as { token: string }
		return { id, token }
	}
}
