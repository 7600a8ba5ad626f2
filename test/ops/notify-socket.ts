import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** systemd's end of the notification socket, as far as hearing goes. Node has no such sockets; Perl is on every Debian. */

const listener = `use Socket; $| = 1; my $s;
socket($s, AF_UNIX, SOCK_DGRAM, 0) and bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
print "\\n";
print "$_\\n" while defined recv($s, $_, 8192, 0)`

export interface NotifySocket {
	path: string
	/** Every line so far, in order. */
	readonly lines: readonly string[]
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
	return { path, lines, close: () => perl.kill('SIGKILL') }
}
