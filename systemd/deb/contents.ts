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

/** Folders of npm's packages that run in the product, Node itself among them; what lies nested in one comes with it. */
export function productFolders({ packages }: Lock): string[] {
	const top = Object.entries(packages).filter(([path]) => path.lastIndexOf('node_modules/') === 0)
	return top.filter(([, { dev, optional }]) => !dev && !optional).map(([path]) => path)
}

/** Every package of the product by name and version, the nested ones too, in order. */
export function productPackages(lock: Lock): (LockedPackage & { name: string; version: string })[] {
	const folders = productFolders(lock)
	const marker = 'node_modules/'
	return Object.entries(lock.packages)
		.filter(([path, { dev, optional }]) => {
			return !dev && !optional && folders.some((folder) => path === folder || path.startsWith(`${folder}/`))
		})
		.map(([path, one]) => {
			return { ...one, name: path.slice(path.lastIndexOf(marker) + marker.length), version: one.version ?? '' }
		})
		.sort((one, other) => (`${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1))
}
