import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { isMoving } from './head.ts'
import { VirtualPhone } from './phone.ts'
import { phoneModels } from './phone-models.ts'
import { servePhone } from './phone-server.ts'
import { drawScene } from './picture.ts'
import { startVirtualCamera, type VirtualPtz } from './room.ts'

/**
 * Virtual devices in a process of their own: they stand for hardware, so nothing that happens to the appliance may take
 * them along. `--cameras front,left --titles 정면,좌측 --onvif left --cache DIR`: those named by `--onvif` speak that, the
 * others VISCA/IP. With `--phone` there is a speakerphone as well. Prints one JSON line with the addresses, then answers
 * lines: `position ID`, `faults ID {…}`. Ends when standard input ends.
 */

const { values } = parseArgs({
	options: {
		...{
			cameras: { type: 'string' },
			titles: { type: 'string' },
			onvif: { type: 'string' },
			cache: { type: 'string' },
			phone: { type: 'boolean' },
		},
	},
})
const ids = listOf(values.cameras)
const titles = values.titles?.split(',') ?? ids
const onvif = listOf(values.onvif)
const starting = start(values.cache ?? join(tmpdir(), 'maru-virtual'))

process.once('SIGTERM', end)
process.once('SIGINT', end)
createInterface({ input: process.stdin })
	.on('line', async (line) => console.log(JSON.stringify(answer(await starting, line))))
	.on('close', end)

const addresses = (await starting).map(({ id, control, rtspUrl }) => ({ id, ...control, rtsp: rtspUrl }))
const served = values.phone ? await servePhone(new VirtualPhone(phoneModels[1])) : null
const phone = served && { host: served.host, port: served.port }
console.log(JSON.stringify({ cameras: addresses, phone }))

async function start(sceneCacheDir: string): Promise<VirtualPtz[]> {
	await drawScene(sceneCacheDir)
	return Promise.all(
		ids.map((id, i) => {
			const protocol = onvif.includes(id) ? 'onvif' : 'visca'
			return startVirtualCamera({ id, name: titles[i] ?? id, sceneCacheDir, protocol })
		}),
	)
}

function listOf(text = ''): string[] {
	return text.split(',').filter((word) => word !== '')
}

function answer(cameras: VirtualPtz[], line: string): object {
	const [word, id = '', ...rest] = line.split(' ')
	const camera = cameras.find((one) => one.id === id)
	if (!camera) return { error: `no camera ${id}` }
	if (word === 'faults') return Object.assign(camera.faults, JSON.parse(rest.join(' ')))
	if (word !== 'position') return { error: `unknown: ${word}` }
	const head = camera.head()
	const { pan, tilt, zoom } = head
	return { pan: pan.position, tilt: tilt.position, zoom: zoom.position, moving: isMoving(head) }
}

/** Whoever started us may be gone before all is started. */
async function end() {
	const cameras = await starting.catch(() => [])
	await Promise.all(cameras.map((camera) => camera.close()))
	process.exit()
}
