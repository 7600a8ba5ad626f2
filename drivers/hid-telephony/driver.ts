import { setTimeout as delay } from 'node:timers/promises'
import { DeviceError, type Driver } from '../device.ts'
import { type CallLamps, type Speakerphone, SpeakerphoneError } from '../speakerphone.ts'
import { type HidPort, openHidraw } from '../transport/hidraw.ts'
import type { HidTelephonyConfig } from './config.ts'
import { type FoundDevice, findSpeakerphone } from './find.ts'
import type { Layout } from './layout.ts'
import { openOn } from './open.ts'
import { udevCommand } from './vendors.ts'

export interface HidTelephonySetup {
	/** As its schema passed it. */
	config: HidTelephonyConfig
	/** What the device is told first of all; a function is asked at the moment when it is told. */
	lamps: CallLamps | (() => CallLamps)
	/** Where devices are found; default /sys. */
	sys?: string
	/** How long a device must stay before it counts; default 500. */
	stableMs?: number
	openPort?(path: string, options: { signal: AbortSignal }): Promise<HidPort>
}

/** Some come and go while they start (Jabra 9350, three seconds): one that stays this long is there. */
const startMs = 500

/**
 * A USB speakerphone with call control. It has opened when it has taken the lamps. Rejects with a SpeakerphoneError where
 * there is none to use, of which 'unreachable' means that none is plugged in.
 */
export const hidTelephony: Driver<HidTelephonySetup, Speakerphone> = {
	name: 'hid-telephony',
	async open({ config: { match }, lamps, sys, stableMs = startMs, openPort = openHidraw }, { signal, log }) {
		const device = await stable(match, sys, stableMs, signal)
		const { layout, model } = device
		const port = await openPort(device.path, { signal }).catch((error: unknown) => {
			throw explained(error, device)
		})
		return openOn(port, { layout, model, log, lamps }, signal)
	},
}

async function stable(match: HidTelephonyConfig['match'], sys: string | undefined, ms: number, signal: AbortSignal) {
	let seen: (FoundDevice & { layout: Layout }) | null = null
	for (;;) {
		const found = await findSpeakerphone(match, sys)
		if (seen?.place === found.place && seen.path === found.path) return found
		seen = found
		await delay(ms, undefined, { signal }).catch(() => {
			throw new DeviceError('lost', 'no longer wanted')
		})
	}
}

/** Which permission is missing, and what mends it. */
function explained(error: unknown, { path, model }: FoundDevice): unknown {
	if (!(error instanceof DeviceError) || error.code !== 'unauthorized') return error
	const command = udevCommand(model.vendorId, process.getgid?.() ?? 0)
	const message = `${model.name} at ${path} is not ours to open: a udev rule is missing; ${command}`
	return new SpeakerphoneError('unauthorized', 'no-permission', message, command)
}
