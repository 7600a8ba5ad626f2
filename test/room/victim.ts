import { pino } from 'pino'
import { createLive } from '../../appliance/room/live.ts'

/** A service that watches the camera named by its argument until it is killed. */
const [, , rtsp] = process.argv
if (rtsp === undefined) throw new Error('no camera named')
for await (const _ of createLive({ rtsp, log: pino({ level: 'silent' }) }).frames());
