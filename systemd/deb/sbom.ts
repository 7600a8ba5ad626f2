import { font, type Lock, productPackages } from './contents.ts'

/** What the package is made of, for those who look for known faults in it. CycloneDX 1.5, JSON. Pure. */

export interface SbomOf {
	version: string
	/** When what it is made of was committed. */
	at: Date
	lock: Lock
	/** Debian's packages that it depends on, as the machine that built it has them. */
	debian: readonly { name: string; version: string }[]
}

export function sbomOf({ version, at, lock, debian }: SbomOf): object {
	const npm = productPackages(lock).map(({ name, version: fixed, license, integrity }) => {
		const [scope, rest] = name.startsWith('@') ? name.split('/') : [null, name]
		const purl = `pkg:npm/${scope === null ? '' : `${encodeURIComponent(scope ?? '')}/`}${rest}@${fixed}`
		return {
			...{ type: 'library', 'bom-ref': purl, name, version: fixed, purl },
			...(license === undefined ? {} : { licenses: [{ expression: license }] }),
			...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
		}
	})
	const system = debian.map(({ name, version: fixed }) => {
		const purl = `pkg:deb/debian/${name}@${encodeURIComponent(fixed)}`
		return { type: 'library', 'bom-ref': purl, name, version: fixed, purl, scope: 'required' }
	})
	const drawn = { type: 'library', 'bom-ref': 'font', name: font.name, licenses: [{ expression: font.license }] }
	const components = [...npm, ...system, drawn]
	return {
		...{ bomFormat: 'CycloneDX', specVersion: '1.5', version: 1 },
		metadata: {
			timestamp: at.toISOString(),
			component: {
				type: 'application',
				'bom-ref': 'maru',
				name: 'maru',
				version,
				licenses: [{ expression: 'Apache-2.0' }],
			},
		},
		components,
		dependencies: [{ ref: 'maru', dependsOn: components.map((one) => one['bom-ref']) }],
	}
}

/** npm's integrity ('sha512-' and Base64) as CycloneDX writes a hash. */
function hashOf(integrity: string) {
	const [algorithm = '', base64 = ''] = integrity.split(' ')[0]?.split('-') ?? []
	const alg = algorithm.replace(/^sha/, 'SHA-')
	return { alg, content: Buffer.from(base64, 'base64').toString('hex') }
}
