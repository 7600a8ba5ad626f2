import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { machinePaths } from '../../appliance/setup/machine.mjs'
import { connectGuest } from '../vm/guest.ts'

/**
 * The same Debian as in test/vm with systemd as its first process, on this machine's kernel: up in a second, with no
 * device and no network. What it writes is gone when it ends.
 */

export interface Container {
	/** Its first process, as this machine counts. */
	readonly init: number
	close(): Promise<void>
}

const bootMs = 60_000

/** Boots one. `folder` is what it can read of this machine, as /media/maru; `log`: what its console says. */
export async function bootContainer(folder: string, log: string): Promise<Container> {
	const { root } = machinePaths(join(import.meta.dirname, '../..'))
	const console = openSync(log, 'w')
	const options = ['--quiet', '--register=no', '--keep-unit', '--volatile=overlay', '--private-network']
	const place = [`--directory=${root}`, `--bind-ro=${folder}:/media/maru`, `--machine=maru-${process.pid}`]
	// The kernel tells it to end when we do. (Killed, it would leave its first process behind.)
	const nspawn = spawn('setpriv', ['--pdeathsig', 'TERM', '--', 'systemd-nspawn', ...options, ...place, '--boot'], {
		stdio: ['ignore', console, console],
	})
	const close = async () => {
		if (nspawn.exitCode !== null || nspawn.signalCode !== null) return
		nspawn.kill('SIGTERM')
		await once(nspawn, 'exit')
	}
	for (const until = Date.now() + bootMs; Date.now() < until && nspawn.exitCode === null; await sleep(50)) {
		const init = firstProcess(nspawn.pid)
		if (init === null) continue
		const { stdout } = await (await connectGuest({ init })).run(['systemctl', 'is-system-running', '--wait'])
		if (/running|degraded/.test(stdout)) return { init, close }
	}
	await close()
	throw new Error(`systemd did not start in a container:\n${readFileSync(log, 'utf8')}`)
}

function firstProcess(nspawn: number | undefined): number | null {
	const children = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').trim()
	return children === '' ? null : Number(children.split(' ')[0])
}
