import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { configuration } from './appliance.ts'
import { makeDisk } from './disk.ts'

declare module 'vitest' {
	export interface ProvidedContext {
		/** An image with the package installed, which every file of these tests goes on with. */
		disk: string
	}
}

/** One disk for all files of these tests. MARU_DISK names one that was made before, or is to be kept. */
export function setup(project: TestProject): () => void {
	const began = performance.now()
	const folder = mkdtempSync(join(tmpdir(), 'maru-disk-'))
	const disk = process.env.MARU_DISK || join(folder, 'disk.img')
	if (!existsSync(disk)) {
		makeDisk(join(folder, 'making'), disk, configuration)
		console.log(`the package is installed on a disk (${((performance.now() - began) / 1_000).toFixed(0)} s)`)
	}
	project.provide('disk', disk)
	return () => rmSync(folder, { recursive: true, force: true })
}
