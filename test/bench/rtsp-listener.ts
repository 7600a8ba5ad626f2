import { once } from 'node:events'
import { connect } from 'node:net'

/** The least RTSP client (RFC 2326): one stream, interleaved in its own connection (§10.12), as the server sends it. */
export async function listenRtsp(url: string, onRtp: (packet: Buffer) => void): Promise<() => void> {
	const { hostname, port } = new URL(url)
	const socket = connect(Number(port), hostname)
	await once(socket, 'connect')
	socket.setNoDelay(true)
	let rest: Buffer = Buffer.alloc(0)
	let answer: ((head: string) => void) | null = null
	socket.on('data', (chunk: Buffer) => {
		rest = Buffer.concat([rest, chunk])
		for (;;) {
			if (rest[0] === 0x24) {
				const end = rest.length < 4 ? Number.POSITIVE_INFINITY : 4 + rest.readUInt16BE(2)
				if (rest.length < end) return
				if (rest[1] === 0) onRtp(rest.subarray(4, end))
				rest = rest.subarray(end)
				continue
			}
			const end = rest.indexOf('\r\n\r\n')
			if (end < 0) return
			const head = rest.subarray(0, end).toString()
			rest = rest.subarray(end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0))
			answer?.(head)
		}
	})
	let sequence = 0
	async function ask(method: string, address: string, headers = ''): Promise<string> {
		const head = new Promise<string>((resolve) => {
			answer = resolve
		})
		sequence += 1
		socket.write(`${method} ${address} RTSP/1.0\r\nCSeq: ${sequence}\r\n${headers}\r\n`)
		const told = await head
		if (!/^RTSP\/1\.0 200/.test(told)) throw new Error(`${method} ${address}: ${told.split('\r\n')[0]}`)
		return told
	}
	// A server that was not asked to describe it may make a stream of its own for us.
	await ask('DESCRIBE', url, 'Accept: application/sdp\r\n')
	const transport = 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n'
	const session = /session: ([^;\s]+)/i.exec(await ask('SETUP', `${url}/stream=0`, transport))?.[1]
	await ask('PLAY', url, `Session: ${session}\r\n`)
	return () => socket.destroy()
}
