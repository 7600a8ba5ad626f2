import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { isMoving } from './head.ts'
import { type Picture, startPicture } from './picture.ts'
import { startViscaCamera, type VirtualCamera } from './visca-camera.ts'

/**
 * Virtual cameras in a process of their own: they stand for hardware, so nothing that happens to the appliance may take
 * them along. `--cameras front,left --titles 정면,좌측 --cache DIR`; prints one JSON line with the addresses, then answers
 * lines: `position ID`, `faults ID {…}`. Ends when standard input ends.
 */

const { values } = parseArgs({
	options: { cameras: { type: 'string' }, titles: { type: 'string' }, cache: { type: 'string' } },
})
const ids = (values.cameras ?? '').split(',').filter((id) => id !== '')
const titles = values.titles?.split(',') ?? ids
const cacheDir = values.cache ?? join(tmpdir(), 'maru-virtual')
const cameras = new Map<string, { camera: VirtualCamera; picture: Picture }>()

for (const [i, id] of ids.entries()) {
	const camera = await startViscaCamera({ host: '127.0.0.1', port: 0 })
	cameras.set(id, { camera, picture: await startPicture({ title: titles[i] ?? id, cacheDir }) })
}

/** As often as the picture has frames, and then some. */
const frames = setInterval(() => {
	for (const { camera, picture } of cameras.values()) {
		const { pan, tilt, zoom } = camera.head()
		picture.look({ pan: pan.position, tilt: tilt.position, zoom: zoom.position })
	}
}, 33)

function answer(line: string): object {
	const [word, id = '', ...rest] = line.split(' ')
	const found = cameras.get(id)
	if (!found) return { error: `no camera ${id}` }
	if (word === 'faults') return Object.assign(found.camera.faults, JSON.parse(rest.join(' ')))
	if (word !== 'position') return { error: `unknown: ${word}` }
	const head = found.camera.head()
	const { pan, tilt, zoom } = head
	return { pan: pan.position, tilt: tilt.position, zoom: zoom.position, moving: isMoving(head) }
}

async function end() {
	clearInterval(frames)
	await Promise.all([...cameras.values()].map(({ camera, picture }) => Promise.all([camera.close(), picture.close()])))
	process.exit(0)
}

process.once('SIGTERM', end)
process.once('SIGINT', end)
const addresses = [...cameras].map(([id, { camera, picture }]) => ({
	id,
	visca: { host: '127.0.0.1', port: camera.port },
	rtsp: picture.url,
}))
console.log(JSON.stringify({ cameras: addresses }))
createInterface({ input: process.stdin })
	.on('line', (line) => console.log(JSON.stringify(answer(line))))
	.on('close', end)
