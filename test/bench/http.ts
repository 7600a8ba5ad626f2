import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
	chmodSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readMediaPlaylist } from '../relay/rfc8216.ts'
import { makeSegmentsFolder, type Nginx, nginxProgram, openNginx } from '../scene/nginx.ts'
import { percentile } from '../scene/wait.ts'
import { type Figure, figure } from './figures.ts'
import { type Crowd, type Watched, watchAll } from './http-viewers.ts'

/**
 * Two thousand viewers by HTTP, through the nginx configuration that is shipped, before the appliance's own server and
 * station, which leaves its segments as files to it. The same nginx serves the same bytes as plain files in the same run, on
 * another port, tuned in the same way: that is the floor. Another one is not told of the folder, and has segments in its cache.
 */
const viewers = 2_000
/** So many of a hundred watch in 720p, the others in 360p. */
const high = 10
const base = '/api/v1/meetings/m1/relay'
const rounds = 7
/** As hls.js asks, once it has a list. */
const query = ''
const run = promisify(execFile)

/** Nanoseconds on a core of this process, all threads. */
function cpu(pid: number): number {
	return readdirSync(`/proc/${pid}/task`).reduce(
		(sum, id) => sum + Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]),
		0,
	)
}

/** 720p25 at 2.5 Mbit/s and 360p at 0.4 Mbit/s, a key frame each second, and sound. */
async function encodeClip(path: string) {
	const picture = (map: string, size: string, kbit: number) => [
		...['-map', '0:v', `-c:v:${map}`, 'libx264', `-s:v:${map}`, size, `-b:v:${map}`, `${kbit}k`],
		...[`-maxrate:v:${map}`, `${kbit}k`, `-bufsize:v:${map}`, `${kbit}k`],
	]
	const source = 'testsrc2=size=1280x720:rate=25,noise=alls=14:allf=t'
	await run('nice', [
		...[
			'ffmpeg',
			'-v',
			'error',
			'-f',
			'lavfi',
			'-i',
			source,
			'-f',
			'lavfi',
			'-i',
			'sine=sample_rate=48000',
			'-t',
			'12',
		],
		...picture('0', '1280x720', 2_500),
		...picture('1', '640x360', 400),
		...['-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-pix_fmt', 'yuv420p'],
		...['-g', '25', '-keyint_min', '25', '-sc_threshold', '0', '-map', '1:a', '-c:a', 'libopus', '-b:a', '96k', path],
	])
}

