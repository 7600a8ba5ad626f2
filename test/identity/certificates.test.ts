import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Certificates, openCertificates } from '../../appliance/identity/certificates.ts'

const day = 86_400_000
let dir: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-certificates-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const open = (options: { names?: string[]; addresses?: string[]; at?: number } = {}) => {
	const { names = ['maru.city', 'localhost'], addresses = ['127.0.0.1', '192.0.2.7'], at = Date.now() } = options
	return openCertificates({ dir, names, addresses, now: () => at })
}

/** What a client that trusts `ca` finds when it asks for this name: 'ok', or its fault. */
async function visit({ key, cert }: Certificates, ca: string, servername: string): Promise<string> {
	const server = createServer({ key, cert }, (socket) => socket.on('error', () => {}).end()).listen(0, '127.0.0.1')
	server.on('tlsClientError', () => {})
	await once(server, 'listening')
	const address = server.address()
	const port = typeof address === 'object' && address ? address.port : 0
	const isAddress = /^[\d.]+$/.test(servername)
	const socket = connect({
		host: '127.0.0.1',
		port,
		ca,
		...(isAddress ? {} : { servername }),
		checkServerIdentity: (_, certificate) =>
			new X509Certificate(certificate.raw)[isAddress ? 'checkIP' : 'checkHost'](servername)
				? undefined
				: new Error('another name'),
	})
	const outcome = await Promise.race([
		once(socket, 'secureConnect').then(() => 'ok'),
		new Promise<string>((resolve) =>
			socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message)),
		),
	])
	socket.destroy()
	server.close()
	return outcome
}

describe('Our own authority', () => {
	it('is trusted by a client that has it: for every name and address of this machine, and no other', async () => {
		const certificates = await open()
		for (const name of ['maru.city', 'localhost', '127.0.0.1', '192.0.2.7']) {
			expect(await visit(certificates, certificates.authority.pem, name)).toBe('ok')
		}
		for (const name of ['other.city', '192.0.2.8']) {
			expect(await visit(certificates, certificates.authority.pem, name)).toBe('another name')
		}
	})

	it('is not trusted by one that has that of another house', async () => {
		const certificates = await open()
		const other = mkdtempSync(join(tmpdir(), 'maru-other-'))
		try {
			const {
				authority: { pem: ca },
			} = await openCertificates({ dir: other, names: ['a'], addresses: [], now: Date.now })
			expect(await visit(certificates, ca, 'maru.city')).not.toBe('ok')
		} finally {
			rmSync(other, { recursive: true, force: true })
		}
	})

	it('may sign servers and nothing below them, for ten years; a server lasts as long as browsers allow', async () => {
		const at = Date.UTC(2027, 0, 4)
		const {
			authority: { pem: ca },
			cert,
		} = await open({ at })
		const [authority, leaf] = [new X509Certificate(ca), new X509Certificate(cert)]
		expect(authority.ca).toBe(true)
		expect(leaf.ca).toBe(false)
		expect(leaf.checkIssued(authority)).toBe(true)
		expect(Date.parse(authority.validTo) - at).toBe(3_650 * day)
		expect(Date.parse(leaf.validTo) - at).toBe(397 * day)
		expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']) // serverAuth
	})

	it('tells the fingerprint that operating systems show', async () => {
		const { authority } = await open()
		expect(authority.fingerprint).toBe(new X509Certificate(authority.pem).fingerprint256)
	})

	it('keeps its keys to its owner', async () => {
		await open()
		for (const file of ['ca.key', 'server.key']) expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600)
	})
})

describe('The next start', () => {
	it('uses what is there', async () => {
		const first = await open()
		expect(await open()).toEqual(first)
		expect(await open({ names: ['localhost'] })).toEqual(first) // covers more than is asked
	})

	it('uses what is there also for an address of the newer kind', async () => {
		const addresses = ['fd00::7', '192.0.2.7']
		const first = await open({ addresses })
		expect(new X509Certificate(first.cert).checkIP('fd00::7')).toBe('fd00::7')
		expect((await open({ addresses })).cert).toBe(first.cert)
	})

	it.each([
		['a new address', { addresses: ['127.0.0.1', '192.0.2.99'] }],
		['a new name', { names: ['hall.city'] }],
		['less than thirty days left', { at: Date.now() + 368 * day }],
	])('makes a new certificate for %s, and keeps the authority that people have installed', async (_, change) => {
		const first = await open()
		const second = await open(change)
		expect(second.authority.pem).toBe(first.authority.pem)
		expect(second.cert).not.toBe(first.cert)
		expect(new X509Certificate(second.cert).verify(new X509Certificate(first.authority.pem).publicKey)).toBe(true)
	})

	it('keeps the certificate while there is time left', async () => {
		const first = await open()
		expect((await open({ at: Date.now() + 360 * day })).cert).toBe(first.cert)
	})

	it.each([
		['is cut off in the middle', () => writeFileSync(join(dir, 'server.crt'), '-----BEGIN CERT')],
		['is empty', () => writeFileSync(join(dir, 'server.key'), '')],
		['is gone', () => rmSync(join(dir, 'server.key'))],
		['belongs to another key', () => writeFileSync(join(dir, 'server.key'), readFileSync(join(dir, 'ca.key'), 'utf8'))],
	])('makes the certificate anew when its file %s', async (_, damage) => {
		const first = await open()
		damage()
		const second = await open()
		expect(second.authority.pem).toBe(first.authority.pem)
		expect(await visit(second, first.authority.pem, 'maru.city')).toBe('ok')
	})

	it('leaves a damaged authority to a person: a new one would have to be installed everywhere', async () => {
		await open()
		writeFileSync(join(dir, 'ca.crt'), 'x')
		await expect(open()).rejects.toThrow(/damaged.*backup/)
		rmSync(join(dir, 'ca.key'))
		await expect(open()).rejects.toThrow(/damaged/)
		expect(readFileSync(join(dir, 'ca.crt'), 'utf8')).toBe('x')
	})

	it('begins again when the first one was cut off before anybody saw the authority', async () => {
		const {
			authority: { pem: ca },
		} = await open()
		rmSync(join(dir, 'ca.crt'))
		const second = await open()
		expect(second.authority.pem).not.toBe(ca)
		expect(existsSync(join(dir, 'ca.crt'))).toBe(true)
		expect(await visit(second, second.authority.pem, 'maru.city')).toBe('ok')
	})
})
