import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type DiskServer, serveDisk } from '../vm/appliance/nbd.ts'

/**
 * A disk that forgets (volatile-disk.ts), mounted on this machine: QEMU's storage daemon makes a file of it (FUSE), which
 * the kernel takes for a disk (loop) and asks to flush as any other. Nothing here may wait for it in a way that keeps this
 * process from serving it.
 */
export interface ForgetfulDisk {
	readonly image: string
	/** Where it is mounted; `var/lib/maru` is in it. */
	readonly mounted: string
	readonly server: DiskServer
	close(): Promise<void>
}

const run = promisify(execFile)
const servedMs = 60_000

/** What it takes: root, FUSE, a loop device and QEMU. */
export const canForget =
	process.getuid?.() === 0 && ['/dev/fuse', '/dev/loop-control', '/usr/bin/qemu-storage-daemon'].every(existsSync)

/** `options`: of its mount. */
export async function mountForgetful(folder: string, seed: number, options: string): Promise<ForgetfulDisk> {
	const [image, file, mounted, empty] = ['disk.img', 'file', 'mounted', 'empty'].map((name) => join(folder, name)) as [
		...[string, string, string, string],
	]
	mkdirSync(mounted)
	mkdirSync(join(empty, 'var/lib/maru'), { recursive: true })
	writeFileSync(file, '')
	const mkfs = ['-q', '-F', '-t', 'ext4', '-E', 'lazy_itable_init=0,lazy_journal_init=0', '-d', empty, image, '3G']
	await run('/usr/sbin/mkfs.ext4', mkfs)
	const server = await serveDisk(image, join(folder, 'socket'), seed)
	const disk = `driver=nbd,node-name=disk,server.type=unix,server.path=${join(folder, 'socket')}`
	const served = `type=fuse,id=file,node-name=disk,mountpoint=${file},writable=on`
	const daemon = spawn('setpriv', [
		...['--pdeathsig', 'KILL', '--', 'qemu-storage-daemon'],
		...['--blockdev', disk, '--export', served],
	])
	const sizeOf = async () => Number((await run('stat', ['-c', '%s', file])).stdout)
	for (const until = Date.now() + servedMs; (await sizeOf()) === 0; await sleep(100)) {
		if (Date.now() > until || daemon.exitCode !== null) throw new Error('the storage daemon serves nothing')
	}
	await run('mount', ['-o', `loop,${options}`, file, mounted])
	return {
		...{ image, mounted, server },
		async close() {
			await run('umount', [mounted])
			daemon.kill('SIGTERM')
			await once(daemon, 'exit')
			server.close()
		},
	}
}
