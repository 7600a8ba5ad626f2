import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDiagnosis } from '../../appliance/ops/diagnosis.ts'
import { until } from '../drivers/wait.ts'
import { openSite } from '../http/site.ts'
import { log } from '../media/open.ts'

/** A command line of our own stands for `maru`: what it prints, how it ends, how long it takes. */

let dir: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-diagnosis-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function diagnosis(script: string) {
	const file = join(dir, 'maru.mjs')
	writeFileSync(
		file,
		`import { appendFileSync, writeFileSync } from 'node:fs'\nconst args = process.argv.slice(2)\n${script}`,
	)
	return createDiagnosis({ dataDir: dir, log, command: [process.execPath, file] })
}

describe('The doctor, asked of the service', () => {
	it('answers what the command prints, also where it finds faults', async () => {
		const { doctor } = diagnosis(`console.log(JSON.stringify({ ok: false, asked: args })); process.exit(1)`)
		expect(await doctor()).toEqual({ ok: false, asked: ['doctor', '--json'] })
	})

	it('looks once for all who ask at the same time', async () => {
		const { doctor } = diagnosis(`appendFileSync(${JSON.stringify(join(dir, 'runs'))}, 'x'); console.log('{}')`)
		await Promise.all([doctor(), doctor(), doctor()])
		expect(readFileSync(join(dir, 'runs'), 'utf8')).toBe('x')
	})

	it('refuses by name where the command says nothing, and tries anew the next time', async () => {
		const { doctor } = diagnosis('process.exit(2)')
		for (let i = 0; i < 2; i++) {
			expect(await doctor().catch((error: { code?: string }) => error.code)).toBe('internal')
		}
	})
})

describe('The bundle, asked of the service', () => {
	it('tells how far it is, one at a time, then where it is', async () => {
		const { bundle, makeBundle, bundleFile } = diagnosis(`
			console.log('doctor')
			process.stdin.destroy()
			setTimeout(() => { writeFileSync(args[2], 'zip'); process.exit(0) }, 400)`)
		expect(bundle()).toEqual({ state: 'none', step: null, at: null, bytes: null })
		expect(makeBundle()).toMatchObject({ state: 'making', step: 'logs' })
		await until('its second step', () => bundle().step === 'doctor')
		expect(makeBundle()).toMatchObject({ state: 'making', step: 'doctor' })
		await until('the bundle', () => bundle().state === 'ready')
		expect(bundle()).toMatchObject({ step: null, bytes: 3 })
		expect(readFileSync(bundleFile() ?? '', 'utf8')).toBe('zip')
	})

	it('that fails is told, and the next one is tried', async () => {
		const { bundle, makeBundle, bundleFile } = diagnosis('process.exit(1)')
		makeBundle()
		await until('its failure', () => bundle().state === 'failed')
		expect(bundleFile()).toBe(null)
		expect(makeBundle().state).toBe('making')
	})
})

describe('Over HTTP', () => {
	it('a panel has a bundle made and is told that staff take it away; they do', async () => {
		const made = diagnosis(`console.log('logs'); writeFileSync(args[2], 'zip')`)
		const site = await openSite({ diagnosis: made })
		try {
			const [panel, facilities] = [await site.token('panel'), await site.token('facilities')]
			const path = '/api/v1/logs/bundle'
			expect((await site.fetch('GET', `${path}.zip`, { token: facilities })).status).toBe(404)
			const begun = await site.fetch('POST', path, { token: panel })
			expect([begun.status, await begun.json()]).toEqual([
				202,
				expect.objectContaining({ state: 'making', mine: false }),
			])
			const state = async () =>
				(await (await site.fetch('GET', path, { token: facilities })).json()) as { state: string; mine: boolean }
			await until('the bundle', () => made.bundleFile())
			expect(await state()).toMatchObject({ state: 'ready', mine: true })
			expect((await site.fetch('GET', `${path}.zip`, { token: panel })).status).toBe(403)
			const file = await site.fetch('GET', `${path}.zip`, { token: facilities })
			expect(file.headers.get('content-disposition')).toBe('attachment; filename="maru-logs.zip"')
			expect(await file.text()).toBe('zip')
		} finally {
			await site.close()
		}
	})
})
