import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Whatever main hands around. */
const wired = [
	'protocol',
	'meeting',
	'minutes',
	'documents',
	'media',
	'relay',
	'hub',
	'counsel',
	'identity',
	'room',
	'devices',
	'browser',
	'ops',
	'http',
	'drivers',
	'setup',
	'config',
]

/**
 * Who may import whom among our folders. A part is a folder of `appliance/`, or one of the top-level folders;
 * a file directly in `appliance/` is a part of its own.
 */
const allowed: Record<string, readonly string[]> = {
	protocol: [],
	chain: [],
	drivers: [],
	meeting: ['protocol'],
	identity: ['protocol', 'chain'],
	devices: ['drivers'],
	browser: [],
	media: ['protocol', 'browser', 'setup'],
	ffmpeg: [],
	relay: ['protocol', 'ffmpeg'],
	documents: ['protocol'],
	minutes: ['protocol', 'meeting'],
	hub: ['protocol', 'chain', 'meeting', 'minutes', 'media', 'identity', 'relay', 'browser'],
	counsel: ['protocol', 'chain', 'hub', 'identity'],
	room: ['protocol', 'devices/client', 'browser', 'ffmpeg'],
	'control-panel': ['protocol'],
	setup: [],
	config: ['protocol', 'drivers'],
	// `all but …` of the design, spelled out.
	ops: [
		'protocol',
		'meeting',
		'minutes',
		'documents',
		'media',
		'hub',
		'identity',
		'room',
		'devices',
		'browser',
		'drivers',
		'setup',
		'config',
		'main',
	],
	http: [
		'protocol',
		'meeting',
		'minutes',
		'documents',
		'media',
		'hub',
		'counsel',
		'identity',
		'room',
		'devices',
		'browser',
		'ops',
		'drivers',
		'config',
	],
	wiring: wired,
	// Nobody else imports what main's pieces are made of: one file wires.
	main: [...wired, 'wiring'],
}

/** Packages that exactly one place may touch. */
const soleImporter: Record<string, string> = {
	mediasoup: 'appliance/media/sfu.ts',
	'puppeteer-core': 'appliance/browser/launch.ts',
	'openid-client': 'appliance/identity/sso-provider.ts',
}

const root = join(import.meta.dirname, '..')
const statement =
	/(?:^|\n)\s*(import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g

interface Import {
	file: string
	typeOnly: boolean
	target: string
}

function importsOf(file: string): Import[] {
	const text = readFileSync(join(root, file), 'utf8')
	return [...text.matchAll(statement)].map((match) => ({
		file,
		typeOnly: match[2] !== undefined,
		target: match[3] ?? match[4] ?? match[5] ?? '',
	}))
}

function partOf(path: string): string {
	const [top = '', second = ''] = path.split('/')
	if (top !== 'appliance') return top
	return second.replace(/\.ts$/, '').replace(/^(config|demo)-.*$/, '$1')
}

function fault({ file, typeOnly, target }: Import): string | null {
	if (!target.startsWith('.')) {
		const owner = soleImporter[target]
		return owner && owner !== file && !typeOnly ? `${file} imports ${target}, which only ${owner} may` : null
	}
	const path = relative(root, join(root, dirname(file), target))
	const from = partOf(file)
	const to = partOf(path)
	if (from === to || (typeOnly && /^drivers\/[a-z-]+\.ts$/.test(path))) return null
	const rules = allowed[from]
	if (!rules) return `${file}: the part '${from}' is not in the table of who may import whom`
	const ok = rules.some((rule) => (rule.includes('/') ? `appliance/${rule}.ts` === path : rule === to))
	return ok ? null : `${file} imports ${path}`
}

const files = globSync(['appliance/**/*.{ts,mjs}', 'drivers/**/*.ts', 'control-panel/**/*.{ts,svelte}'], {
	cwd: root,
	exclude: ['control-panel/dist/**'],
})

describe('Folders', () => {
	it('import only what the table allows', () => {
		expect(files.length).toBeGreaterThan(20)
		expect(files.flatMap(importsOf).map(fault).filter(Boolean)).toEqual([])
	})

	it.each([
		['appliance/room/room.ts', '../hub/hub.ts', false],
		['appliance/http/room.ts', '../main.ts', false],
		['appliance/ops/cli.ts', '../wiring/ends.ts', false],
		['appliance/room/room.ts', '../devices/client.ts', true],
		['appliance/room/room.ts', '../devices/supervisor.ts', false],
		['drivers/visca/camera.ts', '../../appliance/protocol/roles.ts', false],
		['control-panel/lib/x.ts', '../../appliance/protocol/roles.ts', true],
		['appliance/hub/hub.ts', 'mediasoup', false],
	])('%s importing %s is allowed: %s', (file, target, expected) => {
		expect(fault({ file, target, typeOnly: false }) === null).toBe(expected)
	})
})
