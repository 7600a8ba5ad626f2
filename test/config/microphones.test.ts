import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../appliance/config.ts'

/** Every fault as 'line:column message'. */
function faultsOf(text: string): string[] {
	try {
		readConfig(text, 'maru.yaml')
	} catch (error) {
		if (error instanceof ConfigError)
			return error.faults.map((fault) => `${fault.line}:${fault.column} ${fault.message}`)
		throw error
	}
	return []
}

const room = 'room: { name: 대회의실 }\nseats: [{ id: "1", name: 의장석 }, { id: "2", name: 2번석 }]\n'
const hall = (...lines: string[]) => `${room}microphones:\n${lines.map((line) => `  ${line}\n`).join('')}`
const good = [
	'driver: text-lines',
	'tcp: { host: 192.0.2.9, port: 4001 }',
	"patterns: { on: '^MIC (?<seat>\\d+) ON$', off: '^MIC (?<seat>\\d+) OFF$' }",
]
/** The good ones with line `i` (0-based) in another way. */
const but = (i: number, line: string) => hall(...good.map((was, at) => (at === i ? line : was)))

describe('Microphones in the configuration', () => {
	it('are none unless they are described', () => {
		expect(readConfig(room, 'maru.yaml').microphones).toBe('none')
		expect(readConfig(`${room}microphones: none\n`, 'maru.yaml').microphones).toBe('none')
	})

	it('need an address and patterns; the rest is the default', () => {
		expect(readConfig(hall(...good), 'maru.yaml').microphones).toEqual({
			driver: 'text-lines',
			tcp: { host: '192.0.2.9', port: 4001 },
			line: '\n',
			patterns: { on: '^MIC (?<seat>\\d+) ON$', off: '^MIC (?<seat>\\d+) OFF$' },
			commands: {},
			map: {},
			paceMs: 50,
			confirmMs: 500,
			pollMs: 5_000,
		})
	})

	it('may hang on a serial line, at 9600 baud unless it says otherwise', () => {
		const text = but(1, 'serial: { path: /dev/serial/by-id/usb-x, parity: even }')
		expect(readConfig(text, 'maru.yaml').microphones).toMatchObject({
			serial: { path: '/dev/serial/by-id/usb-x', baudRate: 9_600, parity: 'even' },
		})
	})

	it('may take commands, and number the seats in their own way', () => {
		const commands = "commands: { on: 'SET {seat} 1', off: 'SET {seat} 0', poll: STATUS }"
		expect(faultsOf(hall(...good, commands, 'map: { "11": "1", 12: "2" }'))).toEqual([])
	})

	it.each<[string, string, (string | RegExp)[]]>([
		['of a driver that nobody knows', `${room}microphones: { driver: morse }\n`, [/^3:1 .*none.*text-lines/]],
		['that are some', `${room}microphones: some\n`, [/^3:1 .*none.*text-lines/]],
		['without patterns', but(2, 'paceMs: 5'), [/^3:1 .*needs patterns/]],
		['with an unknown key', hall(...good, 'colour: red'), ["7:3 unknown key 'colour'"]],
		['with an unknown state', but(2, "patterns: { muted: '(?<seat>1)' }"), ["6:15 unknown key 'muted'"]],
		['nowhere', hall(good[0] ?? '', good[2] ?? ''), ['3:1 microphones need either tcp or serial']],
		['in two places', hall(...good, 'serial: { path: /dev/x }'), ['3:1 microphones need either tcp or serial']],
		['on a serial line without a path', but(1, 'serial: { path: ttyUSB0 }'), [/^5:13 /]],
		[
			'with a pattern that is none',
			but(2, "patterns: { on: '^MIC (?<seat>\\d+ ON$' }"),
			["6:15 the pattern for 'on' cannot be used: unterminated group"],
		],
		[
			'with a pattern that names no seat',
			but(2, "patterns: { on: '(?<seat>\\d)', off: '^MIC (\\d+) OFF$' }"),
			["6:34 the pattern for 'off' cannot be used: it has no group (?<seat>…)"],
		],
		[
			'with a pattern that looks ahead',
			but(2, "patterns: { on: '(?=MIC)(?<seat>\\d)' }"),
			[/^6:15 .*looking ahead or behind/],
		],
		['with half of the commands', hall(...good, "commands: { on: 'SET {seat}' }"), [/^7:3 .*needed together/]],
		[
			'with a command for nobody',
			hall(...good, "commands: { on: 'SET 1', off: 'SET {seat} 0' }"),
			["7:15 the command 'on' needs {seat}"],
		],
		[
			'with a command of two lines',
			hall(...good, 'commands: { poll: "A\\nB" }'),
			["7:15 the command 'poll' must be one line"],
		],
		['with a seat that is not there', hall(...good, 'map: { "7": "9" }'), ["7:10 there is no seat '9'"]],
		[
			'with one seat for two numbers',
			hall(...good, 'map: { "7": "1", "8": "1" }'),
			["7:10 the seat '1' stands here twice", "7:20 the seat '1' stands here twice"],
		],
	])('%s are refused, with the place', (_, text, expected) => {
		expect(faultsOf(text)).toEqual(expected.map((it) => (typeof it === 'string' ? it : expect.stringMatching(it))))
	})

	it('with a pattern that others try for ever are fine: ours takes no longer than the line', () => {
		expect(faultsOf(but(2, "patterns: { on: '^(a+)+(?<seat>b)$' }"))).toEqual([])
	})
})
