import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machinePaths } from '../../../appliance/setup/machine.mjs'

/**
 * The disk of an appliance: the plain Debian of these tests, on which the package was installed from its offline archive as
 * an administrator would. That is done in a container without a network, which takes a minute and not an hour; what starts
 * from the disk has never run before.
 */

const root = join(import.meta.dirname, '../../..')
const installMs = 1_800_000

/** As whoever connects the machine to the house's network would: its address in QEMU's own. */
const network = '[Match]\nName=eth0\n\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\n'

/** What the appliance tells to its own machine alone (plain HTTP) is told to whoever comes to this port: to our tests. */
export const outsidePort = 8_088
const outside = {
	socket: `[Socket]\nListenStream=${outsidePort}\n`,
	service: '[Service]\nExecStart=/lib/systemd/systemd-socket-proxyd 127.0.0.1:8080\n',
}

/** With a journal and flushes, as Debian's installer makes it: the other machine's disk is not meant to be kept. */
const mkfs = ['-q', '-F', '-t', 'ext4', '-E', 'root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0']

/** A processor that is itself a program keeps the event loop waiting, and starts nothing in time. */
const compiled = 'NODE_COMPILE_CACHE=/var/cache/maru NODE_COMPILE_CACHE_PORTABLE=1'
const unit = `[Service]\nTimeoutStartSec=40min\nWatchdogSec=40min\nEnvironment=${compiled}\n`
/** Minutes of work for such a processor: Node keeps what it has compiled until it is told to end. */
const compile = `
install -d -o maru -g maru /var/cache/maru
cd /opt/maru
as="setpriv --reuid=maru --regid=maru --init-groups"
export ${compiled} MARU_CONFIG=/etc/maru/maru.yaml MARU_DATA=/tmp/maru
export MEDIASOUP_WORKER_BIN=/opt/maru/mediasoup-worker MARU_BROWSERS=/nowhere
$as node_modules/node/bin/node --disable-warning=ExperimentalWarning appliance/ops/cli.ts run >/tmp/said 2>&1 &
until curl -sfo /dev/null http://127.0.0.1:8080/api/v1/health; do
	kill -0 $! || { cat /tmp/said >&2; exit 1; }
	sleep 0.2
done
kill -TERM $!
wait $!`

/** Makes the disk at `image`. `folder`, which is empty, is worked in; `configuration`: maru.yaml. */
export function makeDisk(folder: string, image: string, configuration: object): void {
	const media = join(folder, 'media')
	const system = join(folder, 'system')
	mkdirSync(media, { recursive: true })
	run(process.execPath, [join(root, 'systemd/deb/build.ts'), '--offline', '--to', media])
	const [archive = ''] = globSync('*_offline.tar', { cwd: media })
	run('tar', ['-xf', join(media, archive), '--strip-components=1', '-C', media])
	rmSync(join(media, archive))
	run('cp', ['-a', machinePaths(root).root, system])
	const container = ['--quiet', '--register=no', '--keep-unit', '--private-network', `--directory=${system}`]
	run('systemd-nspawn', [...container, `--bind-ro=${media}:/media/maru`, '--', 'sh', '/media/maru/install.sh'])
	run('systemd-nspawn', [...container, '--', 'systemctl', 'enable', 'systemd-networkd'])
	rmSync(media, { recursive: true })

	for (const [kind, text] of Object.entries(outside)) {
		writeFileSync(join(system, `etc/systemd/system/outside.${kind}`), text)
	}
	writeFileSync(join(system, 'etc/systemd/network/lan.network'), network)
	// YAML is JSON with other ways to write it.
	writeFileSync(join(system, 'etc/maru/maru.yaml'), JSON.stringify(configuration))
	const dropIn = join(system, 'etc/systemd/system/maru.service.d')
	mkdirSync(dropIn)
	writeFileSync(join(dropIn, 'vm.conf'), unit)
	run('systemd-nspawn', [...container, '--', 'sh', '-ec', compile])
	run('/usr/sbin/mkfs.ext4', [...mkfs, '-d', system, image, '6G'])
	rmSync(system, { recursive: true })
}

function run(program: string, args: readonly string[]): void {
	execFileSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], timeout: installMs })
}
