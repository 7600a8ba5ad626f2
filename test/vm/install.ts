import { type Guest, shell } from './guest.ts'

/** Puts the working copy below /opt/maru into service on a machine, as an administrator would. It does not run yet. */
export async function install(guest: Guest): Promise<void> {
	await shell(
		guest,
		`cd /opt/maru
		printf '#!/bin/sh\\nexec /opt/maru/node_modules/node/bin/node --disable-warning=ExperimentalWarning /opt/maru/appliance/ops/cli.ts "$@"\\n' >/usr/local/bin/maru
		chmod 755 /usr/local/bin/maru
		mkdir -p /etc/maru /usr/local/lib/sysusers.d
		cp systemd/maru.sysusers.conf /usr/local/lib/sysusers.d/maru.conf
		systemd-sysusers
		cp systemd/maru.modules-load.conf /etc/modules-load.d/maru.conf
		cp systemd/maru.service /etc/systemd/system/
		systemctl daemon-reload
		maru udev-rules --group maru >/etc/udev/rules.d/70-maru.rules`,
	)
}

/** Runs one of the programs of `guest/`, as root, and gives what it said, line by line. */
export async function program(guest: Guest, name: string, ...args: string[]): Promise<unknown[]> {
	const node = '/opt/maru/node_modules/node/bin/node --disable-warning=ExperimentalWarning'
	const said = await shell(guest, `${node} /opt/maru/test/vm/guest/${name}.ts ${args.join(' ')}`, 150_000)
	return said
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as unknown)
}
