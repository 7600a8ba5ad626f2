import { describe, expect, it } from 'vitest'
import { cameraThat, challengesOf, digest, usernameToken } from './onvif-plain.ts'

/** Whom a virtual ONVIF camera lets in: logins written out by hand. */

describe.concurrent('a virtual ONVIF camera', () => {
	it('judges a token by its own clock, three days off', async () => {
		const { ask, faults } = await cameraThat({ clockOffsetMs: -3 * 86_400_000, auth: 'ws' })
		const ours = await ask('GetDeviceInformation', '', { header: usernameToken({ created: Date.now() }) })
		expect(ours).toMatchObject({ status: 400, fault: 'NotAuthorized' })
		expect(ours.text).toContain('time check failed')
		expect((await ask('GetDeviceInformation')).status).toBe(200)
		const clock = await ask('GetSystemDateAndTime', '', { header: '' })
		const [year = 0, month = 0, day = 0] = ['Year', 'Month', 'Day'].map((name) => Number(clock.one(name)))
		const told = Date.UTC(year, month - 1, day)
		expect(Math.abs(told - (Date.now() - 3 * 86_400_000))).toBeLessThan(2 * 86_400_000)
		faults.noUtc = true
		const local = await ask('GetSystemDateAndTime', '', { header: '' })
		expect([local.text.includes('UTCDateTime'), local.text.includes('LocalDateTime')]).toEqual([false, true])
	})

	it('refuses a nonce that it has seen, and a wrong password', async () => {
		const { ask, virtual } = await cameraThat()
		const header = usernameToken({})
		expect((await ask('GetScopes', '', { header })).status).toBe(200)
		expect((await ask('GetScopes', '', { header })).fault).toBe('NotAuthorized')
		expect((await ask('GetScopes', '', { header: usernameToken({ password: 'x' }) })).fault).toBe('NotAuthorized')
		expect(virtual.wrongLogins).toBe(2)
	})

	it('takes only WS tokens, and shows no challenge', async () => {
		const { ask } = await cameraThat({ auth: 'ws' })
		const nobody = await ask('GetScopes', '', { header: '' })
		expect(nobody).toMatchObject({ status: 400, fault: 'NotAuthorized' })
		expect(challengesOf(nobody)).toEqual([])
	})

	it.for([
		[undefined, ['MD5', 'SHA-256']],
		[['unnamed'] as const, [undefined]],
		[['SHA-256'] as const, ['SHA-256']],
	] as const)('takes only digest, and offers %s', async ([digestAlgorithms, offered]) => {
		const { ask } = await cameraThat({ auth: 'digest', ...(digestAlgorithms ? { digestAlgorithms } : {}) })
		const refused = await ask('GetScopes')
		expect(refused).toMatchObject({ status: 401, fault: 'NotAuthorized' })
		const lines = challengesOf(refused)
		expect(lines.map((line) => /algorithm=([\w-]+)/.exec(line)?.[1])).toEqual(offered)
		const uri = '/onvif/device_service'
		for (const challenge of lines) {
			const right = { header: '', authorization: digest({ challenge, uri }) }
			expect((await ask('GetScopes', '', right)).status).toBe(200)
			// The same count again is somebody who listened.
			expect((await ask('GetScopes', '', right)).status).toBe(401)
			const next = { header: '', authorization: digest({ challenge, uri, count: 2 }) }
			expect((await ask('GetScopes', '', next)).status).toBe(200)
			const wrong = { header: '', authorization: digest({ challenge, uri, count: 3, password: 'x' }) }
			expect((await ask('GetScopes', '', wrong)).status).toBe(401)
		}
	})

	it('calls a nonce stale after its uses', async () => {
		const { ask, virtual } = await cameraThat({ auth: 'digest', digestNonceUses: 1 })
		const [challenge = ''] = challengesOf(await ask('GetScopes', '', { header: '' }))
		const uri = '/onvif/device_service'
		const use = (count: number) =>
			ask('GetScopes', '', { header: '', authorization: digest({ challenge, uri, count }) })
		expect((await use(1)).status).toBe(200)
		const stale = await use(2)
		expect([stale.status, challengesOf(stale).every((line) => line.includes('stale=TRUE'))]).toEqual([401, true])
		expect(virtual.wrongLogins).toBe(0)
	})

	it('refuses both kinds at once', async () => {
		const { ask } = await cameraThat({ notBoth: true })
		const [challenge = ''] = challengesOf(await ask('GetScopes', '', { header: '' }))
		const authorization = digest({ challenge, uri: '/onvif/device_service' })
		expect((await ask('GetScopes', '', { authorization })).fault).toBe('NotAuthorized')
		expect((await ask('GetScopes')).status).toBe(200)
	})

	it('wants a login also for what is open to all, except for its clock', async () => {
		const { ask } = await cameraThat({ loginForAll: true })
		expect((await ask('GetServices', '', { header: '' })).status).toBe(401)
		expect((await ask('GetSystemDateAndTime', '', { header: '' })).status).toBe(200)
	})

	it('locks itself after wrong logins, for right ones too', async () => {
		const { ask } = await cameraThat({ lockAfter: 3 })
		const wrong = () => ask('GetScopes', '', { header: usernameToken({ password: 'x' }) })
		await wrong()
		await wrong()
		expect((await ask('GetScopes')).status).toBe(200)
		await wrong()
		expect((await ask('GetScopes')).status).toBe(401)
	})

	it('shows a picture to who logs in by digest', async () => {
		const { ask } = await cameraThat()
		const where = await ask('GetSnapshotUri', '<ProfileToken>profile_1</ProfileToken>', { service: 'trt' })
		const url = where.one('Uri') ?? ''
		const refused = await fetch(url)
		const [challenge = ''] = (refused.headers.get('www-authenticate') ?? '').split(/, (?=Digest )/)
		const authorization = digest({ challenge, uri: '/onvif/snapshot', method: 'GET' })
		const picture = await fetch(url, { headers: { Authorization: authorization } })
		expect([refused.status, picture.status]).toEqual([401, 200])
		expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff))
	})
})
