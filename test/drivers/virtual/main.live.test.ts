import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { searchCameras } from '../../../drivers/onvif/discovery-search.ts'
import { onvif } from '../../../drivers/onvif/driver.ts'
import { viscaIp } from '../../../drivers/visca/driver.ts'
import { context } from '../visca/specimen.ts'
import { until } from '../wait.ts'

/** The program that stands for the room's cameras. */

const program = new URL('../../../drivers/virtual/main.ts', import.meta.url).pathname
const started: ChildProcessWithoutNullStreams[] = []

afterEach(() => {
	for (const child of started.splice(0)) child.kill('SIGKILL')
})

async function start(args: string[]) {
	const child = spawn(process.execPath, [program, ...args])
	started.push(child)
	child.stderr.pipe(process.stderr)
	const answers: string[] = []
	createInterface({ input: child.stdout }).on('line', (line) => answers.push(line))
	const next = async () => {
		await until('a line', () => answers.length > 0, 60_000)
		return JSON.parse(answers.shift() ?? '')
	}
	const { cameras } = await next()
	return {
		child,
		cameras,
		children: await childrenOf(child.pid ?? 0),
		async ask(line: string) {
			child.stdin.write(`${line}\n`)
			return next()
		},
	}
}

async function childrenOf(pid: number): Promise<number[]> {
	const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
	return list.split(' ').filter(Boolean).map(Number)
}

async function gone(pid: number): Promise<boolean> {
	const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
	return status === '' || status.split(') ')[1]?.startsWith('Z') === true
}

async function allGone(pids: number[]) {
	let left = pids
	await until('their end', () => {
		void Promise.all(left.map(async (pid) => ((await gone(pid)) ? 0 : pid))).then((still) => {
			left = still.filter((pid) => pid !== 0)
		})
		return left.length === 0
	})
}

describe('virtual cameras in a process of their own', () => {
	it('tell their addresses, where they are, and take faults', async () => {
		const { cameras, ask } = await start(['--cameras', 'front,left', '--titles', '정면,좌측'])
		expect(cameras.map(({ id }: { id: string }) => id)).toEqual(['front', 'left'])
		expect(new Set(cameras.map(({ rtsp }: { rtsp: string }) => rtsp)).size).toBe(2)
		const camera = await viscaIp.open(cameras[1].visca, context())
		await camera.move({ pan: 0.5, tilt: 0, zoom: 0 })
		for (;;) if ((await ask('position left')).pan > 1) break
		expect(await ask('position left')).toMatchObject({ moving: true, tilt: 0, zoom: 0 })
		expect(await ask('position front')).toMatchObject({ moving: false, pan: 0 })
		expect(await ask('faults left {"ignoreStops":1}')).toMatchObject({ ignoreStops: 1 })
		await camera.stop()
		for (;;) if (!(await ask('position left')).moving) break
		await camera[Symbol.asyncDispose]()
		expect(await ask('position nowhere')).toMatchObject({ error: 'no camera nowhere' })
	})

	it('speak ONVIF where they are told to, log-in and all, and are found', async () => {
		const { cameras, ask } = await start(['--cameras', 'front,left', '--titles', '정면,좌측', '--onvif', 'left'])
		expect(Object.keys(cameras[0])).toEqual(['id', 'visca', 'rtsp'])
		const { onvif: config, rtsp } = cameras[1]
		await using camera = await onvif.open(config, context())
		await camera.move({ pan: -0.5, tilt: 0, zoom: 0 })
		for (;;) if ((await ask('position left')).pan < -1) break
		await camera.stop()
		expect(await camera.position()).toMatchObject({ unit: 'degrees' })
		const [stream, none] = (await camera.video?.streams()) ?? []
		expect([stream?.url.endsWith(new URL(rtsp).pathname), none]).toEqual([true, undefined])
		const { cameras: found } = await searchCameras({ seconds: 2 }, context())
		expect(found.find(({ uuid }) => uuid === config.uuid)).toMatchObject({ name: '좌측', port: config.port })
	})

	it.each(['the end of their input', 'SIGTERM'])('end with all they started at %s', async (how) => {
		const { child, children } = await start(['--cameras', 'front,left'])
		expect(children).toHaveLength(2)
		const ended = once(child, 'exit')
		if (how === 'SIGTERM') child.kill('SIGTERM')
		else child.stdin.end()
		expect(await ended).toEqual([0, null])
		await allGone(children)
	})

	it('leave nothing behind when they are killed', async () => {
		const { child, children } = await start(['--cameras', 'front'])
		expect(children).toHaveLength(1)
		const ended = once(child, 'exit')
		child.kill('SIGKILL')
		await ended
		await allGone(children)
	})
})
