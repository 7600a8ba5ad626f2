import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { until } from '../scene/wait.ts'

/** systemd's end of the notification socket, as far as hearing goes. Node has no such sockets; Perl is on every Debian. */

const listener = `use Socket; $| = 1; my $s;
socket($s, AF_UNIX, SOCK_DGRAM, 0) and bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
print "\\n";
print "$_\\n" while defined recv($s, $_, 8192, 0)`

export interface NotifySocket {
	path: string
	/** Every line so far, in order. */
	readonly lines: readonly string[]
	/** How often the watchdog was fed. */
	readonly feeds: number
	close(): void
}

/** Listens in this folder. */
export async function listenForNotify(folder: string): Promise<NotifySocket> {
	const path = join(folder, 'notify')
	const perl = spawn('perl', ['-e', listener, path], { stdio: ['ignore', 'pipe', 'inherit'] })
	const lines: string[] = []
	const reader = createInterface(perl.stdout)
	await Promise.race([
		once(reader, 'line'),
		once(reader, 'close').then(() => Promise.reject(new Error('nobody listens: perl says why'))),
	])
	reader.on('line', (line) => lines.push(line))
	return {
		path,
		lines,
		get feeds() {
			return lines.filter((line) => line === 'WATCHDOG=1').length
		},
		close: () => perl.kill('SIGKILL'),
	}
}

/** While these are stopped, and no longer, the watchdog hears nothing. */
export async function isSilentWhileStopped(systemd: NotifySocket, pids: readonly number[]): Promise<void> {
	for (const pid of pids) process.kill(pid, 'SIGSTOP')
	await sleep(500) // what was said before may still be on its way
	const before = systemd.feeds
	await sleep(2_500)
	expect(systemd.feeds).toBe(before)
	for (const pid of pids) process.kill(pid, 'SIGCONT')
	await until('it to be fed again', () => systemd.feeds > before, 60_000)
}
