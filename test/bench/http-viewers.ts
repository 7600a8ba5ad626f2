import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { compiled } from './compiled.ts'

/** What viewers saw; the meaning of each stands at the head of viewers/main.c. */
export interface Watched {
	lists: number
	listBytes: number
	segments: number
	segmentBytes: number
	errors: number
	/** Rounds in which a viewer was still at the round before. */
	late: number
	/** From the first picture of a segment until all of it had arrived. */
	behindMs: { p50: number; p95: number; p99: number; max: number }
	/** Seconds on a core of the viewers themselves. */
	cpuS: number
}

export interface Crowd {
	port: number
	viewers: number
	/** So many of a hundred read the large size. */
	high: number
	warmS: number
	seconds: number
	mode: 'watch' | 'segments' | 'flood'
	query: string
	/** Empty: they show none. */
	token: string
	/** What lists stand behind. */
	base: string
}

/** `begun` is called when what is measured begins. */
export async function watchAll(crowd: Crowd, begun: () => void): Promise<Watched> {
	const program = compiled({ sources: join(import.meta.dirname, 'viewers'), name: 'viewers', libraries: [] })
	const { port, viewers, high, warmS, seconds, mode, query, token, base } = crowd
	const args = [port, viewers, high, warmS, seconds, mode, query, token, base].map(String)
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
	const lines: string[] = []
	createInterface({ input: child.stdout }).on('line', (line) => {
		if (line === 'begun') begun()
		else lines.push(line)
	})
	await once(child, 'close')
	const [last] = lines.slice(-1)
	if (last === undefined) throw new Error('the viewers ended without a word')
	return JSON.parse(last) as Watched
}
