import { ns, type Operation, type Service } from './onvif-soap.ts'
import { childOf, escapeXml } from './onvif-xml.ts'

/** The device service of a virtual ONVIF camera, and its event service, which offers nothing and says so. */

export interface DeviceFaults {
	/** Services that it does not have. */
	without?: readonly ('media' | 'media2' | 'ptz' | 'imaging' | 'events')[]
	/** The clock is told as local time only. */
	noUtc?: boolean
}

export interface Identity {
	/** urn:uuid:… without the `urn:uuid:`. */
	uuid: string
	serial: string
	name: string
}

export const scopesOf = ({ name }: Identity) => [
	'onvif://www.onvif.org/type/video_encoder',
	'onvif://www.onvif.org/type/ptz',
	'onvif://www.onvif.org/Profile/Streaming',
	'onvif://www.onvif.org/Profile/T',
	'onvif://www.onvif.org/hardware/Virtual_PTZ',
	`onvif://www.onvif.org/name/${encodeURIComponent(name)}`,
]

const sorts: Record<Service['prefix'], 'device' | 'media' | 'media2' | 'ptz' | 'imaging' | 'events'> = {
	...{ tds: 'device', trt: 'media', tr2: 'media2', tptz: 'ptz', timg: 'imaging', tev: 'events' },
}

/** `services` answers what there is besides this one; `xaddr` makes an address of a path. */
export function createDevice(
	faults: DeviceFaults,
	identity: Identity,
	{
		services,
		xaddr,
		cameraTime,
	}: { services(): readonly Service[]; xaddr(path: string): string; cameraTime(): number },
): Service {
	const path = '/onvif/device_service'
	const offered = (): readonly Pick<Service, 'prefix' | 'path'>[] => [{ prefix: 'tds', path }, ...services()]

	function dateAndTime(): string {
		const now = new Date(cameraTime())
		const time = `<tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time>`
		const date = `<tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date>`
		const which = faults.noUtc ? 'LocalDateTime' : 'UTCDateTime'
		return `<tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone><tt:${which}>${time}${date}</tt:${which}></tds:SystemDateAndTime>`
	}

	const operations: Record<string, Operation> = {
		GetSystemDateAndTime: dateAndTime,
		GetServices: () =>
			offered()
				.map(
					(one) =>
						`<tds:Service><tds:Namespace>${ns[one.prefix]}</tds:Namespace><tds:XAddr>${xaddr(one.path)}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>`,
				)
				.join(''),
		GetServiceCapabilities: () =>
			'<tds:Capabilities><tds:Network/><tds:Security UsernameToken="true" HttpDigest="true"/><tds:System/></tds:Capabilities>',
		GetCapabilities(request) {
			const category = childOf(request, ns.tds, 'Category')?.text ?? 'All'
			// Media2 came later and is told by GetServices only.
			const parts = (['device', 'events', 'imaging', 'media', 'ptz'] as const).map((sort) => {
				const service = offered().find(({ prefix }) => sorts[prefix] === sort)
				const tag = sort === 'ptz' ? 'PTZ' : `${sort[0]?.toUpperCase()}${sort.slice(1)}`
				const wanted = service && (category === 'All' || category === tag)
				const rest = { events: eventFlags, media: streamingFlags }[sort as string] ?? ''
				return wanted ? `<tt:${tag}><tt:XAddr>${xaddr(service.path)}</tt:XAddr>${rest}</tt:${tag}>` : ''
			})
			return `<tds:Capabilities>${parts.join('')}</tds:Capabilities>`
		},
		GetDeviceInformation: () =>
			`<tds:Manufacturer>Virtual</tds:Manufacturer><tds:Model>PTZ</tds:Model><tds:FirmwareVersion>1.10</tds:FirmwareVersion><tds:SerialNumber>${escapeXml(identity.serial)}</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId>`,
		GetScopes: () =>
			scopesOf(identity)
				.map(
					(scope) =>
						`<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${escapeXml(scope)}</tt:ScopeItem></tds:Scopes>`,
				)
				.join(''),
		GetHostname: () =>
			`<tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP><tt:Name>${escapeXml(identity.name)}</tt:Name></tds:HostnameInformation>`,
		GetEndpointReference: () => `<tds:GUID>urn:uuid:${identity.uuid}</tds:GUID>`,
	}
	return { prefix: 'tds', path, operations }
}

const eventFlags =
	'<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>false</tt:WSPullPointSupport><tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>'
const streamingFlags =
	'<tt:StreamingCapabilities><tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP></tt:StreamingCapabilities>'

export const events: Service = {
	prefix: 'tev',
	path: '/onvif/event_service',
	operations: {
		GetServiceCapabilities: () =>
			'<tev:Capabilities WSSubscriptionPolicySupport="false" WSPullPointSupport="false" MaxNotificationProducers="0" MaxPullPoints="0"/>',
	},
}

/** What it has, of what it could have. */
export function offeredBy(faults: DeviceFaults, services: readonly Service[]): Service[] {
	return services.filter(({ prefix }) => !faults.without?.some((sort) => sort === sorts[prefix]))
}
