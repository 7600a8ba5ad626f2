import { meetingRoles, type Role } from '../../appliance/protocol/roles.ts'
import type { Site } from './site.ts'
import { Tablet } from './tablet.ts'

/** For each route a request that is good, so that nothing decides but who asks. */

const upload = 'POST /api/v1/meetings/:id/documents'
const roll = 'POST /api/v1/meetings/:id/roll'
const floor = 'POST /api/v1/meetings/:id/floor/:step'
const onAir = /\/(relay|recording)\/:step$/
const bodies: Record<string, unknown> = {
	'POST /api/v1/tokens': { role: 'panel' },
	'POST /api/v1/tokens/revoke': { jti: '00000000-0000-4000-8000-000000000000' },
	'POST /api/v1/room/join': { link: 'https://maru.test/attend#x' },
	'PUT /api/v1/room/mute': { muted: true },
	'POST /api/v1/cameras/:id/move': { pan: 0, tilt: 0, zoom: 0 },
	'PUT /api/v1/cameras/:id/presets/:slot': { name: '의장석' },
	'POST /api/v1/meetings/:id/links': { role: 'member', name: '홍길동' },
	'POST /api/v1/meetings': { title: '회의', kind: 'council' },
	[upload]: 'a text',
	[floor]: { person: 'p1' },
	'POST /api/v1/meetings/:id/votes': { title: '안건', kind: 'recorded' },
	[roll]: '이름\n홍길동',
	'POST /api/v1/seats/:id/mic': { state: 'request' },
	'PUT /api/v1/cameras/:id/presets': { kind: 'maru-presets', version: 1, presets: [] },
	'PUT /api/v1/facilities/cameras/:id': { name: '정면', driver: 'visca-ip', host: '192.0.2.5' },
	'PUT /api/v1/meetings/:id/captions/:caption': { text: '예산' },
	'PUT /api/v1/seats/:id': { camera: 'front', preset: 1 },
	'POST /api/v1/counsel/tickets': { topic: 'passport' },
	'POST /api/v1/counsel/appointments': { name: '홍길동', startsAt: 1, topic: 'passport', official: '김주무관' },
	'POST /api/v1/counsel/calls': { department: 'civil', desk: '1' },
	'POST /api/v1/counsel/visits/:visit/:step': {},
	'POST /api/v1/counsel/visits/:visit/seats': { seat: 'official' },
	'PUT /api/v1/panels/:id': { name: '의장석 태블릿' },
	'PUT /api/v1/settings/pin': { pin: '482913' },
}

/** How somebody shows who they are. */
export interface Key {
	token?: string
	headers?: Record<string, string>
}

/** Asks a route of this site, as somebody with this key, and answers its status. `vain`: what it is about need not be there. */
export type Ask = (route: string, key?: Key, vain?: boolean) => Promise<number>

export function createAsk(site: Site): Ask {
	const tablet = new Tablet(site)
	let shown = ''
	let networks = 0

	/** A document of the member 'p1': another one where the last was removed. */
	async function handIn(): Promise<string> {
		const [there] = site.documents.list('m1').filter(({ by, name }) => by === 'p1' && name === 'a.png')
		if (there) return there.id
		const picture = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex')
		return (await site.documents.add('m1', { name: 'a.png', content: picture, by: 'p1' })).id
	}

	/** A screen as the route wants it: one that shows a code, one that is a panel, one that was. */
	async function pairingFor(route: string): Promise<{ id: string; code: string }> {
		await tablet.claim(shown)
		const { id, code } = await tablet.shows()
		shown = id
		if (route.startsWith('PUT') || route.endsWith('/look')) return { id, code }
		site.panels.approve(id, { name: '의장석 태블릿' })
		await tablet.claim(id)
		if (route.endsWith('/restore')) site.panels.revoke(id)
		return { id, code }
	}

	return async (route, { token, headers = {} } = {}, vain = false) => {
		const [method = '', pattern = ''] = route.split(' ')
		const pairing = !vain && /\/(panels\/|pairing\/look)/.test(pattern) ? await pairingFor(route) : null
		const id = pairing?.id ?? (pattern.includes('meetings') ? 'm1' : pattern.includes('seats') ? '1' : 'front')
		const path = pattern
			.replace(':id', id)
			.replace(':slot', '1')
			.replace(':document', !vain && pattern.includes(':document') ? await handIn() : 'd1')
			.replace(':page', '1')
			.replace(':visit', 'a')
			.replace(':session', 'a')
			.replace(
				':step',
				route.includes('/counsel/') ? 'end' : route === floor ? 'request' : onAir.test(route) ? 'start' : 'close',
			)
			.replace(':file', 'high.m3u8')
			.replace(':recording', 'r1')
			.replace(':vote', 'v1')
			.replace(':caption', 'a')
			.replace(':person.pdf', 'p1.pdf')
			.replace(':person', 'p2')
			.replace(':number', 'AAAA-BBBB-CCCC')
			.replace('*', 'panel-1234.js')
		const body = route === 'POST /api/v1/pairing/look' ? { code: pairing?.code ?? '000000' } : bodies[route]
		// Each from a network of its own, which for IPv6 is a /64: refusals count against it, and there are many.
		const from = `2001:db8:${(++networks >> 16).toString(16)}:${(networks & 0xffff).toString(16)}::1`
		const type = route === roll ? 'text/csv' : route === upload ? 'application/octet-stream' : null
		const response = await site.fetch(method, route === upload ? `${path}?name=a.txt` : path, {
			headers: { 'x-forwarded-for': from, ...(type ? { 'content-type': type } : {}), ...headers },
			...(token === undefined ? {} : { token }),
			...(body === undefined ? {} : { body }),
		})
		await response.body?.cancel()
		return response.status
	}
}

/** Of a meeting as 'p1', to whom their own documents belong. */
export function tokenOf(site: Site, role: Role, meeting = 'm1'): Promise<string> {
	const inMeeting = meetingRoles.find((one) => one === role)
	return inMeeting ? site.identity.issue({ role: inMeeting, meeting, person: 'p1' }) : site.token(role)
}

/** Tokens that open nothing. */
export async function outsiders(site: Site): Promise<Record<'expired' | 'forged' | 'revoked', string>> {
	const [good, revoked] = [await site.token('admin'), await site.token('admin')]
	site.identity.revoke((await site.identity.verify(revoked)).jti)
	const dot = good.lastIndexOf('.') + 4
	const forged = `${good.slice(0, dot)}${good[dot] === 'A' ? 'B' : 'A'}${good.slice(dot + 1)}`
	return { expired: await site.identity.issue({ role: 'admin', seconds: -10 }), forged, revoked }
}

/** Routes as Fastify itself has them, the names of their parameters left out. */
export function registered(site: Site): string[] {
	const path: string[] = []
	const lines = site.app.printRoutes({ commonPrefix: false }).trimEnd().split('\n')
	return lines.flatMap((line) => {
		const [, indent = '', name, methods] = /^([│ ]*)[├└]── (\S*) \(([A-Z, ]+)\)$/.exec(line) ?? []
		if (name === undefined || methods === undefined) throw new Error(`this says no route: ${line}`)
		path.length = indent.length / 4
		path.push(name)
		// Fastify's own list leaves out what stands before a star.
		const served = nameless(path.join('')).replace(/^\/\*$/, '/assets/*')
		return methods.split(', ').map((method) => `${method} ${served}`)
	})
}

export const nameless = (route: string) => route.replace(/:\w+(\|:\w+)*/g, ':')
