import { createLock, type Pin } from '../identity/pin.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Result } from '../protocol/messages.ts'
import type { LockView, MachineView } from '../protocol/pairing.ts'
import type { Principal } from '../protocol/roles.ts'
import type { SettingsCommand } from '../protocol/room-commands.ts'
import type { Parts } from './parts.ts'
import { placeOf } from './trail.ts'

/** The settings of one panel that IT owns. They are open to whoever has shown the PIN here, and to staff anywhere. */
export function openSettings(
	principal: Principal,
	address: string,
	parts: Pick<Parts, 'panels' | 'pin' | 'machine' | 'room' | 'ca' | 'build' | 'identity'>,
) {
	const { panels, pin, machine, room, ca, build, identity } = parts
	const lock = createLock(() => performance.now())
	const staff = principal.role !== 'panel'

	function read(): MachineView {
		return {
			...machine(),
			...{ fingerprint: ca?.fingerprint ?? null, build },
			cameras: room.cameraSetups().map(({ setup }) => ({
				name: setup.name,
				driver: setup.driver,
				at: setup.host ?? setup.path ?? '',
			})),
			panel: panels.ofToken(principal.jti),
		}
	}

	async function unlock(given: string) {
		try {
			await pin.check(given)
		} catch (error) {
			if (error instanceof Refusal && error.code === 'bad-code')
				identity.audit(principal, 'settings.wrong-pin', placeOf({ ip: address }, principal))
			throw error
		}
		lock.unlock()
	}

	function unpair() {
		const paired = panels.ofToken(principal.jti)
		if (paired) panels.revoke(paired.id)
		else identity.revoke(principal.jti)
	}

	return {
		unlocked: () => staff || lock.leftMs() > 0,
		async handle(command: SettingsCommand): Promise<Result> {
			switch (command.type) {
				case 'settings.standing':
					return { ok: true, data: standing(pin, lock.leftMs()) }
				case 'settings.unlock':
					await unlock(command.pin)
					return { ok: true, data: standing(pin, lock.leftMs()) }
				case 'settings.lock':
					lock.lock()
					return { ok: true }
				case 'settings.read':
					return { ok: true, data: read() }
				case 'settings.unpair':
					unpair()
					return { ok: true }
			}
		},
	}
}

const standing = (pin: Pin, leftMs: number): LockView => ({ set: pin.view().set, waitMs: pin.waitMs(), leftMs })
