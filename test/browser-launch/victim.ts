import { pino } from 'pino'
import { launchBrowser } from '../../appliance/browser/launch.ts'

/** A service that starts a browser with the profile named by its argument, tells its pid and waits to be killed. */
const profileDir = process.argv[2]
if (profileDir === undefined) throw new Error('no profile named')
const browser = await launchBrowser({
	name: 'victim',
	profileDir,
	headless: true,
	fakeDevices: true,
	log: pino({ level: 'silent' }),
})
process.stdout.write(`${browser.pid}\n`)
setInterval(() => {}, 1000)
