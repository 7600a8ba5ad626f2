import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { copyCheckout, imageOf } from './checkout.ts'
import { connectGuest, shell } from './guest.ts'
import { hall } from './hall.ts'
import { install } from './install.ts'
import { bootMachine, type Machine, plainDebian } from './machine.ts'
import { beginService } from './service.ts'

/** One machine for all files of these tests, with the working copy on its second disk and the service installed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const began = performance.now()
	const folder = mkdtempSync(join(tmpdir(), 'maru-vm-'))
	let machine: Machine | null = null
	const close = async () => {
		await machine?.close()
		rmSync(folder, { recursive: true, force: true })
	}
	try {
		const image = join(folder, 'maru.img')
		copyCheckout(join(folder, 'maru'))
		imageOf(join(folder, 'maru'), image)
		rmSync(join(folder, 'maru'), { recursive: true })
		machine = await bootMachine(plainDebian(image), folder)
		const guest = await connectGuest({ sockets: folder })
		await shell(guest, 'mkdir -p /opt/maru; mount -o ro /dev/vdb /opt/maru')
		await install(guest)
		// It takes a minute to start in a machine that is played: the tests of devices alone are first meanwhile.
		await beginService(guest, hall)
		guest.close()
	} catch (error) {
		await close()
		throw error
	}
	console.log(`the machine is up, ${machine.processor} (${((performance.now() - began) / 1_000).toFixed(1)} s)`)
	project.provide('guest', { sockets: folder })
	project.provide('patience', machine.processor === 'translated' ? 4 : 1)
	return close
}
