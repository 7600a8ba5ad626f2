import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createCheckout, INSTALLED, until } from './checkout.ts'

const SECOND = 1000

describe('set-up', () => {
	test('says one line, and takes less than a second, when all is in place', async () => {
		using checkout = createCheckout()
		expect((await checkout.run().ended).code).toBe(0)
		const calls = checkout.calls()

		const took: number[] = []
		for (let trial = 0; trial < 3 || (trial < 20 && Math.min(...took) >= SECOND); trial++) {
			const began = performance.now()
			const { code, lines } = await checkout.run().ended
			took.push(performance.now() - began)
			expect(code).toBe(0)
			expect(lines).toEqual([expect.stringMatching(/^set-up: all in place \(\d\.\d s\)$/)])
		}
		expect(Math.min(...took)).toBeLessThan(SECOND)
		expect(checkout.calls()).toEqual(calls)
	})

	test('is done once when two are started together', async () => {
		using checkout = createCheckout()
		const results = await Promise.all([checkout.run().ended, checkout.run().ended, checkout.run().ended])
		expect(results.map(({ code }) => code)).toEqual([0, 0, 0])
		expect(checkout.calls().filter((call) => call === 'vite build')).toHaveLength(1)
		expect(checkout.calls().filter((call) => call.startsWith('npm'))).toHaveLength(1)
	})

	test('does not wait for a set-up that was killed', async () => {
		using checkout = createCheckout()
		checkout.write('bin/npm.mjs', `console.log('begun'); setTimeout(() => {}, 2000)`)
		const first = checkout.run()
		await until(() => first.output().includes('npm'), 'npm runs')
		// The Node that runs set-up; the shell before it only waits.
		const pid = readFileSync(`/proc/${first.child.pid}/task/${first.child.pid}/children`, 'utf8').trim()
		process.kill(Number(pid), 'SIGKILL')
		checkout.write('bin/npm.mjs', 'process.exit(3)')
		const { output } = await checkout.run().ended
		expect(output).not.toContain('waiting')
		await first.ended
	})

	for (const [signal, code] of [
		['SIGTERM', 143],
		['SIGINT', 130],
	] as const) {
		test(`ends what it started when ${signal} comes, down to the grandchildren`, async () => {
			using checkout = createCheckout()
			checkout.write('bin/installed', '')
			checkout.write(
				'bin/apt-get',
				'#!/bin/sh\nsleep 600 & echo $! >"$BIN/grandchild"\necho $$ >"$BIN/child"\nwait\n',
				0o755,
			)
			const setup = checkout.run()
			const file = (name: string) => join(checkout.root, 'bin', name)
			// The shell makes the file before it writes into it.
			await until(() => existsSync(file('child')) && readFileSync(file('child'), 'utf8') !== '', 'apt-get runs')
			const pids = ['child', 'grandchild'].map((name) => Number(readFileSync(file(name), 'utf8')))
			expect(pids.map(lives)).toEqual([true, true])

			setup.child.kill(signal)
			const ended = await setup.ended
			expect(ended.code).toBe(code)
			expect(ended.output).not.toContain('failed')
			await until(() => !pids.some(lives), 'apt-get and its child are gone')

			// What was cut short is taken up again, even when nothing of ours is missing any more.
			checkout.write('bin/installed', INSTALLED)
			checkout.write('bin/dpkg', '#!/bin/sh\necho "dpkg $*" >>"$BIN/calls"\n', 0o755)
			expect((await checkout.run().ended).code).toBe(0)
			expect(checkout.calls()[0]).toBe('dpkg --configure -a')
		})
	}
})

