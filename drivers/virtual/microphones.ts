import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/**
 * A conference-microphone system on a real TCP socket. Each seat has a button and a lamp; it tells every change to all that
 * are connected, and takes `SET n 1|0` and `STATUS`:
 *
 *     MIC 12 ON · MIC 12 OFF · REQ 12 · REQ 12 CANCEL · PRIO 12 · READY (ends the answer to STATUS)
 *
 * What it does wrong is a script (`faults`).
 */

export interface MicrophoneFaults {
	/** Says nothing, does nothing. */
	silent?: boolean
	/** Obeys and says nothing of it. */
	noEcho?: boolean
	/** So many commands are lost on the way. */
	loseCommands?: number
	/** Milliseconds from a command to what it says of it. */
	echoMs?: number
	/** Before each line come bytes that mean nothing. */
	noise?: boolean
	/** Every line comes byte by byte. */
	split?: boolean
	/** Says also what has not changed. */
	repeats?: boolean
}

export interface MicrophoneSystem {
	readonly port: number
	readonly faults: MicrophoneFaults
	/** The numbers of the open microphones, in order. */
	open(): string[]
	/** Somebody presses the button of a seat: the microphone opens or closes. */
	press(number: string): void
	say(line: string): void
	/** Sends the line as fast as the network takes it, until `stop`. */
	flood(line: string): { stop(): void }
	/** The commands that arrived, oldest first. */
	readonly heard: readonly string[]
	/** How many are connected. */
	clients(): number
	/** Cuts every connection, as when the power fails; the microphones stay as they are. */
	drop(): void
	close(): Promise<void>
}

const noises = [
	Buffer.from([0xff, 0xfd, 0x18]),
	Buffer.alloc(700, 'x'),
	Buffer.from('\r\n\0\r\n'),
	Buffer.from('MIC\r'),
]

export async function startMicrophoneSystem(
	options: { host?: string; port?: number; terminator?: string; faults?: MicrophoneFaults } = {},
): Promise<MicrophoneSystem> {
	const { host = '127.0.0.1', port = 0, terminator = '\r\n', faults = {} } = options
	const lamps = new Set<string>()
	const sockets = new Set<Socket>()
	const heard: string[] = []
	let noise = 0

	const server = createServer({ noDelay: true }, (socket) => {
		sockets.add(socket)
		socket.on('error', () => {})
		socket.on('close', () => sockets.delete(socket))
		let rest = ''
		socket.on('data', (bytes) => {
			const lines = (rest + bytes.toString('latin1')).split(/[\r\n]/)
			rest = lines.pop() ?? ''
			for (const line of lines) if (line !== '') obey(line, socket)
		})
	})
	server.listen(port, host)
	await once(server, 'listening')
	const address = server.address()
	if (typeof address !== 'object' || address === null) throw new Error('no address')

	function obey(line: string, socket: Socket): void {
		heard.push(line)
		if (faults.silent) return
		if ((faults.loseCommands ?? 0) > 0) {
			faults.loseCommands = (faults.loseCommands ?? 0) - 1
			return
		}
		const [, number, state] = /^SET (\w+) ([01])$/.exec(line) ?? []
		if (number !== undefined) {
			const changed = state === '1' ? !lamps.has(number) : lamps.has(number)
			if (state === '1') lamps.add(number)
			else lamps.delete(number)
			if (faults.noEcho || (!changed && !faults.repeats)) return
			setTimeout(say, faults.echoMs ?? 2, `MIC ${number} ${state === '1' ? 'ON' : 'OFF'}`)
		} else if (line === 'STATUS') {
			for (const lit of lamps) write(socket, `MIC ${lit} ON`)
			write(socket, 'READY')
		} else write(socket, 'ERROR')
	}

	function say(line: string): void {
		if (!faults.silent) for (const socket of sockets) write(socket, line)
	}

	function write(socket: Socket, line: string): void {
		if (faults.noise) socket.write(`${noises[noise++ % noises.length]?.toString('latin1')}\r`, 'latin1')
		const text = line + terminator
		if (!faults.split) return void socket.write(text)
		for (const [i, char] of [...text].entries()) setTimeout(() => socket.writable && socket.write(char), i * 2)
	}

	return {
		port: address.port,
		faults,
		heard,
		open: () => [...lamps].sort((a, b) => Number(a) - Number(b)),
		press(number) {
			const lit = lamps.delete(number)
			if (!lit) lamps.add(number)
			say(`MIC ${number} ${lit ? 'OFF' : 'ON'}`)
		},
		say,
		flood(line) {
			const text = Buffer.from((line + terminator).repeat(500))
			const timer = setInterval(() => {
				for (const socket of sockets) if (!socket.writableNeedDrain) socket.write(text)
			}, 1)
			return { stop: () => clearInterval(timer) }
		},
		clients: () => sockets.size,
		drop() {
			for (const socket of sockets) socket.resetAndDestroy()
		},
		async close() {
			for (const socket of sockets) socket.destroy()
			if (!server.listening) return
			server.close()
			await once(server, 'close')
		},
	}
}
