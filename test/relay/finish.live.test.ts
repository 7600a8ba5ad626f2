import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { finish } from '../../appliance/relay/finish.ts'

/** What is asked of the disk, in its order: the power may go between any two steps. */

const steps = vi.hoisted(() => [] as string[])
const nameOf = (path: unknown) => basename(String(path))

vi.mock('node:fs', async (original) => {
	const fs = await original<typeof import('node:fs')>()
	return {
		...fs,
		renameSync(from: string, to: string) {
			steps.push(`rename ${nameOf(from)}`)
			fs.renameSync(from, to)
		},
		rmSync(path: string, options: object) {
			steps.push(`remove ${nameOf(path)}`)
			fs.rmSync(path, options)
		},
	}
})
vi.mock('node:fs/promises', async (original) => {
	const fs = await original<typeof import('node:fs/promises')>()
	return {
		...fs,
		async open(path: string, flags: string) {
			const file = await fs.open(path, flags)
			const sync = file.sync.bind(file)
			file.sync = async () => {
				await sync()
				steps.push(`sync ${nameOf(path)}`)
			}
			return file
		},
	}
})

let dir: string
beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-finish-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

it('a recording is whole on the disk before it has its name, and has its name there before its parts go', async () => {
	const part = 'part-1000.mp4'
	const films = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=10', '-f', 'lavfi', '-i', 'sine']
	const coded = [
		'-t',
		'1',
		'-c:v',
		'libx264',
		'-g',
		'5',
		'-c:a',
		'aac',
		'-movflags',
		'+frag_keyframe+empty_moov+default_base_moof',
	]
	execFileSync('ffmpeg', ['-v', 'error', ...films, ...coded, join(dir, part)])
	const done = await finish(dir, pino({ level: 'silent' }), () => ({ title: '회의', chapters: [] }))
	expect(done?.parts).toMatchObject([{ name: part }])
	expect(steps.slice(0, 5)).toEqual([
		...['sync making.mp4', 'sync parts.json', 'rename making.mp4', `sync ${basename(dir)}`, `remove ${part}`],
	])
})
