import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'

/** To load its code is the greater part of the service's start, and the panel waits for it. */

const main = pathToFileURL(join(import.meta.dirname, '../appliance/main.ts')).href
const program = `
	import { registerHooks } from 'node:module'
	const packages = new Set()
	registerHooks({
		load(url, context, next) {
			const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]
			if (name) packages.add(name)
			return next(url, context)
		},
	})
	await import(process.argv[1])
	process.stdout.write(JSON.stringify([...packages]), () => process.exit())
`

it('The service loads nothing at its start that only a browser or a new certificate needs', () => {
	const packages: string[] = JSON.parse(
		execFileSync(process.execPath, ['--input-type=module', '--eval', program, main], { encoding: 'utf8' }),
	)
	expect(packages).toContain('fastify')
	for (const name of ['puppeteer-core', '@puppeteer/browsers', '@peculiar/x509']) {
		expect(packages).not.toContain(name)
	}
})
