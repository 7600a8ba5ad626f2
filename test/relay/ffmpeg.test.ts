import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bandwidth } from '../../appliance/relay/bandwidth.ts'
import { Fmp4Reader } from '../../appliance/relay/fmp4.ts'
import { writeMultivariantPlaylist } from '../../appliance/relay/multivariant.ts'
import { writeMediaPlaylist } from '../../appliance/relay/playlist.ts'
import { Cutter, type CutterOptions, type Output } from '../../appliance/relay/segments.ts'
import { LiveWindow } from '../../appliance/relay/window.ts'
import { readMediaPlaylist } from './rfc8216.ts'

/** What ffmpeg writes is cut, listed and read back by ffprobe, which has its own idea of HLS. */

const run = promisify(execFile)
const usual = '+frag_keyframe+empty_moov+default_base_moof'

/** Test picture and tone with a key frame each second. */
async function encoded(seconds: number, ...more: readonly string[]): Promise<Buffer> {
	const pictures = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25']
	const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000']
	const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p']
	const keys = ['-g', '25', '-keyint_min', '25', '-sc_threshold', '0']
	const mp4 = ['-c:a', 'aac', '-b:a', '64k', '-f', 'mp4', '-movflags', usual, ...more, 'pipe:1']
	const all = ['-v', 'error', '-threads', '1', ...pictures, ...sound, '-t', String(seconds), ...h264, ...keys, ...mp4]
	const { stdout } = await run('ffmpeg', all, { encoding: 'buffer', maxBuffer: 16 * 1024 * 1024 })
	return stdout
}

/** A relay of one rung of which each of these was one run of ffmpeg; its files lie in `folder`. */
async function relayed(folder: string, runs: readonly Buffer[], options: Partial<CutterOptions> = {}) {
	const cutter = new Cutter(['180p'], { targetS: 1, closes: 'at-once', first: 0, ...options })
	const window = new LiveWindow({ dvrS: 60, maxBytes: 16 * 1024 * 1024, targetS: 1 })
	const bandwidth = new Bandwidth(1)
	const ends: string[] = []
	const hear = (outputs: readonly Output[]) => {
		for (const output of outputs) {
			if (output.type === 'init') window.addInit(output.name, output.init)
			else if (output.type === 'lost') ends.push(output.reason)
			else {
				window.add(output.segment)
				bandwidth.add(output.segment.bytes.length, output.segment.durationS)
			}
		}
	}
	let nowMs = Date.UTC(2027, 2, 1)
	for (const [i, bytes] of runs.entries()) {
		if (i > 0) hear(cutter.restart())
		const reader = new Fmp4Reader(undefined, cutter.nextRunS)
		const pieces = Array.from({ length: Math.ceil(bytes.length / 4_000) }, (_, at) => {
			return reader.push(bytes.subarray(at * 4_000, at * 4_000 + 4_000))
		})
		for (const one of [...pieces.flat(), ...reader.end()]) {
			if (one.type === 'init') hear(cutter.init('180p', one.init))
			else if (one.type === 'failed') ends.push(one.reason)
			else {
				nowMs += one.fragment.durationS * 1_000
				hear(cutter.push('180p', one.fragment, nowMs))
			}
		}
	}
	hear(cutter.end())
	const segments = window.list()
	const text = writeMediaPlaylist({ targetS: 1, segments, start: 'beginning', ended: true, chapters: [] })
	const tracks = window.init?.tracks ?? []
	const variant = { uri: '180p.m3u8', peakBandwidth: bandwidth.peak, averageBandwidth: bandwidth.average, tracks }
	await writeFile(join(folder, '180p.m3u8'), text)
	await writeFile(join(folder, 'master.m3u8'), writeMultivariantPlaylist({ variants: [variant], captions: null }))
	for (const name of new Set(segments.flatMap((one) => [one.name, one.initName]))) {
		const answer = window.answer(name)
		if (answer.status === 200) await writeFile(join(folder, name), answer.bytes)
	}
	return { segments, tracks, ends, playlist: readMediaPlaylist(text), window }
}

interface Probe {
	packets: { codec_type: string; dts_time: string; flags: string }[]
	streams: { codec_name: string; profile?: string; level?: number; width?: number; nb_read_frames?: string }[]
	format: { duration?: string }
}

