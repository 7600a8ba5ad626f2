import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { builtPages } from './pages.ts'

/** The panel, as it is sent. */

const dist = builtPages()

it('is at most 64 kB of script, compressed, before it is in a call', () => {
	const html = readFileSync(join(dist, 'panel/index.html'), 'utf8')
	const seen = new Set<string>()
	const visit = (file: string) => {
		if (seen.has(file)) return
		seen.add(file)
		const text = readFileSync(join(dist, 'assets', file), 'utf8')
		// What is imported at once; the desk is loaded in a call, by import(…).
		for (const [, next] of text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) if (next) visit(next)
	}
	for (const [, file] of html.matchAll(/\/assets\/([\w.-]+\.js)/g)) if (file) visit(file)
	const bytes = [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, 'assets', file))).length, 0)
	expect(seen.size).toBeGreaterThan(0)
	expect(bytes).toBeLessThanOrEqual(64_000)
})

it('names no other host', () => {
	for (const file of globSync('{panel/*.html,assets/panel-*.{js,css}}', { cwd: dist })) {
		const hosts = readFileSync(join(dist, file), 'utf8').match(/https?:\/\/[\w.-]+/g) ?? []
		expect(
			hosts.filter((host) => !/w3\.org|svelte\.dev/.test(host)),
			file,
		).toEqual([])
	}
})
