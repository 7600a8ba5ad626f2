/** What every device driver has in common. The interfaces of `drivers/` know nothing of the appliance. */

/** The part of a logger that drivers use; pino's fits. */
export interface Log {
	trace(detail: object | string, message?: string): void
	debug(detail: object | string, message?: string): void
	info(detail: object | string, message?: string): void
	warn(detail: object | string, message?: string): void
	error(detail: object | string, message?: string): void
}

export type DeviceErrorCode =
	| 'unreachable'
	| 'timeout'
	| 'rejected'
	| 'unsupported'
	| 'protocol'
	| 'lost'
	/** The user or the password is not the device's. Asking again soon may lock us out. */
	| 'unauthorized'
	/** It shows another certificate than the one that is kept of it. */
	| 'untrusted'
	/** Its address is in no network where devices may be: see reach.ts. */
	| 'address-refused'

/** What happens on a good day. Anything else thrown by a driver is a bug, and costs only its owner. */
export class DeviceError extends Error {
	readonly code: DeviceErrorCode

	constructor(code: DeviceErrorCode, message: string, options?: ErrorOptions) {
		super(message, options)
		this.name = 'DeviceError'
		this.code = code
	}
}

/** One connection to one device. It never reconnects; the supervisor opens a new one. */
export interface Device<State> extends AsyncDisposable {
	/** Calls the listener at once, then on each change. Returns the way to stop that. */
	watch(listener: (state: State) => void): () => void
	/** Settles once, never rejects: with the reason, or undefined after a disposal. */
	readonly lost: Promise<DeviceError | undefined>
}

export interface OpenContext {
	signal: AbortSignal
	/** What goes over the wire is told by `trace({ tx })` and `trace({ rx })`, bytes in hex or a line, never a secret. */
	log: Log
	/**
	 * Opening has a deadline of a few seconds. A driver whose device answers and needs longer puts it off: so long from
	 * now, for this reason, in a word that a screen can translate ('waking').
	 */
	prolong?(ms: number, reason: string): void
	/**
	 * For devices whose certificate nobody has signed: the fingerprint that is known of this one, and where a first one is
	 * kept. Absent: each connection trusts anew.
	 */
	trust?: Trust
}

export interface Trust {
	/** SHA-256 in hex with colons; null: the device was never seen. */
	readonly known: string | null
	keep(fingerprint: string): void
}

/** Its part of the configuration stands beside it in `config.ts`, so that the devices process loads no schemas. */
export interface Driver<Config, D> {
	/** As in the configuration: 'visca-ip'. */
	readonly name: string
	/** Resolves when the device has really answered; rejects with a DeviceError. */
	open(config: Config, context: OpenContext): Promise<D>
}