async function probe(file: string, ...more: readonly string[]): Promise<Probe> {
	const shown = ['-show_format', '-show_streams', '-show_packets', '-of', 'json']
	const local = file.endsWith('.m3u8') ? ['-allowed_extensions', 'ALL', '-protocol_whitelist', 'file'] : []
	const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...local, ...more, ...shown, file], {
		maxBuffer: 16 * 1024 * 1024,
	})
	expect(stderr).toBe('')
	return JSON.parse(stdout)
}

let folder = ''
let first: Buffer = Buffer.alloc(0)
let second: Buffer = Buffer.alloc(0)
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'maru-relay-'))
	first = await encoded(4)
	second = await encoded(3)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('what ffmpeg writes is played by others', async () => {
	const { segments, tracks, ends, playlist } = await relayed(folder, [first])
	expect([playlist.faults, ends]).toEqual([[], []])
	// ffmpeg has the first picture wait for sound that begins a little earlier.
	expect(segments.map(({ durationS }) => durationS)).toEqual([expect.closeTo(1.02, 2), 1, 1, 1])
	const { streams, packets, format } = await probe(join(folder, 'master.m3u8'), '-count_frames')
	expect(streams.map(({ codec_name, nb_read_frames }) => [codec_name, nb_read_frames])).toEqual([
		['h264', '100'],
		['aac', expect.stringMatching(/^18[89]$/)],
	])
	expect(Number(format.duration)).toBeCloseTo(4, 1)
	// What we say of the codecs is what an independent reader finds.
	expect(streams.map(({ profile, width }) => [profile, width])).toEqual([
		['Constrained Baseline', 320],
		['LC', undefined],
	])
	expect(tracks.map(({ codec, width, height }) => [codec, width, height])).toEqual([
		[`avc1.42c0${streams[0]?.level?.toString(16).padStart(2, '0')}`, 320, 180],
		['mp4a.40.2', 0, 0],
	])
	const keys = packets.filter(({ codec_type, flags }) => codec_type === 'video' && flags.startsWith('K'))
	expect(keys.map(({ dts_time }) => Number(dts_time))).toEqual(segments.map(({ startS }) => expect.closeTo(startS, 3)))
})

test('a restart of ffmpeg goes on behind a break, also when it was killed within a fragment', async () => {
	const killed = first.subarray(0, Math.floor(first.length * 0.7))
	const { segments, ends, playlist, window } = await relayed(folder, [killed, second])
	expect([playlist.faults, ends]).toEqual([[], ['cut']])
	expect(segments.map(({ number, timeline, initName }) => [number, timeline, initName])).toEqual([
		[0, 0, '180p-init-0.mp4'],
		[1, 0, '180p-init-0.mp4'],
		[2, 1, '180p-init-1.mp4'],
		[3, 1, '180p-init-1.mp4'],
		[4, 1, '180p-init-1.mp4'],
	])
	const { streams, packets, format } = await probe(join(folder, 'master.m3u8'), '-count_frames')
	// A player that knows of no breaks drops nothing.
	expect(packets.filter(({ flags }) => flags.includes('D'))).toEqual([])
	expect([streams[0]?.nb_read_frames, Number(format.duration)]).toEqual(['125', expect.closeTo(5, 1)])
	// Each segment can be the first that a player gets.
	for (const { name, initName } of segments) {
		const [init, segment] = [window.answer(initName), window.answer(name)]
		if (init.status !== 200 || segment.status !== 200) throw new Error(`${name} is not there`)
		const alone = join(folder, 'alone.mp4')
		await writeFile(alone, Buffer.concat([init.bytes, segment.bytes]))
		const pictures = (await probe(alone)).packets.filter(({ codec_type }) => codec_type === 'video')
		expect([pictures.length, pictures[0]?.flags.startsWith('K')]).toEqual([25, true])
	}
})

test('fragments shorter than a group of pictures become the same segments', async () => {
	const { segments, ends, playlist } = await relayed(folder, [await encoded(3, '-frag_duration', '200000')], {
		closes: 'at-next-key',
	})
	expect([playlist.faults, ends]).toEqual([[], []])
	expect(segments.map(({ durationS }) => durationS)).toEqual([1.02, 1, 1].map((s) => expect.closeTo(s, 2)))
	const { streams } = await probe(join(folder, '180p.m3u8'), '-count_frames')
	expect(streams[0]?.nb_read_frames).toBe('75')
})
