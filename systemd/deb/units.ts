/** What systemd gets from the package: its units, and the programs by which it starts ours. All lie in `systemd/`. */

export const units = [
	'maru.target',
	'maru.service',
	'maru-browser.socket',
	'maru-browser@.service',
	'maru-backup.service',
	'maru-backup.timer',
	'maru-update-recover.service',
] as const

/** Perl, which every Debian has. */
export const programs = ['with-notify', 'browser-host'] as const
