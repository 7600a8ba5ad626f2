import { existsSync, readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type Document, isMap, isNode, LineCounter, parseDocument, visit } from 'yaml'
import { type TextLinesConfig, textLinesFaults } from '../drivers/microphones/config.ts'
import { cameraFaults, schemaOf } from './config-camera.ts'
import { type Placed, schemaFaults } from './config-faults.ts'
import { addressFaults, relayFaults } from './config-relay.ts'
import { type Config, ConfigSchema, microphoneDrivers } from './config-schema.ts'
import { readSecretOf } from './config-secret.ts'
import { ssoFaults } from './config-sso.ts'

/** Loading of maru.yaml: the whole configuration, or every fault that is in it, each with its line. */

export interface Fault {
	/** 1-based. */
	line: number
	column: number
	message: string
}

export class ConfigError extends Error {
	readonly file: string
	readonly faults: readonly Fault[]

	constructor(file: string, faults: readonly Fault[]) {
		super(faults.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'))
		this.name = 'ConfigError'
		this.file = file
		this.faults = faults
	}
}

export interface Loaded {
	/** Null: there is no file, so the demo room runs. */
	config: Config | null
	dataDir: string
	/** Where the HTTP listener goes and by how much the others follow; null: as configured; 0: free ports. */
	port: number | null
}

/** Reads MARU_CONFIG, MARU_DATA and MARU_PORT. Throws a ConfigError. */
export function loadConfig(env: NodeJS.ProcessEnv): Loaded {
	const file = resolve(env.MARU_CONFIG || 'maru.yaml')
	const found = existsSync(file)
	if (!found && env.MARU_CONFIG)
		throw new ConfigError(file, [{ line: 1, column: 1, message: 'MARU_CONFIG names a file that is not there' }])
	return {
		config: found ? readConfig(readText(file), file) : null,
		dataDir: dataDirOf(env),
		port: readPort(env.MARU_PORT),
	}
}

/** Names would be read wrongly where an editor saved them in another encoding (on Korean Windows: CP949). */
function readText(file: string): string {
	const text = readBytes(file).toString('utf8')
	const strange = text.indexOf('\ufffd')
	if (strange < 0) return text
	const before = text.slice(0, strange).split('\n')
	const message = 'this is not UTF-8: save the file anew in that encoding'
	throw new ConfigError(file, [{ line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message }])
}

function readBytes(file: string): Buffer {
	try {
		return readFileSync(file)
	} catch (error) {
		const message = `the file cannot be read: ${error instanceof Error ? error.message : error}`
		throw new ConfigError(file, [{ line: 1, column: 1, message }])
	}
}

/** Where the appliance keeps what it knows. */
export const dataDirOf = (env: NodeJS.ProcessEnv) => resolve(env.MARU_DATA || 'data')

function readPort(text: string | undefined): number | null {
	if (text === undefined || text === '') return null
	const port = Number(text)
	if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
	throw new ConfigError('MARU_PORT', [{ line: 1, column: 1, message: `'${text}' is not a port (0 to 65535)` }])
}

/** Throws a ConfigError with every fault, by line. */
export function readConfig(text: string, file: string): Config {
	const lines = new LineCounter()
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
	const at = (offset: number, message: string): Fault => {
		const { line, col } = lines.linePos(offset)
		return { line, column: col, message }
	}
	// Syntax first: what could not be read has no meaning to be checked. A warning is a tag that we don't know.
	const unread = [...document.errors, ...document.warnings].map(({ pos, message }) => at(pos[0], message))
	visit(document, {
		Alias(_, alias) {
			if (!alias.resolve(document))
				unread.push(at(alias.range?.[0] ?? 0, `there is no anchor '${alias.source}' before`))
		},
	})
	if (unread.length > 0) throw new ConfigError(file, inOrder(unread))

	const value: unknown = withDefaults(plain(document, file) ?? {})
	const faults = [
		...list(value, 'cameras').flatMap(({ item, i }) => {
			return readSecretOf(item, 'password', 'password', ['cameras', i], dirname(file))
		}),
		...readSecretOf(section(section(value).turn), 'secret', 'secret', ['turn'], dirname(file)),
		...readSecretOf(section(section(value).sso), 'clientSecret', 'secret', ['sso'], dirname(file)),
		...readSecretOf(section(section(value).sso), 'ca', 'certificate', ['sso'], dirname(file)),
		...readSecretOf(
			section(section(section(value).counsel).sms),
			'secret',
			'secret',
			['counsel', 'sms'],
			dirname(file),
		),
		...readSecretOf(
			section(section(section(value).rehearsal).webhook),
			'secret',
			'secret',
			['rehearsal', 'webhook'],
			dirname(file),
		),
		...schemaFaults(ConfigSchema, value, []),
		...list(value, 'cameras').flatMap(({ item, i }) => cameraFaults(item, ['cameras', i])),
		...microphoneFaults(value),
		...meaningFaults(value),
		...relayFaults(section(section(value).relay)),
		...ssoFaults(section(value)),
		...addressFaults(section(section(value).listen).proxies, ['listen', 'proxies']),
		...addressFaults(section(value).deviceNetworks, ['deviceNetworks']),
	]
	if (faults.length > 0) {
		const placed = faults.map(({ path, message }) => at(offsetOf(document, path), message))
		throw new ConfigError(file, inOrder(placed))
	}
	return value as Config
}

const inOrder = (faults: Fault[]) => faults.sort((a, b) => a.line - b.line || a.column - b.column)

/** As plain values. Aliases that multiply into more than a configuration ever needs are refused by the parser. */
function plain(document: Document, file: string): unknown {
	try {
		return document.toJS()
	} catch (error) {
		throw new ConfigError(file, [
			{ line: 1, column: 1, message: error instanceof Error ? error.message : String(error) },
		])
	}
}

function withDefaults(value: unknown): unknown {
	const filled = Value.Default(ConfigSchema, value)
	for (const { item: camera } of list(filled, 'cameras')) {
		const schema = schemaOf(camera.driver)
		if (schema) Object.assign(camera, Value.Default(schema, camera))
	}
	const { microphones } = section(filled)
	const schema = microphoneSchemaOf(microphones)
	if (schema) Object.assign(section(microphones), Value.Default(schema, microphones))
	return filled
}

function microphoneSchemaOf(microphones: unknown): TSchema | undefined {
	const { driver } = section(microphones)
	return typeof driver === 'string' && Object.hasOwn(microphoneDrivers, driver)
		? microphoneDrivers[driver as keyof typeof microphoneDrivers]
		: undefined
}

/** The hall's microphones by the schema of their driver, then by what they mean. */
function microphoneFaults(value: unknown): Placed[] {
	const { microphones, seats } = section(value)
	const path = ['microphones']
	if (microphones === 'none' || microphones === undefined) return []
	const schema = microphoneSchemaOf(microphones)
	if (!schema) {
		const known = Object.keys(microphoneDrivers).join(', ')
		return [{ path, message: `microphones must be none, or have one of these drivers: ${known}` }]
	}
	const faults = schemaFaults(schema, microphones, path)
	if (faults.length > 0) return faults
	const config = microphones as TextLinesConfig
	const ids = new Set(list({ seats }, 'seats').map(({ item }) => item.id))
	const lost = Object.entries(config.map).filter(([, seat]) => !ids.has(seat))
	return [
		...textLinesFaults(config).map(({ path: inside, message }) => ({ path: [...path, ...inside], message })),
		...lost.map(([number, seat]) => ({ path: [...path, 'map', number], message: `there is no seat '${seat}'` })),
	]
}

/** What each key alone cannot tell. */
function meaningFaults(value: unknown): Placed[] {
	const faults: Placed[] = []
	for (const name of ['cameras', 'seats']) {
		const seen = new Set<unknown>()
		for (const { item, i } of list(value, name)) {
			if (typeof item.id === 'string' && seen.has(item.id)) {
				faults.push({ path: [name, i, 'id'], message: `the id '${item.id}' is used twice` })
			}
			seen.add(item.id)
		}
	}
	const cameras = new Set(list(value, 'cameras').map(({ item }) => item.id))
	for (const { item, i } of list(value, 'seats')) {
		const { camera, preset } = item
		if (camera !== undefined && !cameras.has(camera)) {
			faults.push({ path: ['seats', i, 'camera'], message: `there is no camera '${camera}'` })
		}
		if (preset !== undefined && camera === undefined) {
			faults.push({ path: ['seats', i, 'preset'], message: 'a preset needs a camera' })
		}
	}
	const { publicUrl } = section(value)
	if (typeof publicUrl === 'string' && /^https:\/\/[^/\s]+$/.test(publicUrl) && !isOrigin(publicUrl)) {
		faults.push({
			path: ['publicUrl'],
			message: `'${publicUrl}' is no address of a server: https://name or https://name:port`,
		})
	}
	return [...faults, ...listenFaults(section(section(value).listen))]
}

function listenFaults(listen: Record<string, unknown>): Placed[] {
	const faults: Placed[] = []
	const [http, https, media] = [section(listen.http), section(listen.https), section(listen.media)]
	if (typeof http.host === 'string' && !isLoopback(http.host)) {
		const message = `plain HTTP is for this machine only (127.0.0.1 or ::1), not '${http.host}'; others use https`
		faults.push({ path: ['listen', 'http', 'host'], message })
	}
	if (typeof http.port === 'number' && http.port === https.port) {
		faults.push({ path: ['listen', 'https', 'port'], message: `http has the port ${http.port} already` })
	}
	const range = section(listen.feeds).portRange
	if (Array.isArray(range)) {
		const [first, last] = range.map(Number)
		const path = ['listen', 'feeds', 'portRange']
		if (Number(first) > Number(last)) faults.push({ path, message: 'the first port must not be above the second' })
		if (Number(media.port) >= Number(first) && Number(media.port) <= Number(last)) {
			faults.push({ path, message: `the port of media, ${media.port}, lies in this range` })
		}
	}
	return faults
}

const isLoopback = (host: string) => host === '::1' || host === 'localhost' || (isIPv4(host) && host.startsWith('127.'))

/** A scheme, a name and perhaps a port; nothing before, behind or between. */
function isOrigin(text: string): boolean {
	const url = URL.canParse(text) ? new URL(text) : null
	return url !== null && url.href === `${url.origin}/`
}

const section = (value: unknown) =>
	typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** The items of a list, the very objects, with their places. What is not an object has been told by the schema. */
function list(value: unknown, name: string): { item: Record<string, unknown>; i: number }[] {
	const items = section(value)[name]
	if (!Array.isArray(items)) return []
	return items.map((item, i) => ({ item, i })).filter(({ item }) => typeof item === 'object' && item !== null)
}

/** Where in the file a path leads; the nearest that exists, for keys that are missing. */
function offsetOf(document: Document, path: (string | number)[]): number {
	for (let length = path.length; length > 0; length--) {
		const part = path.slice(0, length)
		const owner = document.getIn(part.slice(0, -1), true)
		const pair = isMap(owner) ? owner.items.find(({ key }) => String(key) === String(part.at(-1))) : undefined
		if (isNode(pair?.key) && pair.key.range) return pair.key.range[0]
		const node = document.getIn(part, true)
		if (isNode(node) && node.range) return node.range[0]
	}
	return 0
}
