import { setTimeout as sleep } from 'node:timers/promises'
import { openCameras } from '../../appliance/devices/cameras.ts'
import { fakeCamera } from './fake-camera.ts'

/** Two cameras; the driver of one throws in a timer, outside of any call. Prints what became of both. */

const opened: string[] = []
const reports: string[] = []
const quiet = () => {}
const cameras = openCameras({
	configs: ['good', 'bad'].map((id) => ({ id, driver: 'fake' })),
	async open({ id }) {
		opened.push(id)
		const first = opened.filter((other) => other === id).length === 1
		if (id === 'bad' && first) {
			setTimeout(() => {
				throw new TypeError('a bug in a timer')
			}, 100)
			setTimeout(() => Promise.reject(new TypeError('a bug in a promise')), 110)
		}
		return fakeCamera()
	},
	report: ({ id, status, reason }) => reports.push([id, status, reason].join(' ')),
	log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
	now: () => performance.now(),
})
const blamed: boolean[] = []
process.on('uncaughtException', (error) => blamed.push(cameras.blame(error)))
process.on('unhandledRejection', (error) => blamed.push(cameras.blame(error)))

const isOver = () => blamed.length >= 2 && opened.length >= 3 && reports.at(-1) === 'bad ready '
for (const end = performance.now() + 30_000; !isOver() && performance.now() < end; ) await sleep(20)
setTimeout(() => {
	throw new Error('nobody is to blame')
})
await sleep(50)
console.log(JSON.stringify({ opened: opened.sort(), reports, blamed }))
await cameras.close(100)
