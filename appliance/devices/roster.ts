import type { CameraConfig } from './messages.ts'
import { sameDevice } from './reports.ts'
import type { Supervisor } from './supervisor.ts'

/** Who is driven at present: the cameras that are wanted, and those that are being let go. */
export interface Roster {
	configure(cameras: readonly CameraConfig[]): void
	/** Also one that is being let go. */
	get(id: string): Member | undefined
	wants(id: string): boolean
	/** Lets go of all, as they are. */
	close(): Promise<void>
}

export interface Member {
	/** Its feel may change while it is driven. */
	config: CameraConfig
	readonly supervisor: Supervisor
	/** It is being stopped and let go: nothing may move it any more. */
	leaving: boolean
}

export interface RosterOptions {
	admit(config: CameraConfig): Member
	/** Stops it and lets it go; never rejects. */
	retire(member: Member): Promise<void>
}

export function createRoster({ admit, retire }: RosterOptions): Roster {
	const members = new Map<string, Member>()
	let wanted: readonly CameraConfig[] = []
	let closed = false

	/** Not before all old ones are gone: a line or a port that they hold may be what a new one needs. */
	function admitAll(): void {
		if (closed || [...members.values()].some(({ leaving }) => leaving)) return
		for (const config of wanted) if (!members.has(config.id)) members.set(config.id, admit(config))
	}

	async function leave(member: Member): Promise<void> {
		member.leaving = true
		await retire(member)
		members.delete(member.config.id)
		admitAll()
	}

	return {
		configure(cameras) {
			wanted = cameras
			for (const member of members.values()) {
				if (member.leaving) continue
				const config = cameras.find(({ id }) => id === member.config.id)
				if (config && sameDevice(member.config, config)) member.config = config
				else void leave(member)
			}
			admitAll()
		},
		get: (id) => members.get(id),
		wants: (id) => wanted.some((config) => config.id === id),
		async close() {
			closed = true
			await Promise.all([...members.values()].map(({ supervisor }) => supervisor.close()))
		},
	}
}
