import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createCheckout } from './checkout.ts'

const CACHED = `cache/maru/mediasoup-worker-1.2.3-${process.arch}`
const BUILD_PACKAGES =
	'g++ cmake ninja-build pkg-config libssl-dev libuv1-dev libsrtp2-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler'

/** A place for ready-made workers that answers every request with `body`. */
async function releases(body: Buffer) {
	const asked: string[] = []
	const server = createServer((request, response) => {
		asked.push(request.url ?? '')
		response.end(body)
	}).listen(0, '127.0.0.1')
	await new Promise((settle) => server.once('listening', settle))
	const { port } = server.address() as AddressInfo
	return { asked, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('the SFU worker', () => {
	test('that the environment names is used, and nothing is cached', async () => {
		using checkout = createCheckout()
		expect((await checkout.run().ended).code).toBe(0)
		expect(checkout.calls()).not.toContain('ninja')
		expect(existsSync(join(checkout.root, CACHED))).toBe(false)
	})

	test('that the environment names must run here', async () => {
		using checkout = createCheckout()
		const { code, output } = await checkout.run({ MEDIASOUP_WORKER_BIN: '/bin/true' }).ended
		expect(code).toBe(1)
		expect(output).toContain('MEDIASOUP_WORKER_BIN names /bin/true')
		expect(checkout.calls()).toEqual([])
	})

	test('is taken ready-made where its archive is in reach, without a compiler', async () => {
		using checkout = createCheckout()
		const packed = archiveOf(checkout.root, '#!/bin/sh\nexit 41\n')
		await using server = await releases(packed)
		const variables = { MEDIASOUP_WORKER_BIN: '', MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: server.url }
		expect((await checkout.run(variables).ended).code).toBe(0)
		expect(server.asked).toEqual([
			expect.stringMatching(/^\/1\.2\.3\/mediasoup-worker-1\.2\.3-linux-\w+-kernel\d+\.tgz$/),
		])
		expect(existsSync(join(checkout.root, CACHED))).toBe(true)
		expect(checkout.calls().filter((call) => /apt-get|cmake|ninja/.test(call))).toEqual([])
	})

	test.each([
		['one that does not run here', (root: string) => archiveOf(root, '#!/bin/sh\nexit 127\n')],
		['the page of a captive portal', () => Buffer.from('<html>Log in</html>')],
	])('is built where what came is %s', async (_what, body) => {
		using checkout = createCheckout()
		await using server = await releases(body(checkout.root))
		if (process.getuid?.() !== 0) checkout.write('bin/sudo', '#!/bin/sh\nshift\nexec "$@"\n', 0o755)
		const variables = { MEDIASOUP_WORKER_BIN: '', MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: server.url }
		expect((await checkout.run(variables).ended).code).toBe(0)
		expect(checkout.calls().filter((call) => /install|cmake|ninja/.test(call))).toEqual([
			expect.stringContaining(`install --no-install-recommends ${BUILD_PACKAGES}`),
			'cmake',
			'ninja',
		])
		expect(readFileSync(join(checkout.root, CACHED), 'utf8')).toContain('exit 41')
		expect((await checkout.run(variables).ended).lines).toHaveLength(1)
	})

	test('in the cache that no longer runs, after an update of Debian, is made anew', async () => {
		using checkout = createCheckout()
		checkout.write(CACHED, '#!/bin/sh\nexit 127\n', 0o755)
		checkout.write(
			'bin/installed',
			`${readFileSync(join(checkout.root, 'bin/installed'), 'utf8')}${BUILD_PACKAGES.replaceAll(' ', '\n')}\n`,
		)
		expect((await checkout.run({ MEDIASOUP_WORKER_BIN: '' }).ended).code).toBe(0)
		expect(readFileSync(join(checkout.root, CACHED), 'utf8')).toContain('exit 41')
	})

	test('is kept in the checkout where the user has no home to write to', async () => {
		using checkout = createCheckout()
		checkout.write(
			'bin/installed',
			`${readFileSync(join(checkout.root, 'bin/installed'), 'utf8')}${BUILD_PACKAGES.replaceAll(' ', '\n')}\n`,
		)
		const { variables, options } = checkout.giveToUser()
		const nowhere = { ...variables, MEDIASOUP_WORKER_BIN: '', XDG_CACHE_HOME: '/nonexistent/cache' }
		const { code } = await checkout.run(nowhere, options).ended
		expect(code).toBe(0)
		expect(existsSync(join(checkout.root, `.cache/mediasoup-worker-1.2.3-${process.arch}`))).toBe(true)
	})
})

function archiveOf(root: string, worker: string) {
	const folder = mkdtempSync(join(root, 'archive-'))
	execFileSync('sh', ['-c', 'cat >mediasoup-worker && chmod +x mediasoup-worker'], { cwd: folder, input: worker })
	const packed = execFileSync('tar', ['-cz', 'mediasoup-worker'], { cwd: folder })
	rmSync(folder, { recursive: true })
	return packed
}
