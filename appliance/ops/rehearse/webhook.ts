import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { RehearsalReport } from '../../protocol/rehearsal.ts'
import { told } from './report-text.ts'

/**
 * Tells another machine of the house how the rehearsal went. Nothing waits for it: where it cannot be reached it is tried
 * again for a quarter of an hour, and then given up.
 *
 * `Maru-Signature: t=SECONDS,v1=HEX` is the HMAC-SHA256 of `SECONDS.BODY` under the secret; whoever takes it compares, and
 * refuses what is older than some minutes.
 */
export interface Webhook {
	send(report: RehearsalReport): void
	/** What has not been taken by now is given up. */
	close(): void
}

export interface WebhookOptions {
	url: string
	secret: string
	room: string
	language: 'ko' | 'en'
	now: () => number
	log: Logger
	/** Between one try and the next. */
	pausesMs?: readonly number[]
}

const patienceMs = 10_000
const defaultPausesMs = [1_000, 5_000, 30_000, 120_000, 600_000]

export function openWebhook(options: WebhookOptions): Webhook {
	const { url, secret, room, language, now, log, pausesMs = defaultPausesMs } = options
	const ending = new AbortController()
	const { signal } = ending

	/** Whether there is no need to come again. */
	async function deliver(body: string): Promise<boolean> {
		const seconds = Math.floor(now() / 1_000)
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'maru-signature': `t=${seconds},v1=${sign(secret, seconds, body)}`,
				},
				body,
				redirect: 'error',
				signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
			})
			await response.body?.cancel()
			if (!response.ok) log.warn({ status: response.status }, 'the webhook refused a report')
			// What is refused for what it is will be refused again.
			return response.ok || (response.status >= 400 && response.status < 500 && response.status !== 429)
		} catch (error) {
			if (!signal.aborted) log.warn({ err: error }, 'the webhook cannot be reached')
			return false
		}
	}

	async function go(body: string): Promise<void> {
		for (const pauseMs of [...pausesMs, null]) {
			if (await deliver(body)) return
			if (pauseMs === null) return log.error('a report of a rehearsal reached nobody')
			await sleep(pauseMs, undefined, { signal, ref: false })
		}
	}

	return {
		send(report) {
			const body = JSON.stringify({ type: 'rehearsal', room, ...told(report, language) })
			go(body).catch(() => {}) // the service is ending
		},
		close: () => ending.abort(),
	}
}

/** In hex. */
export function sign(secret: string, seconds: number, body: string): string {
	return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
}
