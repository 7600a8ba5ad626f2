import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { finish, partsOf, wholeName } from '../../appliance/relay/finish.ts'
import { Recorder, type RecorderOptions } from '../../appliance/relay/recorder.ts'
import { Station } from '../../appliance/relay/station.ts'
import { relayPids } from '../scene/relay-parts.ts'
import { until } from '../scene/wait.ts'
import { readMediaPlaylist } from './rfc8216.ts'
import { startSender } from './sender.ts'

/** A real ffmpeg takes real RTP; another sends it, as the SFU does. */

const run = promisify(execFile)
const log = pino({ level: 'silent' })
let dir: string
let station: Station
let recorder: Recorder
let ends: string[]
let faults: string[]
let senders: Awaited<ReturnType<typeof startSender>>[]

function open(options: Partial<RecorderOptions> = {}) {
	recorder = new Recorder({ dir, reserveBytes: 0, onFault: (fault) => faults.push(fault), ...options })
	station = new Station({
		window: { dvrS: 60, maxBytes: 64 * 1024 * 1024 },
		log,
		now: Date.now,
		since: null,
		onRead: (output, atMs) => recorder.take(output, atMs),
		onEnd: (reason) => ends.push(reason),
	})
	station.air(true)
}

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'maru-station-'))
	ends = []
	faults = []
	senders = []
	open()
})
afterEach(async () => {
	station.end()
	recorder.end()
	for (const sender of senders) sender.stop()
	await Promise.all(senders.map(({ ended }) => ended))
	rmSync(dir, { recursive: true, force: true })
})

async function send(seconds = 60) {
	const sender = await startSender(seconds)
	senders.push(sender)
	station.begin(sender.sdp, 2)
	return sender
}

function ask(name: string, options: { query?: string; fromStart?: boolean } = {}) {
	const segment = /^segments\/(.*)$/.exec(name)?.[1]
	const answer =
		segment === undefined
			? station.playlist(name, { chapters: [], query: '', fromStart: false, ...options })
			: station.segment(segment)
	return answer.status === 200 ? Buffer.from(answer.bytes) : answer.status
}
const textOf = (name: string, query = '') => String(ask(name, { query }))
const listed = () => (ask('high.m3u8') === 404 ? [] : readMediaPlaylist(textOf('high.m3u8')).segments)

