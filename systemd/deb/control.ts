/** The files that tell dpkg what the package is. Pure. */

export interface About {
	version: string
	/** Of Debian, by name. */
	depends: readonly string[]
	recommends: readonly string[]
	installedKb: number
}

/** `control` (Debian Policy, chapter 5.3). */
export function controlOf({ version, depends, recommends, installedKb }: About): string {
	const fields = {
		Package: 'maru',
		Version: version,
		Architecture: 'amd64',
		Maintainer: 'Maru <maru@localhost>',
		'Installed-Size': String(Math.ceil(installedKb)),
		Depends: [...depends].sort().join(', '),
		Recommends: [...recommends].sort().join(', '),
		Section: 'video',
		Priority: 'optional',
		Description: [
			'meeting-room appliance for a city hall',
			' Joins calls without an operator, hosts them itself, drives the cameras and the',
			' speakerphone of the room, relays and records, and shows one touch panel.',
		].join('\n'),
	}
	return Object.entries(fields)
		.filter(([, value]) => value !== '')
		.map(([name, value]) => `${name}: ${value}\n`)
		.join('')
}

/**
 * The version of a package: what package.json says, then when and from what it was made, so that a later one is always
 * newer to dpkg. `dirty`: with changes that are not committed.
 */
export function debVersion(
	version: string,
	{ at, commit, dirty }: { at: Date; commit: string; dirty: boolean },
): string {
	const stamp = at
		.toISOString()
		.replace(/[-:]|\..*/g, '')
		.replace('T', '.')
	return `${version}+${stamp}.${commit.slice(0, 8)}${dirty ? '.dirty' : ''}`
}
