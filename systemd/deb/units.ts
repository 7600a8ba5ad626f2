/** What systemd gets from the package: its units, and the programs by which it starts ours. All lie in `systemd/`. */

export const units = [
	'maru.target',
	'maru.service',
	'maru-browser.socket',
	'maru-browser@.service',
	'maru-backup.service',
	'maru-backup.timer',
	'maru-update-recover.service',
	'maru-display.service',
	'maru-panel.service',
] as const

/** Units that run only where somebody has enabled them: not every room has displays of its own. */
export const optional: readonly string[] = ['maru-display.service', 'maru-panel.service']

/** Perl, which every Debian has. */
export const programs = ['with-notify', 'browser-host', 'display-host', 'panel-host'] as const
/** What some of these have in common. */
export const parts = ['watched.pl'] as const