describe('A station', () => {
	it('lists what comes as RTP, in two sizes, and goes on after ffmpeg was killed', async () => {
		expect(ask('master.m3u8')).toBe(404)
		await send()
		await until('three segments', () => listed().length >= 3)
		const { pid } = station
		process.kill(pid ?? Number.NaN, 'SIGKILL')
		await until('the end to be told', () => ends.length === 1)
		expect(station.pid).toBeNull()
		for (const sender of senders) sender.stop()
		const before = listed().length
		await send()
		await until('more segments', () => listed().length >= before + 2)

		expect(textOf('master.m3u8')).toMatch(/RESOLUTION=320x180.*\nhigh\.m3u8\n.*RESOLUTION=160x90.*\nlow\.m3u8\n/)
		// At least where ffmpeg was killed: a sender that stutters makes breaks of its own.
		expect(textOf('high.m3u8')).toMatch(/EXT-X-DISCONTINUITY\n#EXT-X-MAP/)
		expect(textOf('master.m3u8', '?token=a')).toContain('high.m3u8?token=a')
		const [segment] = readMediaPlaylist(textOf('low.m3u8')).segments
		expect(ask(segment?.uri ?? '')).toBeInstanceOf(Buffer)
		expect(textOf('low.m3u8', '?token=a')).toBe(textOf('low.m3u8'))
		for (const name of ['high-1.m4s', '../secret', 'segments/low-1.m4s', 'segments/low.m3u8', 'segments/master.m3u8']) {
			expect(ask(name)).toBe(404)
		}
		// Its number alone opens nothing, and neither does the seal of another.
		const [, low = '', seal = ''] = /^(segments\/low-\d+)-(\w+)\.m4s$/.exec(segment?.uri ?? '') ?? []
		expect(seal).toMatch(/^[0-9a-f]{32}$/)
		expect(ask(`${low}.m4s`)).toBe(404)
		expect(ask(`${low.replace('low', 'high')}-${seal}.m4s`)).toBe(404)
		expect(station.delayMs).toBeLessThan(10_000)
	})

	it('has the next ffmpeg at hand while one runs, and takes it when that was killed', async () => {
		const all = () => relayPids({ pid: process.pid }, 'ffmpeg', 'all')
		await send()
		const next = await until('another', () => all()[1])
		process.kill(station.pid ?? Number.NaN, 'SIGKILL')
		await until('the end to be told', () => ends.length === 1)
		const before = listed().length
		await send()
		expect(station.pid).toBe(next)
		await until('more segments', () => listed().length >= before + 2)
		const third = await until('a third', () => all()[1])
		process.kill(third, 'SIGKILL')
		await until('it to be gone', () => all().length === 1)
		// The kernel knows before the station does.
		await sleep(100)
		await send()
		await until('one that was started now', () => all().length === 1 && all()[0] === station.pid)
		station.end()
		await until('none to be left', () => all().length === 0)
	})

	it('that is on air again lists nothing of what came in between', async () => {
		await send()
		await until('a segment', () => listed().length > 0)
		station.air(false)
		const ended = textOf('high.m3u8')
		expect(ended).toContain('#EXT-X-ENDLIST')
		await sleep(1_500)
		expect(textOf('high.m3u8')).toBe(ended)
		station.air(true)
		expect(ask('high.m3u8')).toBe(404)
		await until('a new segment', () => listed().length > 0)
		const [before, after] = [readMediaPlaylist(ended).segments.at(-1), listed()[0]]
		expect(Number(after?.uri.match(/\d+/)?.[0])).toBeGreaterThan(Number(before?.uri.match(/\d+/)?.[0]) + 1)
		expect(ask(before?.uri ?? '')).toBe(404)
	})

	it('is over for the run whose source falls silent', async () => {
		const sender = await send(4)
		await sender.ended
		await until('the end to be told', () => ends.length === 1)
		expect(ends).toEqual(['stalled'])
	})
})

async function picturesIn(file: string): Promise<number> {
	const shown = ['-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0']
	const { stdout } = await run('ffprobe', ['-v', 'error', '-count_packets', '-select_streams', 'v:0', ...shown, file])
	return Number(stdout)
}

const nothing = () => ({ title: '', chapters: [] })

describe('A recording', () => {
	it('of two runs is one file that plays, also when the second was cut off within a fragment', async () => {
		const first = await send(5)
		await first.ended
		await until('the end', () => ends.length === 1)
		await send()
		await until('a second part', async () => (await partsOf(dir)).length === 2 && recorder.bytes > 150_000)
		await until('two seconds of it', async () => ((await partsOf(dir))[1]?.durationMs ?? 0) > 2_000)
		recorder.end()
		const parts = readdirSync(dir).sort()
		const written = await Promise.all(parts.map((part) => picturesIn(join(dir, part))))
		const last = join(dir, parts.at(-1) ?? '')
		truncateSync(last, statSync(last).size - 100)

		const chapters = [
			{ title: '시작', fromMs: 0, toMs: 1_500 },
			{ title: '예산; 안 = #1\\\n둘째 줄 · 발언 1', fromMs: 1_500, toMs: parts.length * 2_000 },
		]
		const done = await finish(dir, log, () => ({ title: '확대간부회의', chapters }))
		expect(done?.parts).toHaveLength(2)
		expect(readdirSync(dir).sort()).toEqual(['parts.json', wholeName])
		const whole = join(dir, wholeName)
		expect(done?.sha256).toBe(createHash('sha256').update(readFileSync(whole)).digest('hex'))
		const { stdout } = await run('ffprobe', [
			...['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json', whole],
		])
		const probe = JSON.parse(stdout)
		const streams = probe.streams.map((stream: { codec_name?: string }) => stream.codec_name)
		// The third is the text of the chapters.
		expect(streams.filter(Boolean).slice(0, 2)).toEqual(['h264', 'aac'])
		const shown = await run('ffprobe', ['-v', 'error', '-show_chapters', '-show_format', '-of', 'json', whole])
		const { chapters: inFile, format } = JSON.parse(shown.stdout)
		expect(format.tags.title).toBe('확대간부회의')
		expect(
			inFile.map((one: { start_time: string; tags: { title: string } }) => [one.start_time, one.tags.title]),
		).toEqual([
			['0.000000', '시작'],
			['1.500000', '예산; 안 = #1\\ 둘째 줄 · 발언 1'],
		])
		// Sound and pictures may end apart, on a busy machine by more than a fragment; either part is longer than that.
		expect(Math.abs(Number(probe.format.duration) * 1_000 - (done?.durationMs ?? 0))).toBeLessThan(2_000)
		// None of the pictures is lost but for the fragment that was cut: no more than one second of ten.
		const lost = written.reduce((sum, count) => sum + count, 0) - (await picturesIn(whole))
		console.log(`pictures: written ${written.join(' + ')}, lost ${lost}`)
		expect(lost).toBeGreaterThan(0)
		expect(lost).toBeLessThanOrEqual(10)
		// Nothing complains when all of it is decoded, each picture at its own time: two may come at once on a busy machine.
		const asTheyAre = ['-fps_mode', 'passthrough', '-enc_time_base', '1:90000']
		const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', whole, ...asTheyAre, '-f', 'null', '-'])
		expect(stderr).toBe('')
		// Asked again after a crash in the midst of it, it answers the same.
		writeFileSync(join(dir, done?.parts[0]?.name ?? ''), 'left over')
		expect(await finish(dir, log, nothing)).toEqual(done)
		expect(existsSync(join(dir, done?.parts[0]?.name ?? ''))).toBe(false)
	})

	it('ends with a word before the disk is full, and the relay goes on', async () => {
		recorder.end()
		let free = 1_000_000
		open({ reserveBytes: 500_000, freeBytes: () => free })
		await send()
		await until('something', () => recorder.bytes > 0)
		free = 400_000
		await until('the fault', () => faults.length > 0)
		expect(faults).toEqual(['disk-full'])
		const written = recorder.bytes
		const before = listed().length
		await until('more segments', () => listed().length > before)
		expect(ends).toEqual([])
		expect(recorder.bytes).toBe(written)
		expect((await partsOf(dir)).length).toBe(1)
	})

	it('of which nothing came is none', async () => {
		expect(await finish(dir, log, nothing)).toBeNull()
		expect(await partsOf(join(dir, 'nowhere'))).toEqual([])
	})
})
