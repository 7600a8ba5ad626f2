import { type Lock, productPackages } from './contents.ts'

/** What the package is made of, for those who look for known faults in it. CycloneDX 1.5, JSON. Pure. */

export interface SbomOf {
	version: string
	lock: Lock
	/** Debian's packages that it depends on, as the machine that built it has them. */
	debian: readonly { name: string; version: string }[]
}

export function sbomOf({ version, lock, debian }: SbomOf): object {
	const npm = productPackages(lock).map(({ name, version: at, license, integrity }) => {
		const [scope, rest] = name.startsWith('@') ? name.split('/') : [null, name]
		const purl = `pkg:npm/${scope === null ? '' : `${encodeURIComponent(scope ?? '')}/`}${rest}@${at}`
		return {
			...{ type: 'library', 'bom-ref': purl, name, version: at, purl },
			...(license === undefined ? {} : { licenses: [{ expression: license }] }),
			...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
		}
	})
	const system = debian.map(({ name, version: at }) => {
		const purl = `pkg:deb/debian/${name}@${encodeURIComponent(at)}`
		return { type: 'library', 'bom-ref': purl, name, version: at, purl, scope: 'required' }
	})
	return {
		...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 },
		metadata: { component: { type: 'application', 'bom-ref': 'maru', name: 'maru', version } },
		components: [...npm, ...system],
	}
}

/** npm's integrity ('sha512-' and Base64) as CycloneDX writes a hash. */
function hashOf(integrity: string) {
	const [algorithm = '', base64 = ''] = integrity.split(' ')[0]?.split('-') ?? []
	const alg = algorithm.replace(/^sha/, 'SHA-')
	return { alg, content: Buffer.from(base64, 'base64').toString('hex') }
}
