import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { DeviceError } from '../device.ts'

/** Reports to and from one HID device. It never reconnects. */
export interface HidPort extends AsyncDisposable {
	/**
	 * One output report, its id before it; id 0 where the device has no ids. Resolves when the system has taken it, which it
	 * may never do. Rejects with 'lost'.
	 */
	write(report: Uint8Array): Promise<void>
	/** One listener; nothing is read, and no end is noticed, before there is one. Reports begin with their id, if they have one. */
	onReport(listener: (report: Uint8Array) => void): void
	/** Settles once, never rejects: with the reason, or undefined after a disposal. */
	readonly lost: Promise<DeviceError | undefined>
}

export interface OpenHidraw {
	signal: AbortSignal
	/** Whether the system lets us; default: asks it. */
	permits?(path: string): Promise<void>
}

/** udev sets the rights of a node a moment after the kernel has made it. */
const permissionMs = 2_000
const lookMs = 100

/**
 * Opens /dev/hidraw* by node-hid. Rejects with 'unauthorized' when the system does not let us, also after two seconds;
 * with 'lost' when it is gone or no longer wanted.
 */
export async function openHidraw(path: string, { signal, permits = permitted }: OpenHidraw): Promise<HidPort> {
	await untilPermitted(path, permits, signal)
	// Loaded only where there is a device: it brings native code. The synchronous half of node-hid can crash at close.
	const { HIDAsync } = await import('node-hid')
	const hid = await HIDAsync.open(path).catch((cause: unknown) => {
		throw gone(path, cause)
	})
	const { promise: lost, resolve: lose } = Promise.withResolvers<DeviceError | undefined>()
	let ending: Promise<void> | null = null

	function finish(reason: DeviceError | undefined): Promise<void> {
		ending ??= hid.close().catch(() => {})
		lose(reason)
		return ending
	}

	// An unplugged device says so once, here, in a string where others throw an Error; no 'close' follows.
	hid.on('error', (cause: unknown) => void finish(gone(path, cause)))
	if (signal.aborted) {
		await finish(undefined)
		throw new DeviceError('lost', 'no longer wanted')
	}

	return {
		lost,
		async write(report) {
			if (ending) throw new DeviceError('lost', `${path} is closed`)
			try {
				await hid.write(Buffer.from(report))
			} catch (cause) {
				throw gone(path, cause)
			}
		},
		onReport(listener) {
			hid.removeAllListeners('data')
			hid.on('data', (report: Buffer) => ending || listener(report))
		},
		[Symbol.asyncDispose]: () => finish(undefined),
	}
}

const permitted = (path: string) => access(path, constants.R_OK | constants.W_OK)

async function untilPermitted(path: string, permits: NonNullable<OpenHidraw['permits']>, signal: AbortSignal) {
	const until = performance.now() + permissionMs
	for (;;) {
		try {
			return await permits(path)
		} catch (cause) {
			const { code } = cause as NodeJS.ErrnoException
			if (code !== 'EACCES' && code !== 'EPERM') throw gone(path, cause)
			if (performance.now() > until) throw new DeviceError('unauthorized', `${path} is not ours to open`, { cause })
		}
		if (signal.aborted) throw new DeviceError('lost', 'no longer wanted')
		await delay(lookMs)
	}
}

function gone(path: string, cause: unknown): DeviceError {
	return new DeviceError('lost', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}
