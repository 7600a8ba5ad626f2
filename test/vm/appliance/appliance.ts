import { mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectGuest, type Guest, shell } from '../guest.ts'
import { bootMachine, type Machine } from '../machine.ts'
import { outsidePort } from './disk.ts'
import { type DiskServer, serveDisk } from './nbd.ts'

/** The appliance as somebody outside has it: a machine with one disk and one port, which is switched on and off. */
export interface Appliance {
	/** http://127.0.0.1:PORT, wherever it is on. */
	readonly origin: string
	readonly disk: DiskServer
	/** Boots it. `words`: for its kernel. */
	switchOn(words?: readonly string[]): Promise<On>
	close(): Promise<void>
}

interface On {
	readonly guest: Guest
	readonly machine: Machine
	/** Takes its power away. What is lost of the disk, `disk.cut()` decides. */
	switchOff(): Promise<void>
}

export const configuration = { room: { name: '대회의실' }, stage: { devices: 'virtual' }, speakerphone: 'none' }
const upMs = 1_200_000

/** `folder`: for its sockets and its console. `seed` decides what a power cut takes. */
export async function openAppliance(image: string, folder: string, seed: number): Promise<Appliance> {
	mkdirSync(folder, { recursive: true })
	const disk = await serveDisk(image, join(folder, 'disk'), seed)
	const port = await freePort()
	const on = new Set<On>()
	return {
		origin: `http://127.0.0.1:${port}`,
		disk,
		async switchOn(words = []) {
			const hardware = {
				// The machine is told that its disk has a cache, and asks it to flush.
				disks: [{ id: 'system', file: disk.url, how: 'cache=writeback' }],
				forwards: [{ from: port, to: outsidePort }],
				words: ['systemd.wants=outside.socket', ...words],
			}
			const machine = await bootMachine(hardware, folder)
			const guest = await connectGuest({ sockets: folder })
			const one: On = {
				...{ guest, machine },
				async switchOff() {
					on.delete(one)
					guest.close()
					await machine.close()
				},
			}
			on.add(one)
			return one
		},
		async close() {
			for (const one of on) await one.switchOff()
			disk.close()
		},
	}
}

/** Resolves when it says that it is well. Throws with its log where it never does. */
export async function untilWell(origin: string, guest: Guest): Promise<void> {
	for (const until = performance.now() + upMs; performance.now() < until; await sleep(500)) {
		const answer = await fetch(`${origin}/api/v1/health`, { signal: AbortSignal.timeout(20_000) }).catch(() => null)
		if (answer?.ok) return
	}
	throw new Error(`it does not answer:\n${await shell(guest, 'journalctl -u maru -b --no-pager | tail -40')}`)
}

async function freePort(): Promise<number> {
	const server = createServer()
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	const address = server.address()
	await new Promise((resolve) => server.close(resolve))
	if (address === null || typeof address === 'string') throw new Error('there is no free port')
	return address.port
}
