import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openNotify } from '../../appliance/ops/notify.ts'
import { startWatchdog } from '../../appliance/ops/watchdog.ts'

/** A service in which all is well, but whose event loop is held up for a second in between; then it ends. */

const notify = openNotify(process.env)
const stop = startWatchdog({
	notify,
	read: () => ({ workers: { places: 0, running: 0 }, devicesUp: true, stageUp: true, stageTurn: 0 }),
	log: pino({ level: 'silent' }),
})
notify('READY=1', `STATUS=pid ${process.pid}`)
await sleep(1_000)
notify('STATUS=held up')
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
notify('STATUS=free again')
await sleep(1_000)
stop()
notify('STOPPING=1')
