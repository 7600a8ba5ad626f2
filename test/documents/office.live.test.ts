import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Converter, openOffice } from '../../appliance/documents/office.ts'
import { odt, pdf, png, pptx } from './files.ts'
import { openSite, processesOf, type Site, until } from './site.ts'

const log = pino({ level: 'silent' })
const office = openOffice({ log })
const why = office === null ? ': skipped, because libreoffice-impress-nogui is not installed here' : ''

let site: Site
afterEach(() => site.close())
const add = (name: string, content: Uint8Array) => site.documents.add('m1', { name, content, by: 'p1' })

const ended = (id: string) =>
	until(
		'the end of the conversion',
		() => {
			const view = site.documents.get(id)
			return view?.state === 'converting' ? null : view
		},
		120_000,
	)

describe.skipIf(office === null)(`LibreOffice${why}`, () => {
	beforeEach(() => {
		site = openSite('LibreOffice')
	})

	it('makes pages of slides', async () => {
		const view = await add('보고.pptx', pptx('하나', '둘', '셋'))
		expect(view).toMatchObject({ kind: 'convertible', state: 'converting' })
		expect(await ended(view.id)).toMatchObject({ state: 'ready', pages: 3, reason: null })
		const { bytes } = await site.documents.page(view.id, 3, 1280)
		expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1280, 720])
		// What is taken home is what was handed in.
		expect(site.documents.file(view.id).type).toMatch(/presentationml/)
		expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`maru-office-${process.pid}-`))).toEqual([])
	})

	it('makes pages of a text', async () => {
		const view = await add('보고.odt', odt('<text:p>안녕하세요</text:p>'))
		expect(await ended(view.id)).toMatchObject({ state: 'ready', pages: 1 })
	})

	it('says that a file is broken which only looks like slides', async () => {
		const whole = pptx('하나')
		const broken = Buffer.from(whole)
		// Every part's content, not the names.
		broken.fill(0x55, 400, whole.length - 1_500)
		const view = await add('보고.pptx', broken)
		expect(await ended(view.id)).toMatchObject({ kind: 'convertible', state: 'failed', reason: 'broken' })
	})

	it('brings in nothing that a text links to, neither files of this machine nor addresses', async () => {
		const asked: string[] = []
		const server = createServer((request, response) => {
			asked.push(request.url ?? '')
			response.end()
		})
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
		const { port } = server.address() as AddressInfo
		const picture = join(site.dir, 'picture.png')
		writeFileSync(picture, png(50, 40))
		chmodSync(picture, 0o644)
		chmodSync(site.dir, 0o755)
		const image = (address: string) =>
			`<text:p><draw:frame svg:width="5cm" svg:height="5cm"><draw:image xlink:href="${address}" xlink:type="simple"/></draw:frame></text:p>`
		const body = `${image(`http://127.0.0.1:${port}/spy.png`)}${image(`file://${picture}`)}`
		const view = await add('보고.odt', odt(body))
		expect(await ended(view.id)).toMatchObject({ state: 'ready' })
		expect(asked).toEqual([])
		const made = join(site.dir, 'documents/m1', view.id, 'converted.pdf')
		expect(readFileSync(made, 'latin1').match(/\/Subtype\/Image/g)).toBeNull()
		await new Promise((resolve) => server.close(resolve))
	})

	it('takes only what is installed of it', async () => {
		for (const format of ['pptx', 'ppt', 'odp', 'docx', 'doc', 'odt', 'xlsx'] as const) {
			expect(typeof office?.takes(format)).toBe('boolean')
		}
		expect(office?.takes('pptx')).toBe(true)
	})
})

