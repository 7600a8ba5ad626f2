import { describe, expect, it } from 'vitest'
import type { Process } from '../scene/processes.ts'
import { isOf } from './witness.ts'

const process = (pid: number, command: string): Process => ({ pid, parent: 1, command, state: 'S', began: 0 })
const browser = process(20, '/usr/lib/chromium/chromium --headless=new --user-data-dir=/tmp/maru-stage-7-aBcDeF')
const reporter = (profile: string) =>
	process(30, `/usr/lib/chromium/chrome_crashpad_handler --database=${profile}/.config/chromium/Crash Reports`)

describe('Of what runs beside the service', () => {
	it.each([
		['what is below it', browser, true],
		['what reports the crashes of a browser below it', reporter('/tmp/maru-stage-7-aBcDeF'), true],
		['what reported those of one that is gone', reporter('/tmp/maru-stage-7-gHiJkL'), false],
		['anything else', process(40, 'ffmpeg -i rtsp://camera'), false],
	])('%s is told from what was left', (_, entry, is) => {
		expect(isOf(entry, [browser])).toBe(is)
	})
})
