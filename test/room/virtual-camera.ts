import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The project's own virtual camera in a process of its own, with its real RTSP server. */
export async function startVirtualCamera() {
	const main = fileURLToPath(new URL('../../drivers/virtual/main.ts', import.meta.url))
	const child = spawn(process.execPath, [main, '--cameras', 'front'], { stdio: ['pipe', 'pipe', 'inherit'] })
	const [line] = await once(child.stdout, 'data')
	const rtsp: string = JSON.parse(String(line)).cameras[0].rtsp
	return {
		rtsp,
		async close() {
			if (child.exitCode !== null || child.signalCode !== null) return
			child.stdin.end()
			const ended = once(child, 'exit')
			const timer = setTimeout(() => child.kill('SIGKILL'), 3000)
			await ended
			clearTimeout(timer)
		},
	}
}
