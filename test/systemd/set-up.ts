import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { copyCheckout } from '../vm/checkout.ts'
import { connectGuest } from '../vm/guest.ts'
import { install } from '../vm/install.ts'
import { bootContainer, type Container } from './container.ts'

/** One container for all files of these tests, with the working copy in it and the service installed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const began = performance.now()
	const folder = mkdtempSync(join(tmpdir(), 'maru-systemd-'))
	let container: Container | null = null
	const close = async () => {
		await container?.close()
		rmSync(folder, { recursive: true, force: true })
	}
	try {
		copyCheckout(join(folder, 'maru'))
		container = await bootContainer(join(folder, 'maru'), join(folder, 'console.log'))
		const guest = await connectGuest({ init: container.init })
		await install(guest)
		guest.close()
	} catch (error) {
		await close()
		throw error
	}
	console.log(`the container is up (${((performance.now() - began) / 1_000).toFixed(1)} s)`)
	project.provide('guest', { init: container.init })
	return close
}
