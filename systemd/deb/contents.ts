/** What of the lockfile the product is made of. Pure. */

export interface Lock {
	packages: Record<string, LockedPackage>
}

export interface LockedPackage {
	version?: string
	license?: string
	integrity?: string
	dev?: boolean
	optional?: boolean
}

/** Only building takes them, and their code is in the pages then. */
export const builtIn = ['@lucide/svelte', 'clsx', 'esm-env', 'hls.js', 'svelte', 'uqr'] as const

/** In the pages as well, and in no lockfile. Its licence lies in `folder`. */
export const font = { name: 'Pretendard GOV', license: 'OFL-1.1', folder: 'control-panel/fonts' }

/** Folders of npm's packages that run in the product, Node itself among them; what lies nested in one comes with it. */
export function productFolders({ packages }: Lock): string[] {
	const top = Object.entries(packages).filter(([path]) => path.lastIndexOf('node_modules/') === 0)
	return top.filter(([, { dev, optional }]) => !dev && !optional).map(([path]) => path)
}

/** Every package of the product by name and version, the nested ones and those in the pages too, in order. */
export function productPackages(lock: Lock): (LockedPackage & { name: string; version: string })[] {
	const folders = productFolders(lock)
	const marker = 'node_modules/'
	const inPages = builtIn.map((name) => `${marker}${name}`)
	return (
		Object.entries(lock.packages)
			.filter(([path, { dev, optional }]) => {
				const runs = !dev && !optional && folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
				return runs || inPages.includes(path)
			})
			.map(([path, one]) => {
				return { ...one, name: path.slice(path.lastIndexOf(marker) + marker.length), version: one.version ?? '' }
			})
			.sort((one, other) => (`${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1))
			// The same version may lie nested in several.
			.filter(({ name, version }, i, all) => name !== all[i - 1]?.name || version !== all[i - 1]?.version)
	)
}
