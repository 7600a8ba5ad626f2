import { createConnection } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { until } from '../wait.ts'
import { cameraThat, type Reply } from './onvif-plain.ts'

/** How a virtual ONVIF camera answers, and how its answers go wrong on their way: letter for letter. */

/** Null: no answer in that time. */
async function within(ms: number, ask: (signal: AbortSignal) => Promise<Reply>): Promise<Reply | null> {
	return ask(AbortSignal.timeout(ms)).catch(() => null)
}

/** The bytes of an answer as they come, for so long after the first, and how long they took. */
async function bytesOf(port: number, ms: number): Promise<{ text: string; seconds: number }> {
	const socket = createConnection(port, '127.0.0.1')
	const body =
		'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><GetSystemDateAndTime xmlns="http://www.onvif.org/ver10/device/wsdl"/></s:Body></s:Envelope>'
	socket.write(`POST /onvif/device_service HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
	let text = ''
	socket.on('data', (bytes) => {
		text += bytes.toString()
	})
	const begin = performance.now()
	await until('an answer', () => text !== '')
	await delay(ms)
	socket.destroy()
	return { text, seconds: (performance.now() - begin) / 1000 }
}

describe.concurrent('a virtual ONVIF camera', () => {
	it('refuses what is no SOAP, an operation that it has not, and who is nobody', async () => {
		const { ask, virtual } = await cameraThat()
		const junk = await fetch(virtual.url, { method: 'POST', body: '<a>&b;</a>' })
		expect([junk.status, await junk.text()]).toEqual([400, expect.stringContaining('ter:WellFormed')])
		expect(await ask('MakeCoffee')).toMatchObject({ status: 500, fault: 'ActionNotSupported' })
		expect(await ask('GetDeviceInformation', '', { header: '' })).toMatchObject({ status: 401, fault: 'NotAuthorized' })
		expect(virtual.wrongLogins).toBe(0)
	})

	it('answers with well-formed XML, whatever it is asked for', async () => {
		const { ask } = await cameraThat()
		const wrong = await ask('GotoPreset', '<ProfileToken>a&amp;b &lt;1&gt;</ProfileToken>', { service: 'tptz' })
		expect(wrong).toMatchObject({ status: 400, fault: 'InvalidArgVal/NoProfile' })
		const text = await ask('GetVideoEncoderConfiguration', '<ConfigurationToken>&lt;x&gt;</ConfigurationToken>', {
			service: 'trt',
		})
		expect(text.fault).toBe('InvalidArgVal/NoConfig')
		expect(text.text).not.toContain('<x>')
	})

	it.for([
		['a profile it has not', 'GetStatus', '<ProfileToken>none</ProfileToken>', 'InvalidArgVal/NoProfile'],
		[
			'a place beyond its travel',
			'AbsoluteMove',
			'<ProfileToken>profile_1</ProfileToken><Position><tt:PanTilt x="1.5" y="0"/></Position>',
			'InvalidArgVal/InvalidPosition',
		],
		[
			'a space it has not',
			'ContinuousMove',
			'<ProfileToken>profile_1</ProfileToken><Velocity><tt:PanTilt x="1" y="0" space="urn:none"/></Velocity>',
			'InvalidArgVal/SpaceNotSupported',
		],
		[
			'a speed that is none',
			'ContinuousMove',
			'<ProfileToken>profile_1</ProfileToken><Velocity><tt:PanTilt x="NaN" y="0"/></Velocity>',
			'InvalidArgVal/InvalidVelocity',
		],
		[
			'a Timeout that is too long',
			'ContinuousMove',
			'<ProfileToken>profile_1</ProfileToken><Velocity><tt:Zoom x="1"/></Velocity><Timeout>PT2M</Timeout>',
			'InvalidArgVal/TimeoutNotSupported',
		],
		[
			'a preset it has not',
			'GotoPreset',
			'<ProfileToken>profile_1</ProfileToken><PresetToken>9</PresetToken>',
			'InvalidArgVal/NoToken',
		],
	] as const)('refuses %s, by the fault of the specification', async ([, operation, inside, fault]) => {
		const { ask } = await cameraThat()
		expect(await ask(operation, inside, { service: 'tptz' })).toMatchObject({ status: 400, fault })
	})
})

describe.concurrent('on the way of its answer', () => {
	it('is silent, and does nothing', async () => {
		const { ask, virtual } = await cameraThat({ silent: true })
		expect(await within(300, (signal) => ask('GetServices', '', { signal }))).toBeNull()
		expect(virtual.heard).toEqual([])
	})

	it('swallows its answer, and has done what it was told', async () => {
		const { ptz, virtual } = await cameraThat({ blackHole: true, only: ['ContinuousMove'] })
		void ptz('ContinuousMove', '<Velocity><tt:PanTilt x="1" y="0"/></Velocity>').catch(() => {})
		await until('it to turn', () => virtual.head().pan.position > 2)
		expect((await ptz('GetStatus')).status).toBe(200)
	})

	it('trickles one byte a second', async () => {
		const { virtual } = await cameraThat({ trickle: true })
		const { text, seconds } = await bytesOf(virtual.port, 3_500)
		const [head, body = ''] = text.split('\r\n\r\n')
		expect(head).toMatch(/^HTTP\/1.1 200/)
		expect(body.length).toBeGreaterThanOrEqual(2)
		expect(body.length).toBeLessThanOrEqual(seconds + 2)
	})

	it('sends half, and then nothing', async () => {
		const { virtual } = await cameraThat({ halfResponse: true })
		const [head = '', body = ''] = (await bytesOf(virtual.port, 1_000)).text.split('\r\n\r\n')
		const promised = Number(/content-length: (\d+)/i.exec(head)?.[1])
		expect(body.length).toBe(Math.floor(promised / 2))
	})

	it('answers with a page instead of SOAP', async () => {
		const { ask } = await cameraThat({ htmlError: true })
		const { status, text, headers } = await ask('GetServices')
		expect([status, headers.get('content-type'), text.slice(0, 15)]).toEqual([500, 'text/html', '<!DOCTYPE html>'])
	})

	it.for([
		['hugeResponse', (text: string) => expect(text.length).toBeGreaterThan(4 << 20)],
		['doctype', (text: string) => expect(text).toContain('<x>&l9;</x>')],
		['deepNesting', (text: string) => expect(text).toContain('<a>'.repeat(200_000))],
	] as const)('answers with %s', async ([fault, look]) => {
		const { ask } = await cameraThat({ [fault]: true, only: ['GetServices'] })
		look((await ask('GetServices')).text)
		expect((await ask('GetScopes')).status).toBe(200)
	})

	it('answers with a fault, of whatever status, and does nothing', async () => {
		const { ptz, faults, virtual } = await cameraThat({ faultInsteadOf200: true, only: ['ContinuousMove'] })
		const turn = () => ptz('ContinuousMove', '<Velocity><tt:PanTilt x="1" y="0"/></Velocity>')
		expect(await turn()).toMatchObject({ status: 500, fault: 'Action' })
		faults.faultStatus = 200
		expect(await turn()).toMatchObject({ status: 200, fault: 'Action' })
		expect(virtual.head().pan.drive).toBe(0)
	})

	it('calls the namespaces by other names', async () => {
		const { ask } = await cameraThat({ oddPrefixes: true })
		const reply = await ask('GetDeviceInformation')
		expect(reply.text).toMatch(/<SOAP-ENV:Envelope .*xmlns:dev="http:\/\/www.onvif.org\/ver10\/device\/wsdl"/)
		expect(reply.one('Model')).toBe('PTZ')
	})

	it('offers a Media2 that answers no SOAP', async () => {
		const { ask } = await cameraThat({ media2Broken: true })
		expect((await ask('GetServices')).all('Namespace')).toContain('http://www.onvif.org/ver20/media/wsdl')
		expect((await ask('GetProfiles', '', { service: 'tr2' })).text).toBe('<html>not found</html>')
		expect((await ask('GetProfiles', '', { service: 'trt' })).text).toContain('token="profile_1"')
	})

	it('is slow to say where it is', async () => {
		const { ptz } = await cameraThat({ slowStatusMs: 600 })
		const before = performance.now()
		expect((await ptz('GetStatus')).one('PanTilt')).toBe('IDLE')
		expect(performance.now() - before).toBeGreaterThan(550)
	})

	it('closes the connection after each answer', async () => {
		const { virtual } = await cameraThat({ noKeepAlive: true })
		expect((await bytesOf(virtual.port, 200)).text).toMatch(/^connection: close/im)
	})
})
