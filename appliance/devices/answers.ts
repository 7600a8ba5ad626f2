import { DeviceError } from '../../drivers/device.ts'
import type { Answer, UpMessage } from './messages.ts'

/** The room's end of what was ordered and is not answered yet. Each ends with its result, its deadline, or the process. */
export interface Waiting {
	/** A number for what is about to be sent. */
	next(): number
	/** The result of what was just sent under this number. Rejects with a DeviceError; for a bug, with another Error. */
	answer(id: number, what: string, limitMs: number): Promise<Answer>
	settle(result: Extract<UpMessage, { type: 'result' }>): void
	/** The process is gone, and with it all that was ordered. */
	lost(): void
}

interface Order {
	resolve(value: Answer): void
	reject(error: Error): void
	deadline: NodeJS.Timeout
}

export function createWaiting(): Waiting {
	const orders = new Map<number, Order>()
	let lastId = 0

	return {
		next: () => ++lastId,
		answer(id, what, limitMs) {
			const { promise, resolve, reject } = Promise.withResolvers<Answer>()
			const deadline = setTimeout(() => {
				orders.delete(id)
				reject(new DeviceError('timeout', `${what} was not answered within ${limitMs} ms`))
			}, limitMs)
			orders.set(id, { resolve, reject, deadline })
			return promise
		},
		settle(result) {
			const order = orders.get(result.id)
			if (!order) return
			orders.delete(result.id)
			clearTimeout(order.deadline)
			if (result.ok) order.resolve(result.value)
			else if (result.code === 'internal') order.reject(new Error(result.message))
			else order.reject(new DeviceError(result.code, result.message))
		},
		lost() {
			for (const { reject, deadline } of orders.values()) {
				clearTimeout(deadline)
				reject(new DeviceError('lost', 'the devices process is gone'))
			}
			orders.clear()
		},
	}
}
