import { Value } from 'typebox/value'
import { TextLinesConfig } from '../../../drivers/microphones/config.ts'

/** What the virtual system speaks, as a city would configure it. */
export function configured(change: Record<string, unknown> = {}): TextLinesConfig {
	const config = Value.Default(TextLinesConfig, {
		driver: 'text-lines',
		line: '\r\n',
		patterns: {
			on: '^MIC (?<seat>\\d+) ON$',
			off: '^MIC (?<seat>\\d+) OFF$',
			request: '^REQ (?<seat>\\d+)$',
			withdraw: '^REQ (?<seat>\\d+) CANCEL$',
			priority: '^PRIO (?<seat>\\d+)$',
		},
		commands: { on: 'SET {seat} 1', off: 'SET {seat} 0' },
		...change,
	})
	if (!Value.Check(TextLinesConfig, config)) throw new Error(JSON.stringify(Value.Errors(TextLinesConfig, config)))
	return config
}
