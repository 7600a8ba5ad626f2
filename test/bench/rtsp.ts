import { spawn } from 'node:child_process'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { h264, startSource } from '../room/rtsp-source.ts'
import { descendants } from '../scene/processes.ts'
import { percentile, until } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'
import { listenRtsp } from './rtsp-listener.ts'

/**
 * What it costs to bring cameras into the meeting, and how much later their pictures are there. Both are measured against
 * `ffmpeg -c copy` of the same stream in the same seconds; the delay against a client that takes what the server sends and
 * does nothing else. Ports of this program stand for the SFU's: the kernel brings packets to either in the same way.
 */
const cameras = 4
const warmUpMs = 4_000
const windowMs = 20_000

/** Nanoseconds on a core of this process, all threads: finer than /proc/<pid>/stat, which counts hundredths of a second. */
function cpu(pid: number): number {
	try {
		const threads = readdirSync(`/proc/${pid}/task`)
		return threads.reduce(
			(sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
			0,
		)
	} catch {
		return 0 // it ended
	}
}

const cpuOfAll = (root: number) =>
	[root, ...descendants(root).map(({ pid }) => pid)].reduce((sum, pid) => sum + cpu(pid), 0)

interface Sink {
	socket: Socket
	port: number
	/** When each picture was there whole, by its end. */
	pictures: Map<string, number>
}

async function openSink(): Promise<Sink> {
	const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
	const pictures = new Map<string, number>()
	socket.on('message', (packet) => note(pictures, packet))
	socket.bind(0, '127.0.0.1')
	await once(socket, 'listening')
	return { socket, port: socket.address().port, pictures }
}

/** RFC 6184 §5.1: the marker is on a picture's last packet. However it was cut, it ends with the same bytes. */
function note(pictures: Map<string, number>, packet: Buffer) {
	const type = packet[1] ?? 0
	const isRtcp = type >= 192 && type <= 223
	if (isRtcp || (type & 0x80) === 0) return
	const end = packet.subarray(-24).toString('hex')
	// Two pictures that end alike can't be told apart.
	pictures.set(end, pictures.has(end) ? Number.NaN : performance.now())
}

function delays(sent: Map<string, number>, arrived: Map<string, number>): number[] {
	return [...arrived].flatMap(([end, at]) => {
		const begun = sent.get(end)
		return begun === undefined || Number.isNaN(at - begun) ? [] : [at - begun]
	})
}

export async function rtspIngest(): Promise<Figure[]> {
	const source = await startSource({
		'/live': h264({ width: 1280, height: 720, rate: 25, gop: 25, kbits: 4000, pattern: 'snow' }),
	})
	const rtsp = source.url('/live')
	const sinks = await Promise.all(Array.from({ length: cameras * 3 }, openSink))
	const [own, bare] = [sinks.slice(0, cameras * 2), sinks.slice(cameras * 2)]
	const ours = spawn(
		process.execPath,
		[join(import.meta.dirname, 'ingest-process.ts'), rtsp, ...own.map(({ port }) => String(port))],
		{ stdio: ['pipe', 'ignore', 'inherit'] },
	)
	const copies = bare.map(({ port }) =>
		spawn(
			'ffmpeg',
			[
				...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-rtsp_transport', 'tcp', '-i', rtsp],
				...['-map', '0:v:0', '-c', 'copy', '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1200`],
			],
			{ stdio: 'ignore' },
		),
	)
	const sent = new Map<string, number>()
	const hangUp = await listenRtsp(rtsp, (packet) => note(sent, packet))
	try {
		await until('all to send', () => own.filter(({ pictures }) => pictures.size > 0).length === cameras)
		await until('the copies to send', () => bare.every(({ pictures }) => pictures.size > 0))
		await sleep(warmUpMs)
		for (const pictures of [sent, ...sinks.map((sink) => sink.pictures)]) pictures.clear()
		const costs = () => [cpuOfAll(ours.pid ?? 0), copies.reduce((sum, { pid }) => sum + cpu(pid ?? 0), 0)] as const
		const before = costs()
		await sleep(windowMs)
		const after = costs()
		const [cost = 0, floor = 0] = after.map((value, i) => ((value - (before[i] ?? 0)) / 1e6 / windowMs / cameras) * 100)
		const late = own.flatMap(({ pictures }) => delays(sent, pictures))
		const bareLate = bare.flatMap(({ pictures }) => delays(sent, pictures))
		const p95 = percentile(late, 0.95)
		return [
			figure('RTSP ingest, a camera of 720p25', '% core', cost, floor, 'bare ffmpeg -c copy', 1.2),
			figure('RTSP packet → SFU port p50', 'ms', percentile(late, 0.5), percentile(bareLate, 0.5), 'bare ffmpeg', null),
			figure('RTSP packet → SFU port p95', 'ms', p95, percentile(bareLate, 0.95), 'bare ffmpeg -c copy', null),
			figure('RTSP packet → SFU port p95', 'ms', p95, 50, 'the promise', 1),
		]
	} finally {
		hangUp()
		for (const copy of copies) copy.kill('SIGKILL')
		ours.stdin.end()
		await once(ours, 'exit')
		for (const { socket } of sinks) socket.close()
		await source.close()
	}
}
