import type { CameraHealthView } from '../../../appliance/protocol/facilities.ts'

/** The command log as somebody looks for something in it. */

export type LogLine = CameraHealthView['log'][number]
export type Direction = 'all' | LogLine['direction']

/** Hex is found with and without its spaces. */
export function filtered(lines: readonly LogLine[], direction: Direction, wanted: string): LogLine[] {
	const needle = wanted.toLowerCase().replace(/\s+/g, '')
	return lines.filter(
		(line) =>
			(direction === 'all' || line.direction === direction) &&
			(needle === '' || line.text.toLowerCase().replace(/\s+/g, '').includes(needle)),
	)
}

/** Bytes as manuals write them, in pairs; a line of ONVIF stays as it is. */
export function logLine(text: string): string {
	return /^([0-9a-f]{2})+$/i.test(text) ? text.replace(/..(?=.)/g, '$& ') : text
}

/** To the millisecond: 14:03:07.052. */
export function logTime(at: number): string {
	const date = new Date(at)
	const two = (value: number) => String(value).padStart(2, '0')
	const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
	return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** As text for a letter to the maker. */
export function logText(lines: readonly LogLine[]): string {
	return lines
		.map(({ at, direction, text }) => `${logTime(at)} ${direction === 'tx' ? '->' : '<-'} ${logLine(text)}`)
		.join('\n')
}
