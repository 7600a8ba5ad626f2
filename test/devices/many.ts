import { createInterface } from 'node:readline'
import { startDevices } from '../../appliance/devices/client.ts'
import type { Log } from '../../drivers/device.ts'

/**
 * A service that drives many cameras at once, to be killed by a test: `node many.ts CONFIGS CACHE`. Takes lines: `move PAN`
 * (all of them, renewed every 150 ms as fingers do), `release` (the fingers leave and say so), `abandon` (they leave and
 * nobody hears of it). Tells in JSON lines which cameras are ready, and the pid of the devices process.
 */

const [configs = '[]', cacheDir] = process.argv.slice(2)
const cameras: { id: string; driver: string }[] = JSON.parse(configs)
const quiet = () => {}
const log: Log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error }
const devices = startDevices({ cameras, log, ...(cacheDir ? { cacheDir } : {}) })
const ready = new Set<string>()
let renewal: NodeJS.Timeout | undefined

const tell = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)

devices.watch((event) => {
	if (event.type === 'process' && event.status === 'restarting') clearInterval(renewal)
	if (event.type === 'camera') {
		if (event.status === 'ready' || event.status === 'moving') ready.add(event.id)
		else ready.delete(event.id)
	}
	tell({ ready: ready.size, devices: devices.pid })
})

createInterface({ input: process.stdin }).on('line', (line) => {
	const [verb, pan] = line.split(' ')
	clearInterval(renewal)
	const all = (act: (id: string) => Promise<void>) => {
		for (const { id } of cameras) act(id).catch(quiet)
	}
	if (verb === 'move') {
		const move = () => all((id) => devices.move(id, { pan: Number(pan), tilt: 0, zoom: 0 }))
		renewal = setInterval(move, 150)
		move()
	}
	if (verb === 'release') all((id) => devices.stop(id))
})
