import { drive, type Lease, type Origin, take } from './leases.ts'
import type { Snapshot } from './snapshot.ts'

/** Who may drive which camera now, shown to all. The rules stand in `leases.ts`. */
export interface Hands {
	may(camera: string, origin: Origin): boolean
	/** It drives: its lease begins, or goes on. */
	drove(camera: string, origin: Origin): void
	/** On purpose. False when one who goes before holds it. */
	take(camera: string, origin: Origin): boolean
	/** Gives back what it holds of this camera. */
	give(camera: string, origin: string): void
	/** Gives back all that it holds. */
	released(origin: string): void
	forget(camera: string): void
	close(): void
}

export function createHands(snapshot: Snapshot, now: () => number): Hands {
	const leases = new Map<string, Lease>()
	const expiries = new Map<string, NodeJS.Timeout>()

	function publish(camera: string, lease: Lease | null) {
		const before = leases.get(camera)
		if (lease) leases.set(camera, lease)
		else leases.delete(camera)
		// A finger that stays down renews its lease every 150 ms: panels needn't hear of each.
		if (lease && before?.owner === lease.owner && expiries.has(camera)) return
		clearTimeout(expiries.get(camera))
		expiries.delete(camera)
		show(camera)
	}

	/** Tells panels of the lease, and looks again when it should end. */
	function show(camera: string) {
		const lease = leases.get(camera)
		if (!lease || lease.until <= now()) {
			leases.delete(camera)
			expiries.delete(camera)
			return snapshot.apply({ type: 'lease', camera, lease: null })
		}
		const { owner, label, until } = lease
		snapshot.apply({ type: 'lease', camera, lease: { owner, label, until } })
		expiries.set(
			camera,
			setTimeout(() => show(camera), until - now()),
		)
	}

	const give = (camera: string, origin: string) => {
		if (leases.get(camera)?.owner === origin) publish(camera, null)
	}

	return {
		may: (camera, origin) => drive(leases.get(camera) ?? null, origin, now()) !== null,
		drove: (camera, origin) => publish(camera, drive(leases.get(camera) ?? null, origin, now())),
		take(camera, origin) {
			const taken = take(leases.get(camera) ?? null, origin, now())
			if (taken) publish(camera, taken)
			return taken !== null
		},
		give,
		released(origin) {
			for (const camera of [...leases.keys()]) give(camera, origin)
		},
		forget: (camera) => publish(camera, null),
		close() {
			for (const timer of expiries.values()) clearTimeout(timer)
		},
	}
}
