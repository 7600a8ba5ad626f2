import { rmSync } from 'node:fs'
import { createServer } from 'node:net'

/** Speaks as sway does at its socket for orders, as far as its version goes (sway-ipc(7)); it draws nothing. */

const socket = process.env.SWAYSOCK ?? ''
// As sway does: one that was killed leaves it behind.
rmSync(socket, { force: true })

const magic = 'i3-ipc'
const headerBytes = magic.length + 8
const getVersion = 7

createServer((client) => {
	let asked: Buffer = Buffer.alloc(0)
	client.on('error', () => {})
	client.on('data', (chunk) => {
		asked = Buffer.concat([asked, chunk])
		while (asked.length >= headerBytes) {
			if (asked.toString('latin1', 0, magic.length) !== magic || asked.readUInt32LE(10) !== getVersion) {
				return void client.destroy()
			}
			asked = asked.subarray(headerBytes)
			const version = JSON.stringify({ human_readable: '1.7', major: 1, minor: 7, patch: 0 })
			const header = Buffer.alloc(headerBytes)
			header.write(magic)
			header.writeUInt32LE(version.length, 6)
			header.writeUInt32LE(getVersion, 10)
			client.write(header)
			client.write(version)
		}
	})
}).listen(socket)
