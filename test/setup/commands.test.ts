import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { until } from './checkout.ts'

const REPOSITORY = resolve(import.meta.dirname, '../..')

/** A checkout whose set-up is over at once: what comes after it is tested here. */
function createReadyCheckout(files: Record<string, string>) {
	const root = mkdtempSync(join(tmpdir(), 'maru-commands-'))
	for (const folder of ['.ci', 'appliance/setup']) {
		cpSync(join(REPOSITORY, folder), join(root, folder), { recursive: true })
	}
	symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'))
	const all = {
		'package.json': '{ "type": "module", "scripts": { "test": "exec sh appliance/setup/test.sh" } }',
		'appliance/setup/setup.mjs': '',
		...files,
	}
	for (const [path, text] of Object.entries(all)) {
		mkdirSync(join(root, path, '..'), { recursive: true })
		writeFileSync(join(root, path), text)
	}
	return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) }
}

/** Runs a command to its end, without Vitest's own variables. */
function run(root: string, command: string[]) {
	const [file = '', ...args] = command
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|npm_)/.test(name)))
	return new Promise<{ code: number; lines: string[] }>((settle) => {
		const child = execFile(file, args, { cwd: root, env, encoding: 'utf8' }, (_error, stdout) => {
			settle({ code: child.exitCode ?? -1, lines: stdout.split('\n').filter(Boolean) })
		})
	})
}

const TESTS = `
import { expect, test } from 'vitest'
test('holds', () => {})
test.skip('is left out', () => {})
`

test.each([
	['with code 0 when all tests pass', { 'test/a.test.js': TESTS }, 0, '1 passed, 0 failed, 1 skipped'],
	[
		'with an error when a test fails',
		{ 'test/a.test.js': `${TESTS}test('fails', () => expect(1).toBe(2))` },
		1,
		'1 passed, 1 failed, 1 skipped',
	],
	[
		'with an error when a file does not load',
		{ 'test/a.test.js': TESTS, 'test/b.test.js': 'import "./absent.js"' },
		1,
		'1 passed, 1 failed, 1 skipped',
	],
	[
		'with an error when every test is skipped',
		{ 'test/a.test.js': `import { test } from 'vitest'\ntest.skip('is left out', () => {})` },
		1,
		'0 passed, 0 failed, 1 skipped',
	],
	['with an error when there is no test', {}, 1, '0 passed, 0 failed, 0 skipped'],
	[
		'with an error when set-up fails',
		{ 'appliance/setup/setup.mjs': 'process.exit(1)' },
		1,
		'0 passed, 0 failed, 0 skipped',
	],
])('CI ends %s, and with the count', async (_name, files: Record<string, string>, code, line) => {
	using checkout = createReadyCheckout(files)
	const result = await run(checkout.root, ['bash', '.ci/run'])
	expect(result.lines.at(-1)).toBe(line)
	expect(result.code).toBe(code)
})

test('the long tests leave a result file that names the commit', async () => {
	using checkout = createReadyCheckout({ 'test/long/a.test.ts': TESTS, 'test/b.test.ts': 'throw new Error()' })
	const list = [
		'init -q',
		'-c user.name=a -c user.email=a@example.org commit -q --allow-empty -m first',
		'rev-parse HEAD',
	]
	const git = await run(checkout.root, ['sh', '-c', list.map((command) => `git ${command}`).join(' && ')])
	const result = await run(checkout.root, ['sh', 'appliance/setup/test.sh', 'long'])
	expect(result.lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped')
	expect(result.code).toBe(0)
	const files = await run(checkout.root, ['ls', 'test-results'])
	expect(files.lines).toEqual([`long-${git.lines.at(-1)}.json`])
})

test('the service is the process that npm start started, and gets its signal and arguments', async () => {
	using checkout = createReadyCheckout({
		'appliance/ops/cli.ts': `
			process.on('SIGTERM', () => process.exit(0))
			setInterval(() => {}, 1000)
			console.log(JSON.stringify({ pid: process.pid, args: process.argv.slice(2), node: process.version.slice(0, 3) }))
		`,
	})
	const service = spawn('sh', [join(checkout.root, 'appliance/setup/start.sh'), '--extra'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	})
	let output = ''
	service.stdout.on('data', (data) => {
		output += data
	})
	await until(() => output.includes('}'), 'the service speaks')
	expect(JSON.parse(output)).toEqual({ pid: service.pid, args: ['run', '--extra'], node: 'v24' })
	const code = new Promise((settle) => service.once('exit', settle))
	service.kill('SIGTERM')
	expect(await code).toBe(0)
})
