import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DeviceError, type Log } from '../../../drivers/device.ts'
import { hidTelephony } from '../../../drivers/hid-telephony/driver.ts'
import type { CallLamps, Speakerphone } from '../../../drivers/speakerphone.ts'
import type { PhoneModel } from '../../../drivers/virtual/phone-models.ts'

/** What the programs that run within the machine have in common. Each says what it found as JSON, on one line. */

/** From now on this process is the service's user, with all that root had opened. */
export function becomeMaru(): void {
	process.setgroups?.([])
	process.setgid?.('maru')
	process.setuid?.('maru')
}

const waitMs = 20_000

/** Rejects after 20 s. */
export async function until(met: () => boolean, what: string): Promise<void> {
	for (const end = performance.now() + waitMs; !met(); await sleep(2)) {
		if (performance.now() > end) throw new Error(`waited in vain until ${what}`)
	}
}

/** The value that 95 of a hundred do not exceed. */
export function p95(values: readonly number[]): number {
	return values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN
}

/**
 * Opens the speakerphone of this model as the supervisor does: again and again, until the kernel and udev have it ready.
 * Rejects where it is there and can't be used.
 */
export async function openSpeakerphone({ vendorId, productId }: PhoneModel, lamps: CallLamps): Promise<Speakerphone> {
	const config = { driver: 'hid-telephony', match: { vendorId, productId } } as const
	for (const end = performance.now() + waitMs; ; await sleep(50)) {
		try {
			return await hidTelephony.open({ config, lamps }, { signal: new AbortController().signal, log: silent })
		} catch (error) {
			const passing = error instanceof DeviceError && (error.code === 'unreachable' || error.code === 'lost')
			if (!passing || performance.now() > end) throw error
		}
	}
}

export const openFiles = () => readdirSync('/proc/self/fd').length

export const idle: CallLamps = { offHook: false, muted: false, ringing: false, held: false }

const nothing = () => {}
const silent: Log = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }
