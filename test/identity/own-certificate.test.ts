import { X509Certificate } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openCertificates } from '../../appliance/identity/certificates.ts'
import { readOwnCertificate } from '../../appliance/identity/own-certificate.ts'
import { keepRenewed } from '../../appliance/identity/renewal.ts'

/** The city's certificate: its authority is another appliance's here, with files of its own. */

let dir: string
let files: { chain: string; key: string }
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-own-'))
	files = { chain: join(dir, 'chain.pem'), key: join(dir, 'key.pem') }
})
afterEach(() => {
	vi.useRealTimers()
	rmSync(dir, { recursive: true })
})

async function issue(name: string) {
	const from = join(dir, name)
	const made = await openCertificates({ dir: from, names: ['maru.city'], addresses: [], now: Date.now })
	copyFileSync(join(from, 'server.crt'), files.chain)
	copyFileSync(join(from, 'server.key'), files.key)
	return made
}

it('is read from two files, and is nobody’s to install', async () => {
	const { cert, key, spki } = await issue('first')
	expect(readOwnCertificate(files)).toEqual({ cert, key, spki, authority: null })
})

it('is refused with the reason, where key and certificate are not of one another, or one is none', async () => {
	await issue('first')
	const { key } = await openCertificates({ dir: join(dir, 'x'), names: ['x'], addresses: [], now: Date.now })
	writeFileSync(files.key, key)
	expect(() => readOwnCertificate(files)).toThrow(`the key in ${files.key} is not that of ${files.chain}`)
	writeFileSync(files.chain, 'nothing')
	expect(() => readOwnCertificate(files)).toThrow()
	rmSync(files.chain)
	expect(() => readOwnCertificate(files)).toThrow('ENOENT')
})

it('is in force within the hour after it was renewed, and a half written one changes nothing', async () => {
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
	await issue('first')
	const shown: string[] = []
	let looks = 0
	const stop = keepRenewed({
		current: readOwnCertificate(files),
		open: async () => readOwnCertificate(files),
		everyMs: 3_600_000,
		onRenewed: ({ cert }) => shown.push(new X509Certificate(cert).serialNumber),
		log: { info: () => looks++, error: () => looks++ } as never,
	})
	writeFileSync(files.chain, '-----BEGIN CERT')
	vi.advanceTimersByTime(3_600_000)
	await vi.waitFor(() => expect(looks).toBe(1))
	expect(shown).toEqual([])
	const { cert } = await issue('second')
	vi.advanceTimersByTime(3_600_000)
	await vi.waitFor(() => expect(shown).toEqual([new X509Certificate(cert).serialNumber]))
	stop()
})
