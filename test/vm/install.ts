import { type Guest, shell } from './guest.ts'

const node = '/opt/maru/node_modules/node/bin/node --disable-warning=ExperimentalWarning'
/** Where checkout.ts has left what is compiled already. */
const compiled = ['NODE_COMPILE_CACHE=/opt/maru/.compiled', 'NODE_COMPILE_CACHE_PORTABLE=1']

/** Puts the working copy below /opt/maru into service on a machine, as an administrator would. It does not run yet. */
export async function install(guest: Guest): Promise<void> {
	await shell(
		guest,
		`cd /opt/maru
		printf '#!/bin/sh\\nexec env ${compiled.join(' ')} ${node} /opt/maru/appliance/ops/cli.ts "$@"\\n' >/usr/local/bin/maru
		chmod 755 /usr/local/bin/maru
		mkdir -p /etc/maru /usr/local/lib/sysusers.d
		cp systemd/maru.sysusers.conf /usr/local/lib/sysusers.d/maru.conf
		systemd-sysusers
		cp systemd/maru.modules-load.conf /etc/modules-load.d/maru.conf
		systemctl restart systemd-modules-load
		cp systemd/maru.sysctl.conf /etc/sysctl.d/maru.conf
		cp systemd/maru.service /etc/systemd/system/
		mkdir /etc/systemd/system/maru.service.d
		# A processor that is itself a program keeps the event loop waiting.
		printf '[Service]\\nEnvironment=${compiled.join(' ')}\\nWatchdogSec=60\\n' >/etc/systemd/system/maru.service.d/vm.conf
		systemctl daemon-reload
		cp maru.rules /etc/udev/rules.d/70-maru.rules`,
	)
}

/** How to run one of the programs of `guest/`. */
export const command = (name: string) => `/usr/bin/env ${compiled.join(' ')} ${node} /opt/maru/test/vm/guest/${name}.ts`

/** Runs one, as root, and gives what it said, line by line. */
export async function program(guest: Guest, name: string, ...args: string[]): Promise<unknown[]> {
	const said = await shell(guest, `${command(name)} ${args.join(' ')}`)
	return said
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as unknown)
}
