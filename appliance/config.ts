import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml'
import { type Config, ConfigSchema, cameraDrivers, driversToCome } from './config-schema.ts'

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
		config: found ? readConfig(readFileSync(file, 'utf8'), file) : null,
		dataDir: resolve(env.MARU_DATA || 'data'),
		port: readPort(env.MARU_PORT),
	}
}

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
	// Syntax first: what could not be read has no meaning to be checked.
	if (document.errors.length > 0)
		throw new ConfigError(
			file,
			document.errors.map(({ pos, message }) => at(pos[0], message)),
		)

	const value: unknown = withDefaults(document.toJS() ?? {})
	const faults = [...schemaFaults(ConfigSchema, value, []), ...cameraFaults(value), ...meaningFaults(value)]
	if (faults.length > 0) {
		const placed = faults.map(({ path, message }) => at(offsetOf(document, path), message))
		throw new ConfigError(
			file,
			placed.sort((a, b) => a.line - b.line || a.column - b.column),
		)
	}
	return value as Config
}

function withDefaults(value: unknown): unknown {
	const filled = Value.Default(ConfigSchema, value)
	for (const camera of list(filled, 'cameras')) {
		const schema = schemaOf(camera.driver)
		if (schema) Object.assign(camera, Value.Default(schema, camera))
	}
	return filled
}

function schemaOf(driver: unknown): TSchema | undefined {
	return typeof driver === 'string' && Object.hasOwn(cameraDrivers, driver)
		? cameraDrivers[driver as keyof typeof cameraDrivers]
		: undefined
}

interface Placed {
	path: (string | number)[]
	message: string
}

function schemaFaults(schema: TSchema, value: unknown, base: (string | number)[]): Placed[] {
	const faults: Placed[] = []
	const errors = Value.Errors(schema, value)
	for (const error of errors) {
		const path = [...base, ...error.instancePath.split('/').slice(1)]
		// Each unknown key is told once, by 'additionalProperties'; each missing one by 'required'.
		if (error.keyword === 'boolean' || error.keyword === 'anyOf') continue
		if (error.keyword === 'additionalProperties') {
			const { additionalProperties } = error.params as { additionalProperties: string[] }
			for (const key of additionalProperties) faults.push({ path: [...path, key], message: `unknown key '${key}'` })
		} else {
			faults.push({ path, message: `${path.join('.') || 'the file'} ${messageOf(error)}` })
		}
	}
	return faults
}

function messageOf({ message, params }: { message: string; params: object }): string {
	return 'allowedValues' in params && Array.isArray(params.allowedValues)
		? `must be one of: ${params.allowedValues.join(', ')}`
		: message
}

/** Each camera by the schema of its driver. */
function cameraFaults(value: unknown): Placed[] {
	return list(value, 'cameras').flatMap((camera, i): Placed[] => {
		const { driver } = camera
		if (typeof driver !== 'string') return [] // said by the schema
		const path = ['cameras', i]
		const schema = schemaOf(driver)
		if (schema) return schemaFaults(schema, camera, path)
		const known = Object.keys(cameraDrivers).join(', ')
		const reason = driversToCome.some((name) => name === driver)
			? `the driver '${driver}' is not built yet in this version; there are: ${known}`
			: `there is no driver '${driver}'; there are: ${known}`
		return [{ path: [...path, 'driver'], message: reason }]
	})
}

/** What each key alone cannot tell. */
function meaningFaults(value: unknown): Placed[] {
	const faults: Placed[] = []
	for (const name of ['cameras', 'seats']) {
		const seen = new Set<unknown>()
		list(value, name).forEach(({ id }, i) => {
			if (seen.has(id)) faults.push({ path: [name, i, 'id'], message: `the id '${id}' is used twice` })
			seen.add(id)
		})
	}
	const cameras = new Set(list(value, 'cameras').map(({ id }) => id))
	list(value, 'seats').forEach(({ camera, preset }, i) => {
		if (camera !== undefined && !cameras.has(camera)) {
			faults.push({ path: ['seats', i, 'camera'], message: `there is no camera '${camera}'` })
		}
		if (preset !== undefined && camera === undefined) {
			faults.push({ path: ['seats', i, 'preset'], message: 'a preset needs a camera' })
		}
	})
	const listen = section(section(value).listen)
	const { host } = section(listen.http)
	if (typeof host === 'string' && !isLoopback(host)) {
		const message = `plain HTTP is for this machine only (127.0.0.1 or ::1), not '${host}'; others use https`
		faults.push({ path: ['listen', 'http', 'host'], message })
	}
	const range = section(listen.feeds).portRange
	if (Array.isArray(range) && Number(range[0]) > Number(range[1])) {
		faults.push({ path: ['listen', 'feeds', 'portRange'], message: 'the first port must not be above the second' })
	}
	return faults
}

const isLoopback = (host: string) => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(host)

const section = (value: unknown) =>
	typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** The items of a list, the very objects. What is not a list, or not an object in it, has been told by the schema. */
function list(value: unknown, name: string): Record<string, unknown>[] {
	const items = section(value)[name]
	return Array.isArray(items) ? items.filter((item) => typeof item === 'object' && item !== null) : []
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
