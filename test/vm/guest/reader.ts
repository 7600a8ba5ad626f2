import { spawn } from 'node:child_process'

/**
 * Hears what a device says, one `read` after the other, until it is told to stop. Each read waits for the device: `cat`
 * does the waiting, so that none of Node's threads must, and no end of a process hangs on it.
 *
 * It runs as the service's user, because by the time that it is to end we may be that user as well; and ends with us,
 * because whoever holds /dev/uhid open keeps the phone plugged in.
 */
export function readFrom(device: number, hear: (bytes: Buffer) => void): () => void {
	const user = ['--reuid', 'maru', '--regid', 'maru', '--clear-groups', '--pdeathsig', 'KILL']
	const cat = spawn('setpriv', [...user, '--', 'cat'], { stdio: [device, 'pipe', 'inherit'] })
	cat.stdout?.on('data', hear)
	return () => cat.kill('SIGKILL')
}
