/** What differs between models, as data. Steps per degree and travel: the vendor's "pan-tilt position" tables. */
export interface Model {
	name: string
	/** Device steps for one degree. */
	panPerDegree: number
	tiltPerDegree: number
	/** Travel in degrees, left and down first. */
	pan: readonly [number, number]
	tilt: readonly [number, number]
	/** Optical range of the zoom position, wide 0 .. tele. */
	zoomTele: number
	panSpeeds: number
	tiltSpeeds: number
}

/** PTZOptics VISCA list rev 1.2: F670..0990 for ±170°, FE45..0510 for −30..+90°; most OEM models follow it. */
const common: Model = {
	name: 'VISCA',
	panPerDegree: 14.4,
	tiltPerDegree: 14.4,
	pan: [-170, 170],
	tilt: [-30, 90],
	zoomTele: 0x4000,
	panSpeeds: 0x18,
	tiltSpeeds: 0x14,
}

/** By vendor and model as CAM_VersionInq tells them, 'vvvv:mmmm'. Each that is added comes with its fixture. */
const models: Readonly<Record<string, Partial<Model>>> = {}

export function modelOf(version: { vendor: number; model: number } | null): Model {
	if (!version) return common
	const key = [version.vendor, version.model].map((word) => word.toString(16).padStart(4, '0')).join(':')
	return { ...common, ...models[key] }
}