describe("Debian's packages", () => {
	test('are installed as root, only those that are missing', async () => {
		using checkout = createCheckout()
		if (process.getuid?.() !== 0) checkout.write('bin/sudo', '#!/bin/sh\nshift\nexec "$@"\n', 0o755)
		checkout.write(
			'bin/installed',
			`${readFileSync(join(checkout.root, 'bin/installed'), 'utf8').replace('ffmpeg\n', '')}`,
		)
		const { code } = await checkout.run().ended
		expect(code).toBe(0)
		const apt = checkout.calls().filter((call) => call.startsWith('apt-get'))
		expect(apt.map((call) => call.replace(/ -o \S+/g, ''))).toEqual([
			'apt-get -y update',
			'apt-get -y install --no-install-recommends ffmpeg',
		])
	})

	test('are named in one line to copy where nobody may install them', async () => {
		using checkout = createCheckout()
		checkout.write('bin/installed', 'chromium\nfonts-noto-cjk\npython3-gi\ngstreamer1.0-plugins-base\nffmpeg\n')
		const { variables, options } = checkout.giveToUser()
		const { code, lines } = await checkout.run(variables, options).ended
		expect(code).toBe(1)
		expect(lines.filter((line) => line.startsWith('sudo'))).toEqual([
			'sudo apt-get install -y --no-install-recommends libusb-1.0-0 poppler-utils poppler-data librsvg2-bin ' +
				'gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly gstreamer1.0-x',
		])
		expect(checkout.calls()).toEqual([])
	})

	test('that cannot be installed end set-up with what apt-get said and what to do', async () => {
		using checkout = createCheckout()
		checkout.write('bin/sudo', '#!/bin/sh\nshift\nexec "$@"\n', 0o755)
		checkout.write('bin/installed', '')
		checkout.write('bin/apt-get', '#!/bin/sh\necho "E: no space left" >&2\nexit 100\n', 0o755)
		const { code, output } = await checkout.run().ended
		expect(code).toBe(1)
		expect(output).toContain('E: no space left')
		expect(output).toMatch(/apt-get .*update' ended with code 100/)
		expect(output).toContain('room on its disk')
		expect(checkout.calls()).toEqual([])
	})
})

describe("npm's packages", () => {
	test('are installed without a worker of mediasoup, and again when the lockfile changes', async () => {
		using checkout = createCheckout()
		await checkout.run({ MEDIASOUP_WORKER_BIN: '' }).ended
		expect(checkout.calls()).toContain('npm ci with later')
		checkout.write('package-lock.json', `${readFileSync(join(checkout.root, 'package-lock.json'), 'utf8')} `)
		expect((await checkout.run().ended).code).toBe(0)
		expect(checkout.calls().filter((call) => call.startsWith('npm ci'))).toHaveLength(2)
	})

	test("are installed by 'npm install' where 'npm ci' refuses the lockfile", async () => {
		using checkout = createCheckout()
		const { code } = await checkout.run({ NPM_CI_SAYS: `npm error code EUSAGE${'\nnpm error'.repeat(60)}` }).ended
		expect(code).toBe(0)
		expect(checkout.calls().filter((call) => call.startsWith('npm'))).toEqual([
			expect.stringMatching(/^npm ci/),
			expect.stringMatching(/^npm install/),
		])
	})

	test('that cannot be fetched end set-up with what npm said and what to do', async () => {
		using checkout = createCheckout()
		const { code, output } = await checkout.run({ NPM_CI_SAYS: 'npm error code ETIMEDOUT' }).ended
		expect(code).toBe(1)
		expect(output).toContain('ETIMEDOUT')
		expect(output).toContain('npm ping')
		expect(checkout.calls()).not.toContain('vite build')
	})
})

describe('the panels', () => {
	test('are built again when a source changes, and only then', async () => {
		using checkout = createCheckout()
		const built = () => checkout.calls().filter((call) => call === 'vite build').length
		await checkout.run().ended
		expect(built()).toBe(1)
		checkout.write('control-panel/page.html', 'second')
		await checkout.run().ended
		expect(built()).toBe(2)
		checkout.write('control-panel/dist/index.html', 'what is built is no source')
		await checkout.run().ended
		expect(built()).toBe(2)
	})

	test('that do not build end set-up with what Vite said', async () => {
		using checkout = createCheckout()
		checkout.write('node_modules/vite/bin/vite.js', `console.error('Panel.svelte:3 unexpected token'); process.exit(1)`)
		const { code, output } = await checkout.run().ended
		expect(code).toBe(1)
		expect(output).toContain('Panel.svelte:3 unexpected token')
		expect(existsSync(join(checkout.root, 'control-panel/dist/.hash'))).toBe(false)
	})
})

function lives(pid: number) {
	try {
		// A zombie that nobody reaps (a container without an init) is dead.
		return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
	} catch {
		return false
	}
}
