import type { Position, Velocity } from '../camera.ts'
import type { SoapRequest } from './soap.ts'
import { type Coordinates, placeIn, velocityIn } from './spaces.ts'
import { childrenOf, escapeXml, textAt, type XmlElement } from './xml.ts'

/** What the PTZ service is told and asked (PTZ Service Specification 5.3 to 5.6, ver20). Pure. */

const request = (operation: string, profile: string, more = '', line = ''): SoapRequest => ({
	...{ service: 'tptz', operation, line: line === '' ? operation : `${operation} ${line}` },
	body: `<tptz:ProfileToken>${escapeXml(profile)}</tptz:ProfileToken>${more}`,
})

/**
 * Of every axis that there is, so that none goes on as it was. `timeout` is an xs:duration after which the camera stops by
 * itself; null: it takes none.
 */
export function continuousMove(
	coordinates: Coordinates,
	profile: string,
	velocity: Velocity,
	timeout: string | null,
): SoapRequest {
	const has = coordinates.velocity
	const { pan, tilt, zoom } = velocityIn(coordinates, velocity)
	const panTilt = has.pan || has.tilt ? `<tt:PanTilt x="${decimal(pan)}" y="${decimal(tilt)}"/>` : ''
	const lens = has.zoom ? `<tt:Zoom x="${decimal(zoom)}"/>` : ''
	const limit = timeout === null ? '' : `<tptz:Timeout>${timeout}</tptz:Timeout>`
	const line = [decimal(pan), decimal(tilt), decimal(zoom), ...(timeout === null ? [] : [timeout])].join(' ')
	return request('ContinuousMove', profile, `<tptz:Velocity>${panTilt}${lens}</tptz:Velocity>${limit}`, line)
}

/** Both are named: without them it means both as well, but not to every camera. */
export function stop(profile: string): SoapRequest {
	return request('Stop', profile, '<tptz:PanTilt>true</tptz:PanTilt><tptz:Zoom>true</tptz:Zoom>')
}

/** `speed`: 0..1; null: as fast as the camera likes. */
export function absoluteMove(
	coordinates: Coordinates,
	profile: string,
	position: Position,
	speed: number | null,
): SoapRequest {
	const { panTilt, zoom } = placeIn(coordinates, position)
	const space = panTilt && panTilt.space !== null ? ` space="${escapeXml(panTilt.space)}"` : ''
	const to = [
		panTilt ? `<tt:PanTilt x="${decimal(panTilt.x)}" y="${decimal(panTilt.y)}"${space}/>` : '',
		zoom === null ? '' : `<tt:Zoom x="${decimal(zoom)}"/>`,
	].join('')
	const line = [panTilt?.x, panTilt?.y, zoom].map((one) => decimal(one ?? 0)).join(' ')
	const how = speed === null ? '' : speedElement(coordinates, speed)
	return request('AbsoluteMove', profile, `<tptz:Position>${to}</tptz:Position>${how}`, line)
}

function speedElement({ speed: { panTilt, zoom }, place }: Coordinates, share: number): string {
	const [fastest, lens] = [panTilt, zoom].map((range) =>
		range ? decimal(Math.max(range.low, share * range.high)) : null,
	)
	const parts = [
		fastest && place?.panTilt ? `<tt:PanTilt x="${fastest}" y="${fastest}"/>` : '',
		lens && place?.zoom ? `<tt:Zoom x="${lens}"/>` : '',
	].join('')
	return parts === '' ? '' : `<tptz:Speed>${parts}</tptz:Speed>`
}

export const gotoHome = (profile: string) => request('GotoHomePosition', profile)
export const getStatus = (profile: string) => request('GetStatus', profile)
export const getPresets = (profile: string) => request('GetPresets', profile)

const presetToken = (token: string) => `<tptz:PresetToken>${escapeXml(token)}</tptz:PresetToken>`

export const gotoPreset = (profile: string, token: string) => request('GotoPreset', profile, presetToken(token), token)
export const removePreset = (profile: string, token: string) =>
	request('RemovePreset', profile, presetToken(token), token)

/** `token`: of one that is there; null: a new one. */
export function setPreset(profile: string, name: string, token: string | null): SoapRequest {
	const named = `<tptz:PresetName>${escapeXml(name)}</tptz:PresetName>`
	return request('SetPreset', profile, token === null ? named : named + presetToken(token), `${name} ${token ?? 'new'}`)
}

/** The options of a PTZ configuration. */
export function getConfigurationOptions(token: string): SoapRequest {
	const body = `<tptz:ConfigurationToken>${escapeXml(token)}</tptz:ConfigurationToken>`
	return { service: 'tptz', operation: 'GetConfigurationOptions', body }
}

export function getNode(token: string): SoapRequest {
	return { service: 'tptz', operation: 'GetNode', body: `<tptz:NodeToken>${escapeXml(token)}</tptz:NodeToken>` }
}

export interface Preset {
	/** Opaque: `1` and `1.0` are two. */
	readonly token: string
	readonly name: string
}

export function readPresets(response: XmlElement): Preset[] {
	return childrenOf(response, 'Preset').flatMap((preset) => {
		const token = preset.attributes.get('token')
		return token === undefined ? [] : [{ token, name: textAt(preset, 'Name') ?? '' }]
	})
}

/** Never in the notation with an exponent, which not every camera reads. */
const decimal = (value: number) => String(Number(value.toFixed(4)))
