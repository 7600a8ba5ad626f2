import { createInterface } from 'node:readline'
import { type Devices, startDevices } from '../../appliance/devices/client.ts'
import type { Log } from '../../drivers/device.ts'

/**
 * A service that does nothing but drive one VISCA camera, to be killed by a test: `node service.ts HOST PORT CACHE`.
 * Takes lines: `move PAN` and `focus near` (renewed every 150 ms, like a finger on the pad), `release`, `close`. It lets
 * go by itself when the devices process is lost. Tells in JSON lines how camera and process are.
 */

const [host, port, cacheDir] = process.argv.slice(2)
const quiet = () => {}
const log: Log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: console.error }
const devices: Devices = startDevices({
	cameras: [{ id: 'front', driver: 'visca-ip', host, port: Number(port) }],
	log,
	...(cacheDir ? { cacheDir } : {}),
})
let renewal: NodeJS.Timeout | undefined

function tell(what: object): void {
	process.stdout.write(`${JSON.stringify(what)}\n`)
}

devices.watch((event) => {
	if (event.type === 'process' && event.status === 'restarting') clearInterval(renewal)
	if (event.type !== 'gone') tell({ [event.type]: event.status, devices: devices.pid })
})

function hold(act: () => Promise<void>): Promise<void> {
	const quietly = () => act().catch(() => {})
	renewal = setInterval(quietly, 150)
	return quietly()
}

createInterface({ input: process.stdin }).on('line', async (line) => {
	const [verb, how] = line.split(' ')
	clearInterval(renewal)
	if (verb === 'move') await hold(() => devices.move('front', { pan: Number(how), tilt: 0, zoom: 0 }))
	if (verb === 'focus') await hold(() => devices.focus('front', how === 'near' ? 'near' : 'far'))
	if (verb === 'release') await devices.stop('front')
	if (verb === 'close') {
		await devices.close()
		process.exit(0)
	}
	tell({ done: line })
})