async function startRelay(clip: string, segments: string) {
	const child = spawn(process.execPath, [join(import.meta.dirname, 'relay-process.ts'), clip, segments], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const [line] = await Promise.race([
		once(createInterface({ input: child.stdout }), 'line'),
		once(child, 'exit').then(() => Promise.reject(new Error('the relay ended before it had begun'))),
	])
	const { origin, token } = JSON.parse(String(line)) as { origin: string; token: string }
	return {
		...{ origin, token, port: Number(new URL(origin).port), pid: child.pid ?? 0 },
		async close() {
			child.stdin.end()
			await once(child, 'exit')
		},
	}
}

/** Lists and segments as files, as they come: what a plain nginx serves. */
function mirror(dir: string, { origin, token }: { origin: string; token: string }) {
	const known = new Set<string>()
	let on = true
	const put = (name: string, bytes: Uint8Array) => {
		writeFileSync(join(dir, 'new'), bytes)
		renameSync(join(dir, 'new'), join(dir, name))
	}
	async function round() {
		for (const rung of ['high', 'low']) {
			const url = `${origin}${base}/${rung}.m3u8${query}`
			const list = await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text()
			for (const { uri } of readMediaPlaylist(list).segments.slice(-8)) {
				if (known.has(uri)) continue
				put(uri, new Uint8Array(await (await fetch(`${origin}${base}/${uri}`)).arrayBuffer()))
				known.add(uri)
			}
			put(`${rung}.m3u8`, Buffer.from(list))
		}
	}
	const ended = (async () => {
		while (on) {
			await round()
			await sleep(250)
		}
	})()
	return {
		close: () => {
			on = false
			return ended
		},
	}
}

interface Cost extends Watched {
	/** Microseconds on a core for each segment, of nginx and of the appliance. */
	nginxUs: number
	applianceUs: number
}

/** Two thousand viewers by HTTP, how far behind they are, and what they cost. `port`: where plain files are served. */
export async function httpViewers(port: number): Promise<Figure[]> {
	if (nginxProgram === null) throw new Error('there is no nginx: npm test gets one from Debian')
	const dir = mkdtempSync(join(tmpdir(), 'maru-http-bench-'))
	const files = join(dir, 'files')
	mkdirSync(join(files, 'segments'), { recursive: true })
	for (const folder of [dir, files]) chmodSync(folder, 0o755)
	const clip = join(dir, 'clip.ts')
	await encodeClip(clip)
	const segments = makeSegmentsFolder()
	const relay = await startRelay(clip, segments)
	const mirrored = mirror(files, relay)
	const beside = `log_format plain '$remote_addr [$time_iso8601] "$request_method $uri" $status $body_bytes_sent $request_time';
		server { listen 127.0.0.1:${port} backlog=4096; root ${files}; sendfile on; tcp_nopush on; keepalive_requests 100000;
		open_file_cache max=4000 inactive=20s; open_file_cache_valid 1s; etag off;
		access_log ${dir}/plain.log plain buffer=64k flush=5s; }`
	writeFileSync(join(dir, 'plain.log'), '')
	chmodSync(join(dir, 'plain.log'), 0o666)
	const opened: Nginx[] = []
	const open = async (options: { segments?: string; beside?: string }) => {
		const nginx = await openNginx({ upstream: `127.0.0.1:${relay.port}`, buffered: true, ...options })
		opened.push(nginx)
		return { port: Number(new URL(nginx.origin).port), worker: nginx.workers[0] ?? 0, token: relay.token, base }
	}
	try {
		const behind = await open({ segments, beside })
		const caching = await open({})
		const idle = await (async () => {
			const before = cpu(relay.pid)
			await sleep(8_000)
			return (cpu(relay.pid) - before) / 8
		})()

		const measure = async ({
			worker = behind.worker,
			...crowd
		}: Partial<Crowd> & { worker?: number }): Promise<Cost> => {
			const whole: Crowd = {
				...{ port, viewers: 50, high, warmS: 1, seconds: 2, mode: 'flood', query, token: '', base: '' },
				...crowd,
			}
			let before = { nginx: 0, appliance: 0, at: 0 }
			const seen = await watchAll(whole, () => {
				before = { nginx: cpu(worker), appliance: cpu(relay.pid), at: performance.now() }
			})
			const seconds = (performance.now() - before.at) / 1_000
			const [nginxNs, applianceNs] = [cpu(worker) - before.nginx, cpu(relay.pid) - before.appliance - idle * seconds]
			const cost = { nginxUs: nginxNs / 1e3 / seen.segments, applianceUs: applianceNs / 1e3 / seen.segments }
			console.error(JSON.stringify({ ...crowd, token: undefined, ...seen, ...cost }))
			return { ...seen, ...cost }
		}
		const own = { port: relay.port, token: relay.token, base }
		const watched = await measure({ ...behind, viewers, mode: 'watch', warmS: 12, seconds: 30 })
		const plainly = await measure({ viewers, mode: 'watch', warmS: 8, seconds: 20 })
		// The same without lists but for a scout's: what is left of the difference is the segments'.
		const listless = await measure({ ...behind, viewers, mode: 'segments', warmS: 8, seconds: 20 })
		const plainListless = await measure({ viewers, mode: 'segments', warmS: 8, seconds: 20 })
		// By turns, for the machine is never quiet for long.
		const plain: Cost[] = []
		const filed: Cost[] = []
		const cached: Cost[] = []
		const ours: Cost[] = []
		for (let i = 0; i < rounds; i++) {
			plain.push(await measure({}))
			filed.push(await measure(behind))
			cached.push(await measure(caching))
			ours.push(await measure(own))
		}
		const whole = ({ nginxUs, applianceUs }: Cost) => nginxUs + applianceUs
		const median = (all: Cost[], of: (cost: Cost) => number) => percentile(all.map(of), 0.5)
		const floor = median(plain, ({ nginxUs }) => nginxUs)
		return [
			figure(`${viewers} viewers by HTTP, behind live p50`, 'ms', watched.behindMs.p50, 6_000, 'the promise', 1),
			figure(`${viewers} viewers by HTTP, behind live p95`, 'ms', watched.behindMs.p95, 6_000, 'the promise', 1),
			figure('CPU a segment, behind nginx', 'µs', median(filed, whole), floor, 'plain files', 1.1),
			figure('CPU a segment, behind nginx without files', 'µs', median(cached, whole), floor, 'plain files', null),
			figure(
				'CPU a segment, from the appliance',
				'µs',
				median(ours, ({ applianceUs }) => applianceUs),
				floor,
				'plain files',
				1.5,
			),
			figure(
				'CPU a segment at a viewer’s pace, no lists',
				'µs',
				whole(listless),
				plainListless.nginxUs,
				'plain files',
				null,
			),
			figure('CPU a segment with its lists, behind nginx', 'µs', whole(watched), plainly.nginxUs, 'plain files', null),
			figure(
				'of that, the lists',
				'µs',
				whole(watched) - whole(listless),
				plainly.nginxUs - plainListless.nginxUs,
				'plain files',
				null,
			),
			figure('failed requests', '', watched.errors, 1, 'one', 1),
		]
	} finally {
		for (const nginx of opened) await nginx.close()
		await mirrored.close()
		await relay.close()
		for (const folder of [dir, segments]) rmSync(folder, { recursive: true, force: true })
	}
}
