import type { CallLamps, SpeakerphoneEvent } from '../../drivers/speakerphone.ts'
import type { DownMessage, SpeakerphoneReport } from './messages.ts'

/** The room's end of the speakerphone: what it is to show, and what was told of it last. */

export interface CallControl {
	/**
	 * The whole truth of the call each time; also the answer to what a person pressed, be it that nothing changes. It stays
	 * wanted: it is the first thing that a device hears after every reconnect, before any of its events is passed on.
	 */
	show(lamps: CallLamps): void
	/** Told at once how it is, then of each change. Returns the way to stop that. */
	watch(listener: (report: SpeakerphoneReport) => void): () => void
	/** Returns the way to stop that. */
	onEvent(listener: (event: SpeakerphoneEvent) => void): () => void
}

export interface CallControlOptions {
	configured: boolean
	send(message: DownMessage): void
}

export interface CallControlEnd extends CallControl {
	/** For a new process; null: nothing was said yet. */
	wanted(): CallLamps | null
	hear(report: SpeakerphoneReport): void
	pressed(event: SpeakerphoneEvent): void
	/** Nothing that was told holds any more. */
	lost(): void
}

export function createCallControl({ configured, send }: CallControlOptions): CallControlEnd {
	const watchers = new Set<(report: SpeakerphoneReport) => void>()
	const listeners = new Set<(event: SpeakerphoneEvent) => void>()
	let wanted: CallLamps | null = null
	let report: SpeakerphoneReport = {
		...{ status: 'none', reason: null, detail: null },
		...{ model: null, capabilities: null, state: null },
	}

	function hear(told: SpeakerphoneReport): void {
		report = told
		for (const watcher of watchers) watcher(report)
	}

	return {
		hear,
		wanted: () => wanted,
		pressed(event) {
			for (const listener of listeners) listener(event)
		},
		lost() {
			if (report.status === 'ready') hear({ ...report, status: 'lost', reason: 'lost', detail: null, state: null })
		},
		show(lamps) {
			wanted = lamps
			if (configured) send({ type: 'speakerphone.show', lamps })
		},
		watch(watcher) {
			watchers.add(watcher)
			watcher(report)
			return () => watchers.delete(watcher)
		},
		onEvent(listener) {
			listeners.add(listener)
			return () => listeners.delete(listener)
		},
	}
}
