import type { Logger } from 'pino'
import type { Notify } from './notify.ts'
import { beyondPatience, ill, newVigil, observe, type Readings } from './vigil.ts'

/** Feeds systemd's watchdog from the event loop, for as long as what it should keep alive is well (vigil.ts). */

const mostLookMs = 1_000

export interface WatchdogOptions {
	notify: Notify
	/** Everything but how late we are, which is seen here. */
	read(): Omit<Readings, 'lateMs'>
	log: Pick<Logger, 'error' | 'info'>
	now?: () => number
}

/** Looks, feeds and tells systemd how we are, until the function that it returns is called. */
export function startWatchdog({ notify, read, log, now = () => performance.now() }: WatchdogOptions): () => void {
	const lookMs = Math.min(mostLookMs, (notify.watchdogMs ?? Number.POSITIVE_INFINITY) / 4)
	let vigil = newVigil(now())
	let told = ''
	let hungry = false

	function look() {
		const at = now()
		vigil = observe(vigil, { ...read(), lateMs: at - vigil.lookedAt - lookMs }, at)
		const beyond = beyondPatience(vigil, at)
		if (beyond.length === 0) notify('WATCHDOG=1')
		if (beyond.length > 0 !== hungry) {
			hungry = !hungry
			if (hungry) log.error({ parts: beyond }, 'ill for too long: the watchdog is not fed, and systemd will restart us')
			else log.info('well again, the watchdog is fed')
		}
		const status = statusOf(hungry, ill(vigil))
		if (status !== told) notify(`STATUS=${status}`)
		told = status
	}

	look()
	const looks = setInterval(look, lookMs)
	return () => clearInterval(looks)
}

/** What `systemctl status` shows. */
function statusOf(hungry: boolean, parts: readonly string[]): string {
	if (parts.length === 0) return 'running'
	return `${hungry ? 'about to be restarted' : 'running'}; not well: ${parts.join(', ')}`
}
