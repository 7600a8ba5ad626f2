import type { AxisName, Head } from './head.ts'
import { createPresets, type PresetFaults } from './onvif-presets.ts'
import { type BodyFaults, createPtzBody, type Place, type PtzBody } from './onvif-ptz-body.ts'
import { durationMs, invalid, ns, type Operation, Refusal, required, type Service, unsupported } from './onvif-soap.ts'
import {
	fromPlace,
	readVector,
	type SpaceFaults,
	spacesOf,
	spacesXml,
	spaceXml,
	toDistance,
	toFraction,
	toPlace,
	type Vector,
} from './onvif-spaces.ts'
import { childOf, type XmlElement } from './onvif-xml.ts'

/** The PTZ service (ver20) of a virtual ONVIF camera, written from the specification and not from the driver. */

export interface PtzFaults extends BodyFaults, PresetFaults, SpaceFaults {
	/** These profiles, or all, carry no PTZ configuration. */
	noPtz?: boolean | readonly string[]
	/** A Timeout in ContinuousMove is refused, as Bosch does. */
	rejectTimeout?: boolean
	/** The shortest Timeout that it takes, in milliseconds; it says so in its options. */
	shortestTimeoutMs?: number
	/** GetStatus is not supported. */
	noStatus?: boolean
	/** GetStatus without a position; without MoveStatus. */
	noPosition?: boolean
	noMoveStatus?: boolean
	moveStatusNeverIdle?: boolean
	/** Home cannot be set. */
	fixedHome?: boolean
}

export interface Ptz {
	readonly service: Service
	readonly body: PtzBody
	head(): Head
	/** tt:PTZConfiguration's attributes and children, for a profile; null: it has none. */
	configurationOf(profile: string): { token: string; inner: string } | null
}

const nodeToken = 'node_0'
const configurationToken = 'ptz_0'
const longestTimeout = 'PT60S'

