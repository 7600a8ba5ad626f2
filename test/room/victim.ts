import { pino } from 'pino'
import { createLive } from '../../appliance/room/live.ts'

/** A service that watches the camera named by its argument until it is killed. */
const [, , rtsp] = process.argv
if (rtsp === undefined) throw new Error('no camera named')
const live = createLive({ rtsp: () => rtsp, needKeyFrame: () => {}, log: pino({ level: 'silent' }) })
for await (const _ of live.frames());
