import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Virtual cameras in a process of their own: they stand for hardware, so nothing that a test kills may take them along. */

interface Address {
	id: string
	visca: { host: string; port: number }
	rtsp: string
}

interface Where {
	pan: number
	tilt: number
	zoom: number
	moving: boolean
}

export interface Cameras {
	addresses: Address[]
	/** Where the head really is, asked of the head and not of our own state. */
	position(id: string): Promise<Where>
	faults(id: string, faults: object): Promise<void>
	close(): Promise<void>
}

const program = join(import.meta.dirname, '../../drivers/virtual/main.ts')

export async function startCameras(ids: string[]): Promise<Cameras> {
	const child = spawn(process.execPath, [program, '--cameras', ids.join(',')], { stdio: ['pipe', 'pipe', 'inherit'] })
	const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
	const waiting: ((line: string) => void)[] = []
	const first = new Promise<string>((resolve) => waiting.push(resolve))
	createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line))
	const ask = (line: string) =>
		new Promise<string>((resolve) => {
			waiting.push(resolve)
			child.stdin.write(`${line}\n`)
		})
	const { cameras } = JSON.parse(await first) as { cameras: Address[] }
	return {
		addresses: cameras,
		position: async (id) => JSON.parse(await ask(`position ${id}`)),
		faults: async (id, faults) => void (await ask(`faults ${id} ${JSON.stringify(faults)}`)),
		close: () => {
			child.stdin.end()
			return ended
		},
	}
}
