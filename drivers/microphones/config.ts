import { type Static, Type } from 'typebox'
import { compilePattern, PatternError } from './pattern.ts'

const pattern = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
const command = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
const closed = { additionalProperties: false }

/** Microphones of a hall whose system speaks in lines of text. Over `tcp` or `serial`, one of the two. */
export const TextLinesConfig = Type.Object(
	{
		driver: Type.Literal('text-lines'),
		tcp: Type.Optional(
			Type.Object(
				{
					host: Type.String({ minLength: 1, maxLength: 253 }),
					port: Type.Integer({ minimum: 1, maximum: 65535 }),
				},
				closed,
			),
		),
		serial: Type.Optional(
			Type.Object(
				{
					/** Best below /dev/serial/by-id. */
					path: Type.String({ pattern: '^/', maxLength: 255 }),
					baudRate: Type.Integer({ minimum: 300, maximum: 921_600, default: 9_600 }),
					dataBits: Type.Optional(Type.Union([Type.Literal(7), Type.Literal(8)])),
					parity: Type.Optional(Type.Union([Type.Literal('none'), Type.Literal('even'), Type.Literal('odd')])),
					stopBits: Type.Optional(Type.Union([Type.Literal(1), Type.Literal(2)])),
				},
				closed,
			),
		),
		/** What ends a command. On input CR, LF and CRLF end a line, whatever stands here. */
		line: Type.String({ minLength: 1, maxLength: 4, default: '\n' }),
		/** Regular expressions with a group `seat`: which line means what. The first that matches counts, in this order. */
		patterns: Type.Object(
			{ on: pattern, off: pattern, request: pattern, withdraw: pattern, priority: pattern },
			closed,
		),
		/** `{seat}` stands for the system's number. Without `on` and `off` it takes no commands. `poll` asks for the state. */
		commands: Type.Object({ on: command, off: command, poll: command }, { ...closed, default: {} }),
		/** The system's number → our seat. Numbers that are not here are the seat's id. */
		map: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), {
			default: {},
		}),
		/** Between two commands. */
		paceMs: Type.Integer({ minimum: 0, maximum: 2_000, default: 50 }),
		/**
		 * The system answers a command with its `on` or `off` line, at the latest after this time; then it is told again.
		 * 0: it gives no such answer. Without both patterns it is 0.
		 */
		confirmMs: Type.Integer({ minimum: 0, maximum: 2_000, default: 500 }),
		/** With `commands.poll`: how often. Silence after three is a lost connection. */
		pollMs: Type.Integer({ minimum: 500, maximum: 60_000, default: 5_000 }),
	},
	closed,
)
export type TextLinesConfig = Static<typeof TextLinesConfig>

/** What the schema cannot tell of a configuration that it has passed, each with its path inside. */
export function textLinesFaults(config: TextLinesConfig): { path: string[]; message: string }[] {
	const { tcp, serial, patterns, commands, map } = config
	const faults: { path: string[]; message: string }[] = []
	const fault = (path: string[], message: string) => void faults.push({ path, message })
	if ((tcp === undefined) === (serial === undefined)) fault([], 'microphones need either tcp or serial')
	for (const [state, source] of Object.entries(patterns)) {
		try {
			compilePattern(source)
		} catch (error) {
			if (!(error instanceof PatternError)) throw error
			fault(['patterns', state], `the pattern for '${state}' cannot be used: ${error.message}`)
		}
	}
	for (const name of ['on', 'off'] as const) {
		const text = commands[name]
		if (text !== undefined && !text.includes('{seat}')) fault(['commands', name], `the command '${name}' needs {seat}`)
	}
	if ((commands.on === undefined) !== (commands.off === undefined)) {
		fault(['commands'], 'the commands on and off are needed together')
	}
	for (const [name, text] of Object.entries(commands)) {
		if (/[\r\n]/.test(text)) fault(['commands', name], `the command '${name}' must be one line`)
	}
	const seats = Object.values(map)
	for (const [number, seat] of Object.entries(map)) {
		if (seats.indexOf(seat) !== seats.lastIndexOf(seat)) fault(['map', number], `the seat '${seat}' stands here twice`)
	}
	return faults
}
