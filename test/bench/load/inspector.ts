import { WebSocket } from 'ws'
import { until } from '../../scene/wait.ts'

/** For the environment of a Node that is to be inspected later: any free port, so that its children may be, too. */
export const inspectable = '--inspect-port=0'

/** What a Node has in use, right after everything else was collected. In MB. */
export interface InUse {
	heap: number
	/** Buffers and whatever else its objects hold outside of the heap. */
	beside: number
	resident: number
}

/** A running Node, looked into from outside by its own inspector, which a signal opens. */
export class Inspector {
	readonly #socket: WebSocket
	readonly #waiting = new Map<number, (answer: { result?: unknown; error?: { message: string } }) => void>()
	#asked = 0

	private constructor(socket: WebSocket) {
		this.#socket = socket
		socket.on('message', (data: Buffer) => {
			const { id, ...answer } = JSON.parse(data.toString())
			this.#waiting.get(id)?.(answer)
			this.#waiting.delete(id)
		})
		socket.on('close', () => {
			for (const settle of this.#waiting.values()) settle({ error: { message: 'the inspected process is gone' } })
			this.#waiting.clear()
		})
	}

	/** `output`: everything that the process, and whoever shares its standard error, has printed. One at a time. */
	static async open(pid: number, output: () => string): Promise<Inspector> {
		const addresses = () => [...output().matchAll(/Debugger listening on (ws:\S+)/g)].map(([, address]) => address)
		const before = addresses().length
		process.kill(pid, 'SIGUSR1')
		const address = await until('the inspector to say where it is', () => addresses()[before])
		const socket = new WebSocket(address, { perMessageDeflate: false })
		await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
		return new Inspector(socket)
	}

	/** Collects, and tells what is left. */
	async inUse(): Promise<InUse> {
		await this.#ask('HeapProfiler.collectGarbage')
		const { heapUsed, external, rss } = await this.evaluate<NodeJS.MemoryUsage>('process.memoryUsage()')
		return { heap: heapUsed / 2 ** 20, beside: external / 2 ** 20, resident: rss / 2 ** 20 }
	}

	/** Runs something there; answers with its value. */
	async evaluate<T>(expression: string): Promise<T> {
		const answer = await this.#ask('Runtime.evaluate', { expression, returnByValue: true })
		const { result, exceptionDetails } = answer as { result: { value: T }; exceptionDetails?: { text: string } }
		if (exceptionDetails) throw new Error(`there: ${exceptionDetails.text}`)
		return result.value
	}

	close() {
		this.#socket.terminate()
	}

	#ask(method: string, params: object = {}): Promise<unknown> {
		if (this.#socket.readyState !== WebSocket.OPEN) throw new Error('the inspected process is gone')
		const id = ++this.#asked
		return new Promise((resolve, reject) => {
			this.#waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)))
			this.#socket.send(JSON.stringify({ id, method, params }))
		})
	}
}
