import type { Logger } from 'pino'

/** How the city sends a text message: its own gateway is told where to and what, and nothing of it is kept here. */

const patienceMs = 10_000

export interface SmsOptions {
	/** Takes `{to, text}` as JSON. */
	url: string
	/** Shown as `Authorization: Bearer …`. */
	secret?: string | undefined
}

export type SendSms = (to: string, text: string) => Promise<boolean>

/** Answers whether the gateway took it. */
export function smsBy({ url, secret }: SmsOptions, log: Logger): SendSms {
	return async (to, text) => {
		try {
			const response = await fetch(url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
				},
				body: JSON.stringify({ to, text }),
				redirect: 'error',
				signal: AbortSignal.timeout(patienceMs),
			})
			await response.body?.cancel()
			if (!response.ok) log.warn({ status: response.status }, 'the SMS gateway refused a message')
			return response.ok
		} catch (error) {
			// Neither the number nor the text stands in what fetch throws.
			log.warn({ err: error }, 'the SMS gateway cannot be reached')
			return false
		}
	}
}
