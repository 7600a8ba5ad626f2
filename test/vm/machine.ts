import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { machinePaths } from '../../appliance/setup/machine.mjs'
import { connectJsonLines } from './json-lines.ts'

/**
 * A PC that QEMU plays: Debian's own kernel, a USB controller, and no network but the ports that are forwarded to it. What
 * becomes of what it writes is its disks' doing.
 *
 * Its sockets lie in one folder: `monitor` (QMP), `agent` (guest agent), `line` (the far end of its serial adapter).
 */

type Processor = 'virtualized' | 'translated'

/** Without KVM QEMU translates each instruction, which a busy machine takes minutes for; `-cpu max` corrupts there. */
const processors: Record<Processor, { args: string[]; bootMs: number }> = {
	virtualized: { args: ['-accel', 'kvm', '-cpu', 'host'], bootMs: 30_000 },
	translated: { args: ['-accel', 'tcg,thread=multi,tb-size=1024', '-cpu', 'Nehalem'], bootMs: 1_200_000 },
}

export interface Machine {
	readonly processor: Processor
	/** When it was switched on, by `performance.now()`. */
	readonly onAt: number
	/** Takes its power away. */
	close(): Promise<void>
}

export interface Hardware {
	/** The first has its system. `file`: an image, or an address that QEMU knows; `how`: more of its `-drive`. */
	disks: readonly { id: string; file: string; how: string }[]
	/** Ports of this machine that lead to ports of that one. */
	forwards?: readonly { from: number; to: number }[]
	/** More for the command line of its kernel. */
	words?: readonly string[]
}

/** The plain Debian, the same each time: what it writes is gone when it ends. `image`: a second disk, to be read. */
export function plainDebian(image: string): Hardware {
	const { disk } = machinePaths(join(import.meta.dirname, '../..'))
	return {
		disks: [
			{ id: 'system', file: disk, how: 'cache=unsafe,snapshot=on' },
			{ id: 'maru', file: image, how: 'cache=unsafe,read-only=on' },
		],
	}
}

/** Boots one. `folder`: where its sockets and the log of its console go. */
export async function bootMachine(hardware: Hardware, folder: string): Promise<Machine> {
	if (canVirtualize()) {
		// A /dev/kvm that opens and then runs nothing has been seen in a machine that is itself virtual.
		const machine = await boot('virtualized', hardware, folder).catch(() => null)
		if (machine) return machine
	}
	return boot('translated', hardware, folder)
}

async function boot(processor: Processor, hardware: Hardware, folder: string): Promise<Machine> {
	const { args, bootMs } = processors[processor]
	const onAt = performance.now()
	const qemu = start(args, hardware, folder)
	const machine = {
		...{ processor, onAt },
		async close() {
			if (qemu.exitCode !== null || qemu.signalCode !== null) return
			qemu.kill('SIGKILL')
			await once(qemu, 'exit')
		},
	}
	for (const until = Date.now() + bootMs; Date.now() < until && qemu.exitCode === null; await sleep(100)) {
		if (await answers(join(folder, 'agent'))) return machine
	}
	await machine.close()
	const said = ['qemu.log', 'console.log'].map((name) => readFileSync(join(folder, name), 'utf8'))
	throw new Error(`the machine did not come up:\n${said.join('\n')}`)
}

function start(
	processor: string[],
	{ disks, forwards = [], words: more = [] }: Hardware,
	folder: string,
): ChildProcess {
	const { root } = machinePaths(join(import.meta.dirname, '../..'))
	const kernel = (prefix: string) => {
		const names = readdirSync(join(root, 'boot')).filter((name) => name.startsWith(prefix))
		return join(root, 'boot', names.sort().at(-1) ?? prefix)
	}
	const words = [
		...['console=ttyS0', 'root=/dev/vda', 'rw', 'quiet', 'loglevel=4', 'systemd.show_status=0'],
		...['mitigations=off', 'no_timer_check', 'net.ifnames=0', 'random.trust_cpu=on'],
		...more,
	]
	const drives = disks.flatMap(({ id, file, how }) => [
		...['-drive', `id=${id},file=${file},if=none,format=raw,${how}`],
		...['-device', `virtio-blk-pci,drive=${id}`],
	])
	const ways = forwards.map(({ from, to }) => `,hostfwd=tcp:127.0.0.1:${from}-10.0.2.15:${to}`).join('')
	const card = ['-netdev', `user,id=lan,restrict=on${ways}`, '-device', 'virtio-net-pci,netdev=lan,romfile=']
	const lan = ways === '' ? ['-nic', 'none'] : card
	const socket = (id: string) => ['-chardev', `socket,id=${id},path=${join(folder, id)},server=on,wait=off`]
	const log = openSync(join(folder, 'qemu.log'), 'w')
	// The kernel ends it with us, in whatever way we end.
	const args = [
		...['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64', '-M', 'q35,hpet=off', ...processor],
		...['-m', '2048', '-smp', '2', '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', ...lan],
		...['-serial', `file:${join(folder, 'console.log')}`, '-device', 'virtio-rng-pci', '-device', 'qemu-xhci,id=usb'],
		...['-audiodev', 'none,id=sound'],
		...drives,
		...[...socket('monitor'), '-mon', 'chardev=monitor,mode=control', ...socket('line'), ...socket('agent')],
		...['-device', 'virtio-serial-pci', '-device', 'virtserialport,chardev=agent,name=org.qemu.guest_agent.0'],
		...['-kernel', kernel('vmlinuz-'), '-initrd', kernel('initrd.img-'), '-append', words.join(' ')],
	]
	const qemu = spawn('setpriv', args, { stdio: ['ignore', log, log] })
	closeSync(log)
	return qemu
}

/** Whether the guest's agent runs. What is said to it before that is lost. */
async function answers(socket: string): Promise<boolean> {
	const agent = await connectJsonLines(socket).catch(() => null)
	const answer = await agent?.call('guest-ping', {}, 400).catch(() => null)
	agent?.close()
	return answer !== null && answer !== undefined
}

/** KVM needs the processor's own help, and leave to open /dev/kvm. */
function canVirtualize(): boolean {
	if (!/^flags\b.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))) return false
	const args = [
		...processors.virtualized.args,
		'-M',
		'q35',
		'-nodefaults',
		'-display',
		'none',
		'-S',
		'-monitor',
		'stdio',
	]
	return spawnSync('qemu-system-x86_64', args, { input: 'quit\n', timeout: 10_000 }).status === 0
}