describe('A converter', () => {
	/** Its programs, in the place of LibreOffice's; the text of a script of the shell. */
	function install(script: string): string {
		const dir = mkdtempSync(join(tmpdir(), 'maru-converter-'))
		const programs = join(dir, 'program')
		mkdirSync(programs)
		mkdirSync(join(dir, 'share/registry'), { recursive: true })
		writeFileSync(join(dir, 'share/registry/impress.xcd'), '')
		writeFileSync(join(programs, 'soffice.bin'), `#!/bin/sh\n${script}\n`)
		for (const path of [dir, programs, join(programs, 'soffice.bin')]) chmodSync(path, 0o755)
		return dir
	}
	let dir: string
	afterEach(() => rmSync(dir, { recursive: true, force: true }))

	function open(script: string, timeoutMs = 60_000): Converter {
		dir = install(script)
		const converter = openOffice({ log, programDir: join(dir, 'program'), timeoutMs })
		if (!converter) throw new Error('there is no converter')
		site = openSite(converter)
		return converter
	}

	it('that hangs is killed in time, with everything it started', async () => {
		// What it starts is named after its own folder.
		open('cp /bin/sleep "$HOME/child"; "$HOME/child" 1000 & "$HOME/child" 1000', 5_000)
		const view = await add('a.pptx', pptx('하나'))
		await until('its children', () => processesOf('/child\u00001000').length >= 2)
		expect(await ended(view.id)).toMatchObject({ state: 'failed', reason: 'timeout' })
		expect(processesOf('/child\u00001000')).toEqual([])
		expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`maru-office-${process.pid}-`))).toEqual([])
	})

	it('is killed when the service ends, and asked again by the next', async () => {
		const converter = open('cp /bin/sleep "$HOME/child"; "$HOME/child" 2000')
		const view = await add('a.pptx', pptx('하나'))
		await until('its child', () => processesOf('/child\u00002000').length > 0)
		await site.restart(null)
		expect(processesOf('/child\u00002000')).toEqual([])
		expect(['converting', 'download']).toContain(site.documents.get(view.id)?.state)
		expect(converter.takes('pptx')).toBe(true)
	})

	it('dies with a service that is killed, and the next one clears up what it left', async () => {
		open('mv "$HOME/input.pptx" "$HOME/here"; exec sleep 4000')
		const from = join(site.dir, 'from')
		writeFileSync(from, pptx('하나'))
		const source = JSON.stringify(join(import.meta.dirname, '../../appliance/documents/office.ts'))
		const options = `{ log: { warn() {}, debug() {} }, programDir: ${JSON.stringify(join(dir, 'program'))} }`
		const code = `import { openOffice } from ${source}
			await openOffice(${options}).convert(${JSON.stringify(from)}, '/nowhere', 'pptx', new AbortController().signal)`
		const service = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' })
		const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`maru-office-${service.pid}-`))
		await until('the conversion', () => processesOf('sleep\u00004000').length > 0)
		service.kill('SIGKILL')
		await once(service, 'exit')
		await until('its end', () => processesOf('sleep\u00004000').length === 0)
		expect(left()).toHaveLength(1)
		openOffice({ log, programDir: join(dir, 'program') })
		expect(left()).toEqual([])
	})

	it('is killed when what it converts is removed', async () => {
		open('cp /bin/sleep "$HOME/child"; "$HOME/child" 3000')
		const view = await add('a.pptx', pptx('하나'))
		await until('its child', () => processesOf('/child\u00003000').length > 0)
		await site.documents.remove(view.id)
		expect(processesOf('/child\u00003000')).toEqual([])
	})

	it('works at one file at a time', async () => {
		open('cd "$(dirname "$0")"; echo begin >>diary; sleep 0.3; echo end >>diary')
		const diary = join(dir, 'program/diary')
		writeFileSync(diary, '')
		chmodSync(diary, 0o666)
		const views = await Promise.all(['a', 'b', 'c'].map((name) => add(name, pptx(name))))
		for (const { id } of views) await ended(id)
		expect(readFileSync(diary, 'utf8')).toBe('begin\nend\n'.repeat(3))
	})

	it('runs as nobody who matters, and is told no secrets', async () => {
		const converter = open('{ id -u; env; } >"$HOME/input.pdf"')
		const [from, to] = [join(site.dir, 'from'), join(site.dir, 'to')]
		writeFileSync(from, pdf(1))
		process.env.MARU_SECRET = 'x'
		expect(await converter.convert(from, to, 'pptx', new AbortController().signal)).toBeNull()
		delete process.env.MARU_SECRET
		const [user, ...environment] = readFileSync(to, 'utf8').split('\n')
		if (process.getuid?.() === 0) expect(user).toBe('65534')
		expect(environment.join('\n')).not.toContain('MARU_SECRET')
		expect(environment.join('\n')).toContain('HOME=/')
	})

	it.each([
		['a link to what only we can read', (secret: string) => `ln -s ${secret} "$HOME/input.pdf"`],
		['a pipe that never ends', () => 'mkfifo "$HOME/input.pdf"'],
		['a folder', () => 'mkdir "$HOME/input.pdf"'],
		['nothing', () => ':'],
	])('that leaves %s instead of a PDF has failed', async (_, script) => {
		const secret = join(tmpdir(), `maru-secret-${process.pid}`)
		writeFileSync(secret, pdf(1), { mode: 0o600 })
		open(`${script(secret)}; exit 0`)
		const view = await add('a.pptx', pptx('하나'))
		expect(await ended(view.id)).toMatchObject({ state: 'failed', reason: 'broken' })
		rmSync(secret)
	})

	it('that wants to be started again is started again, once', async () => {
		open(
			'n=$(cat "$HOME/n" 2>/dev/null || echo 0); echo $((n+1)) >"$HOME/n"; test "$n" = 0 && exit 81; cp "$HOME/input.pptx" "$HOME/input.pdf"; exit 0',
		)
		const view = await add('a.pptx', pptx('하나'))
		// A PPTX is no PDF: it went through the converter and failed at poppler.
		expect(await ended(view.id)).toMatchObject({ state: 'failed', reason: 'broken' })
		expect(site.files()).toContain(`m1/${view.id}/converted.pdf`)
	})
})
