import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { builtPages } from './pages.ts'

/** The pages, as they are sent. */

const dist = builtPages()

/** Bytes of script, compressed, that a page has imported at once; and of what it fetches while its user looks at it. */
function scriptOf(page: string, fetched = /$^/) {
	const seen = new Set<string>()
	const visit = (file: string) => {
		if (seen.has(file)) return
		seen.add(file)
		const text = readFileSync(join(dist, 'assets', file), 'utf8')
		// What is imported at once; the rest is loaded when it is needed, by import(…).
		for (const [, next] of text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) if (next) visit(next)
		for (const [, next] of text.matchAll(/import\(\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
			if (next && fetched.test(next)) visit(next)
	}
	const html = readFileSync(join(dist, page, 'index.html'), 'utf8')
	for (const [, file] of html.matchAll(/\/assets\/([\w.-]+\.js)/g)) if (file) visit(file)
	expect(seen.size).toBeGreaterThan(0)
	return [...seen].reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, 'assets', file))).length, 0)
}

it('the panel is at most 60 kB of script, compressed, before it is in a call', () => {
	expect(scriptOf('panel')).toBeLessThanOrEqual(60_000)
})

it('the attendee page is at most 150 kB of script, compressed, with what its media need', () => {
	expect(scriptOf('attend', /^lib-/)).toBeLessThanOrEqual(150_000)
})

it('the watch page is at most 120 kB of script, compressed, before it plays over HTTP', () => {
	expect(scriptOf('watch', /^lib-/)).toBeLessThanOrEqual(120_000)
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
