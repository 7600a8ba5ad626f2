import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** Debian's own Janus, with its video rooms and nothing else; it asks no more of the machine than a folder and its ports. */

const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/janus`

interface Answer {
	data?: { id: number }
	plugindata?: { data: { error?: string } }
	jsep?: { sdp: string }
}

export interface Janus {
	readonly pid: number
	/** A handle of the video room. */
	attach(): Promise<number>
	/** What a plugin answers to a message; `jsep` goes along with it. Rejects with what Janus says. */
	ask(handle: number, body: object, jsep?: { type: 'offer' | 'answer'; sdp: string }): Promise<Answer>
	close(): Promise<void>
}

export function hasJanus(): boolean {
	return existsSync('/usr/bin/janus') && existsSync(`${libraries}/plugins/libjanus_videoroom.so`)
}

function configure(port: number): string {
	const dir = mkdtempSync(join(tmpdir(), 'maru-janus-'))
	for (const [folder, library] of [
		['plugins', 'libjanus_videoroom.so'],
		['transports', 'libjanus_websockets.so'],
	] as const) {
		mkdirSync(join(dir, folder))
		symlinkSync(join(libraries, folder, library), join(dir, folder, library))
	}
	const media = `media: { rtp_port_range = "${port + 1}-${port + 800}" }`
	const general = `general: { plugins_folder = "${dir}/plugins", transports_folder = "${dir}/transports", debug_level = 1 }`
	// It knows no loopback. One address is enough: with several it might choose another than its client.
	const [address = ''] = Object.values(networkInterfaces())
		.flatMap((addresses) => addresses ?? [])
		.flatMap(({ internal, family, address }) => (internal || family !== 'IPv4' ? [] : [address]))
	writeFileSync(join(dir, 'janus.jcfg'), `${general}\n${media}\nnat: { ice_enforce_list = "${address}" }\n`)
	const listen = `ws = true, ws_ip = "127.0.0.1", ws_port = ${port}`
	writeFileSync(join(dir, 'janus.transport.websockets.jcfg'), `general: { json = "compact", ${listen} }\n`)
	return dir
}

export async function startJanus(port: number): Promise<Janus> {
	const dir = configure(port)
	const child = spawn('janus', ['--configs-folder', dir, '--disable-colors'], { stdio: 'ignore' })
	const socket = await connect(`ws://127.0.0.1:${port}`)
	const waiting = new Map<string, { resolve(answer: Answer): void; reject(error: Error): void; ack: boolean }>()
	let asked = 0
	socket.on('message', (data) => {
		const message = JSON.parse(String(data)) as Answer & { janus: string; transaction: string; error?: object }
		const one = waiting.get(message.transaction)
		// A plugin's answer comes later than the word that it was asked.
		if (!one || (message.janus === 'ack' && !one.ack)) return
		waiting.delete(message.transaction)
		const fault = message.error ?? message.plugindata?.data.error
		if (fault) one.reject(new Error(`Janus: ${JSON.stringify(fault)}`))
		else one.resolve(message)
	})

	function request(message: object, ack = false): Promise<Answer> {
		const transaction = `${++asked}`
		return new Promise((resolve, reject) => {
			waiting.set(transaction, { resolve, reject, ack })
			socket.send(JSON.stringify({ ...message, transaction }))
		})
	}

	const session = { session_id: (await request({ janus: 'create' })).data?.id }
	const alive = setInterval(() => void request({ janus: 'keepalive', ...session }, true), 20_000)
	return {
		pid: child.pid ?? 0,
		async attach() {
			const { data } = await request({ janus: 'attach', ...session, plugin: 'janus.plugin.videoroom' })
			return data?.id ?? 0
		},
		ask: (handle, body, jsep) =>
			request({ janus: 'message', ...session, handle_id: handle, body, ...(jsep ? { jsep } : {}) }),
		async close() {
			clearInterval(alive)
			socket.terminate()
			child.kill('SIGKILL') // it takes its time to say goodbye to each of them
			await once(child, 'exit')
			rmSync(dir, { recursive: true, force: true })
		},
	}
}

async function connect(url: string): Promise<WebSocket> {
	for (let attempt = 0; ; attempt++) {
		const socket = new WebSocket(url, 'janus-protocol')
		try {
			await once(socket, 'open')
			return socket
		} catch (error) {
			if (attempt > 100) throw error
			await sleep(100)
		}
	}
}
