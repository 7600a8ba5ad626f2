import { namespaces, type Service } from './soap.ts'
import { childOf, childrenOf, textAt, type XmlElement } from './xml.ts'

/**
 * Where a camera's services are. Of the addresses that it names only the path counts: host and port are those where it was
 * found, because a camera with two networks, or behind a router, names one that nobody reaches (agsh/onvif#170, #222).
 */

/** From the answer to GetServices. */
export function readServices(response: XmlElement): Map<Service, string> {
	const paths = new Map<Service, string>()
	for (const service of childrenOf(response, 'Service')) {
		const name = serviceOf.get(textAt(service, 'Namespace') ?? '')
		const path = pathOf(textAt(service, 'XAddr'))
		if (name && path !== null) paths.set(name, path)
	}
	return paths
}

/** From the answer to GetCapabilities, which is older and knows no Media2. */
export function readCapabilities(response: XmlElement): Map<Service, string> {
	const capabilities = childOf(response, 'Capabilities')
	const names = { tds: 'Device', trt: 'Media', tptz: 'PTZ', timg: 'Imaging' } as const
	const paths = new Map<Service, string>()
	for (const [service, name] of Object.entries(names) as [Service, string][]) {
		const path = pathOf(textAt(capabilities, name, 'XAddr'))
		if (path !== null) paths.set(service, path)
	}
	return paths
}

const serviceOf: ReadonlyMap<string, Service> = new Map(
	Object.entries(namespaces).map(([service, namespace]) => [namespace, service as Service]),
)

function pathOf(address: string | undefined): string | null {
	const url = address === undefined ? null : URL.parse(address, 'http://camera')
	return url && /^https?:$/.test(url.protocol) && url.pathname.length < 500 ? url.pathname + url.search : null
}