export function createPtz(
	faults: PtzFaults,
	profiles: readonly string[],
	now: () => number,
	cameraTime: () => number,
): Ptz {
	const body = createPtzBody(faults, now)
	const presets = createPresets(faults, {
		place: body.place,
		moving: () => body.moving(),
		go: (to, request) => body.go(to, speedOf(request)),
	})
	let home: Place = { pan: 0, tilt: 0, zoom: 0 }

	const without = (profile: string) =>
		Array.isArray(faults.noPtz) ? faults.noPtz.includes(profile) : faults.noPtz === true

	function vectorOf(request: XmlElement, name: 'Position' | 'Translation' | 'Velocity'): Vector {
		const given = childOf(request, ns.tptz, name)
		if (!given) throw new Refusal(['WellFormed'], `${name} is missing`)
		const purpose = { Position: 'position', Translation: 'translation', Velocity: 'velocity' } as const
		return readVector(given, spacesOf(faults), purpose[name], `Invalid${name}`)
	}

	function speedOf(request: XmlElement): Partial<Record<AxisName, number>> {
		const speed = readVector(childOf(request, ns.tptz, 'Speed'), spacesOf(faults), 'speed', 'InvalidSpeed')
		return eachAxis(speed, (_, one) => toFraction(one) || 1)
	}

	function timeoutOf(request: XmlElement): number | null {
		const text = childOf(request, ns.tptz, 'Timeout')?.text
		if (text === undefined) return null
		if (faults.rejectTimeout) throw new Refusal(['InvalidArgVal'], 'Timeout is not supported')
		const ms = durationMs(text)
		if (ms < (faults.shortestTimeoutMs ?? 0) || ms > durationMs(longestTimeout)) throw invalid('TimeoutNotSupported')
		return ms
	}

	function status(): string {
		if (faults.noStatus) throw unsupported('GetStatus')
		const { panTilt, zoom } = spacesOf(faults)
		const place = body.place()
		const [plane] = panTilt.position
		const [lens] = zoom.position
		const position =
			plane && lens && !faults.noPosition
				? `<tt:Position><tt:PanTilt x="${fromPlace('pan', place.pan, plane.x)}" y="${fromPlace('tilt', place.tilt, plane.y ?? plane.x)}" space="${plane.uri}"/><tt:Zoom x="${fromPlace('zoom', place.zoom, lens.x)}" space="${lens.uri}"/></tt:Position>`
				: ''
		const word = (axes: AxisName[]) => (faults.moveStatusNeverIdle || body.moving(axes) ? 'MOVING' : 'IDLE')
		const movement = `<tt:MoveStatus><tt:PanTilt>${word(['pan', 'tilt'])}</tt:PanTilt><tt:Zoom>${word(['zoom'])}</tt:Zoom></tt:MoveStatus>`
		const at = new Date(cameraTime()).toISOString().replace(/\.\d+/, '')
		return `<tptz:PTZStatus>${position}${faults.noMoveStatus ? '' : movement}<tt:UtcTime>${at}</tt:UtcTime></tptz:PTZStatus>`
	}

	function configuration(): string {
		const { panTilt, zoom } = spacesOf(faults)
		const defaults: [string, string | undefined][] = [
			['DefaultAbsolutePantTiltPositionSpace', panTilt.position[0]?.uri], // sic, in the schema
			['DefaultAbsoluteZoomPositionSpace', zoom.position[0]?.uri],
			['DefaultRelativePanTiltTranslationSpace', panTilt.translation[0]?.uri],
			['DefaultRelativeZoomTranslationSpace', zoom.translation[0]?.uri],
			['DefaultContinuousPanTiltVelocitySpace', panTilt.velocity[0]?.uri],
			['DefaultContinuousZoomVelocitySpace', zoom.velocity[0]?.uri],
		]
		const limits = (name: string, space: Parameters<typeof spaceXml>[0] | undefined) =>
			space ? `<tt:${name}><tt:Range>${spaceXml(space)}</tt:Range></tt:${name}>` : ''
		return [
			`<tt:Name>ptz</tt:Name><tt:UseCount>${profiles.length}</tt:UseCount><tt:NodeToken>${nodeToken}</tt:NodeToken>`,
			...defaults.map(([name, uri]) => (uri ? `<tt:${name}>${uri}</tt:${name}>` : '')),
			// No DefaultPTZTimeout: without a Timeout it goes on until it is stopped, as most do whatever they publish.
			limits('PanTiltLimits', panTilt.position[0]),
			limits('ZoomLimits', zoom.position[0]),
		].join('')
	}

	const node = () =>
		`<tptz:PTZNode token="${nodeToken}" FixedHomePosition="${faults.fixedHome === true}"><tt:Name>head</tt:Name><tt:SupportedPTZSpaces>${spacesXml(spacesOf(faults))}</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>300</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode>`
	const configured = () =>
		`<tptz:PTZConfiguration token="${configurationToken}">${configuration()}</tptz:PTZConfiguration>`

	const named: Record<string, Operation> = {
		GetServiceCapabilities: () =>
			`<tptz:Capabilities EFlip="false" Reverse="false" GetCompatibleConfigurations="false" MoveStatus="${!faults.noMoveStatus}" StatusPosition="${!faults.noPosition && !faults.noAbsolute}"/>`,
		GetNodes: node,
		GetNode(request) {
			if (required(request, ns.tptz, 'NodeToken') !== nodeToken) throw invalid('NoEntity')
			return node()
		},
		GetConfigurations: configured,
		GetConfiguration(request) {
			if (required(request, ns.tptz, 'PTZConfigurationToken') !== configurationToken) throw invalid('NoConfig')
			return configured()
		},
		GetConfigurationOptions(request) {
			if (required(request, ns.tptz, 'ConfigurationToken') !== configurationToken) throw invalid('NoConfig')
			const shortest = `PT${(faults.shortestTimeoutMs ?? 0) / 1_000}S`
			return `<tptz:PTZConfigurationOptions><tt:Spaces>${spacesXml(spacesOf(faults))}</tt:Spaces><tt:PTZTimeout><tt:Min>${shortest}</tt:Min><tt:Max>${longestTimeout}</tt:Max></tt:PTZTimeout></tptz:PTZConfigurationOptions>`
		},
	}

	/** These are asked of a profile, which must have a PTZ configuration. */
	const ofProfile: Record<string, Operation> = {
		ContinuousMove(request) {
			const timeoutMs = timeoutOf(request)
			body.drive(
				eachAxis(vectorOf(request, 'Velocity'), (_, one) => toFraction(one)),
				timeoutMs,
			)
			return ''
		},
		Stop(request) {
			const panTilt = childOf(request, ns.tptz, 'PanTilt')?.text
			const zoom = childOf(request, ns.tptz, 'Zoom')?.text
			// Neither is named: both. One is named: the other is not meant.
			const neither = panTilt === undefined && zoom === undefined
			const yes = (text: string | undefined) => neither || text === 'true' || text === '1'
			body.stop([...(yes(panTilt) ? (['pan', 'tilt'] as const) : []), ...(yes(zoom) ? (['zoom'] as const) : [])])
			return ''
		},
		AbsoluteMove(request) {
			if (faults.noAbsolute) throw unsupported('AbsoluteMove')
			body.go(eachAxis(vectorOf(request, 'Position'), toPlace), speedOf(request))
			return ''
		},
		RelativeMove(request) {
			const place = body.place()
			const way = vectorOf(request, 'Translation')
			body.go(
				eachAxis(way, (axis, one) => place[axis] + toDistance(axis, one)),
				speedOf(request),
			)
			return ''
		},
		GetStatus: status,
		GotoHomePosition(request) {
			body.go(home, speedOf(request))
			return ''
		},
		SetHomePosition() {
			if (faults.fixedHome) throw new Refusal(['Action', 'CannotOverwriteHome'], 'home is fixed', 'Receiver')
			home = body.place()
			return ''
		},
		...presets.operations,
	}

	for (const [name, operation] of Object.entries(ofProfile)) {
		named[name] = (request) => {
			const profile = required(request, ns.tptz, 'ProfileToken')
			if (!profiles.includes(profile)) throw invalid('NoProfile')
			if (without(profile)) throw invalid('NoPTZProfile')
			return operation(request)
		}
	}

	return {
		service: { prefix: 'tptz', path: '/onvif/ptz_service', operations: named },
		body,
		head: body.head,
		configurationOf: (profile) => (without(profile) ? null : { token: configurationToken, inner: configuration() }),
	}
}

/** What becomes of each axis that a vector names. */
function eachAxis(
	vector: Vector,
	become: (axis: AxisName, one: NonNullable<Vector[AxisName]>) => number | null,
): Partial<Record<AxisName, number>> {
	const result: Partial<Record<AxisName, number>> = {}
	for (const axis of ['pan', 'tilt', 'zoom'] as const) {
		const one = vector[axis]
		const value = one ? become(axis, one) : null
		if (value !== null) result[axis] = value
	}
	return result
}
