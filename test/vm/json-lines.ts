import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/** One JSON value a line over a Unix socket, requests with an id: so speak QEMU's monitor (QMP) and its guest agent. */
export interface JsonLines {
	/** Rejects with what the other side says is wrong, and after `timeoutMs`. */
	call(execute: string, given?: object, timeoutMs?: number): Promise<unknown>
	/** Resolves when an event of this name has come; QMP only. */
	event(name: string): Promise<void>
	close(): void
}

interface Line {
	id?: string
	return?: unknown
	error?: { desc: string }
	event?: string
}

export async function connectJsonLines(path: string): Promise<JsonLines> {
	const socket = connect(path)
	await once(socket, 'connect')
	const waiting = new Map<string, (line: Line) => void>()
	const events = new Map<string, () => void>()

	createInterface(socket).on('line', (text) => {
		const line = JSON.parse(text) as Line
		if (line.event) events.get(line.event)?.()
		if (line.id !== undefined) waiting.get(line.id)?.(line)
	})

	return {
		call(execute, given = {}, timeoutMs = 60_000) {
			const id = randomUUID() // an agent answers late, and then to whoever is connected by then
			return new Promise((resolve, reject) => {
				const settle = (line: Line) => {
					clearTimeout(deadline)
					waiting.delete(id)
					if (line.error) reject(new Error(`${execute}: ${line.error.desc}`))
					else resolve(line.return)
				}
				const deadline = setTimeout(settle, timeoutMs, { error: { desc: `no answer in ${timeoutMs} ms` } })
				waiting.set(id, settle)
				socket.write(`${JSON.stringify({ execute, arguments: given, id })}\n`)
			})
		},
		event(name) {
			return new Promise((resolve) => events.set(name, resolve))
		},
		close() {
			socket.destroy()
		},
	}
}
