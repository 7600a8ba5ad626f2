import { DeviceError, type Driver } from '../device.ts'
import type { CallLamps, Speakerphone } from '../speakerphone.ts'
import type { HidPort } from '../transport/hidraw.ts'
import { openTcp } from '../transport/tcp.ts'
import { whileWanted } from '../while-wanted.ts'
import type { VirtualPhoneConfig } from './config.ts'
import { parseDescriptor } from './descriptor.ts'
import { layoutOf } from './layout.ts'
import { openOn } from './open.ts'

interface VirtualPhoneSetup {
	config: VirtualPhoneConfig
	/** As in `HidTelephonySetup`. */
	lamps: CallLamps | (() => CallLamps)
}

interface Greeting {
	name: string
	vendorId: number
	productId: number
	/** In hex. */
	descriptor: string
}

/** Rejects with 'unreachable' where nobody serves a phone there, with 'unsupported' where it is none. */
export const virtualPhone: Driver<VirtualPhoneSetup, Speakerphone> = {
	name: 'virtual-phone',
	async open({ config, lamps }, { signal, log }) {
		const { port, greeting } = await plugIn(config, signal)
		const described = greeting.then(describe)
		described.catch(() => {}) // said where it is waited for, if it still is
		await whileWanted(port, signal, () => described)
		return openOn(port, { ...(await described), log, lamps }, signal)
	},
}

/** As `find.ts` has it from sysfs. */
function describe({ name, vendorId, productId, descriptor }: Greeting) {
	const layout = layoutOf(parseDescriptor(Buffer.from(descriptor, 'hex')))
	if (!layout) throw new DeviceError('unsupported', `${name} has neither keys nor lamps of a telephone`)
	return { layout, model: { name, vendorId, productId, serial: null, firmware: null, usb: null } }
}

/** A HID port over a link: a line of JSON, then reports, each behind its length. */
async function plugIn({ host, port }: VirtualPhoneConfig, signal: AbortSignal) {
	const link = await openTcp({ host, port }, signal)
	const { promise: greeting, resolve, reject } = Promise.withResolvers<Greeting>()
	let listener: ((report: Uint8Array) => void) | null = null
	let greeted = false
	let rest = Buffer.alloc(0)
	void link.lost.then((reason) => reject(reason ?? new DeviceError('lost', 'no longer wanted')))
	link.onBytes((bytes) => {
		rest = Buffer.concat([rest, bytes])
		if (!greeted) {
			const end = rest.indexOf('\n')
			if (end < 0) return
			greeted = true
			resolve(JSON.parse(rest.toString('utf8', 0, end)) as Greeting)
			rest = rest.subarray(end + 1)
		}
		for (let length = rest[0]; length !== undefined && rest.length > length; length = rest[0]) {
			listener?.(rest.subarray(1, 1 + length))
			rest = rest.subarray(1 + length)
		}
	})
	const hid: HidPort = {
		lost: link.lost,
		write: (report) => link.write(Buffer.from([report.length, ...report])),
		onReport(next) {
			listener = next
		},
		[Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
	}
	return { port: hid, greeting }
}
