import { describe, expect, it } from 'vitest'
import { CommandLog, cameraLog } from '../../appliance/devices/command-log.ts'
import type { LogLevel } from '../../appliance/devices/messages.ts'

function listen(level: LogLevel) {
	const lines: unknown[] = []
	const note = (detail: object | string, message?: string) =>
		lines.push(message === undefined ? detail : [detail, message])
	return { lines, log: { level, trace: note, debug: note, info: note, warn: note, error: note } }
}

describe('The command log', () => {
	it('keeps the last 200 lines, oldest first', () => {
		const commands = new CommandLog()
		for (let i = 0; i < 450; i++) commands.add(i % 2 ? 'rx' : 'tx', String(i))
		const texts = commands.lines().map(({ text }) => Number(text))
		expect(texts).toEqual(Array.from({ length: 200 }, (_, i) => 250 + i))
		expect(commands.lines()[0]).toMatchObject({ direction: 'tx' })
	})

	it('cuts a line that is longer than any command', () => {
		const commands = new CommandLog()
		commands.add('rx', 'x'.repeat(10_000))
		expect(commands.lines()[0]?.text).toHaveLength(501)
	})

	it('catches what passes over the wire whatever the log level, and nothing else', () => {
		const commands = new CommandLog()
		const { log, lines } = listen('info')
		const driver = cameraLog('front', log, commands)
		driver.trace({ tx: '8101040700ff' })
		driver.trace({ rx: '9041ff' })
		driver.trace('no frame')
		driver.debug({ tx: 'not a frame' })
		driver.info({ model: 1 }, 'open')
		expect(commands.lines().map(({ direction, text }) => [direction, text])).toEqual([
			['tx', '8101040700ff'],
			['rx', '9041ff'],
		])
		expect(lines).toEqual([[{ model: 1, camera: 'front' }, 'open']])
	})

	it('names the camera in every line that is logged', () => {
		const { log, lines } = listen('trace')
		const driver = cameraLog('front', log, new CommandLog())
		driver.trace({ tx: '81' })
		driver.warn('beware')
		expect(lines).toEqual([{ tx: '81', camera: 'front' }, [{ camera: 'front' }, 'beware']])
	})
})
