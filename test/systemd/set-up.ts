import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { connectGuest, shell } from '../vm/guest.ts'
import { bootContainer, type Container } from './container.ts'

/** One container for all files of these tests, in which the package is installed as an administrator would, without a network. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const began = performance.now()
	const took = () => `${((performance.now() - began) / 1_000).toFixed(1)} s`
	const folder = mkdtempSync(join(tmpdir(), 'maru-systemd-'))
	let container: Container | null = null
	const close = async () => {
		await container?.close()
		rmSync(folder, { recursive: true, force: true })
	}
	try {
		const media = join(folder, 'media')
		mkdirSync(media)
		const root = join(import.meta.dirname, '../..')
		execFileSync(process.execPath, [join(root, 'systemd/deb/build.ts'), '--offline', '--to', media], { cwd: root })
		const [archive = ''] = globSync('*_offline.tar', { cwd: media })
		execFileSync('tar', ['-xf', join(media, archive), '--strip-components=1', '-C', media])
		console.log(`the package is made (${took()})`)
		container = await bootContainer(media, join(folder, 'console.log'))
		const guest = await connectGuest({ init: container.init })
		await shell(guest, 'sh /media/maru/install.sh 2>&1', 600_000)
		guest.close()
	} catch (error) {
		await close()
		throw error
	}
	console.log(`it is installed in a container (${took()})`)
	project.provide('guest', { init: container.init })
	return close
}
